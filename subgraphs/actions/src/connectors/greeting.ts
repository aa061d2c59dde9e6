import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  type ConnectorManifest,
  fromWire,
  type JsonObject,
  PROTOCOL_VERSION,
  ToolError,
} from '@countersign/plugin-sdk';
import { readMessage } from './child-messages.ts';
import { allowedOrigins } from './egress.ts';

/**
 * Says `hello` to a process that has just been started and checks who answers. Gives the origins that it may reach.
 * @throws ToolError CONNECTOR_CRASHED, CONNECTOR_FAULT, PROTOCOL_UNSUPPORTED, INVALID_CONFIG, EGRESS_DENIED
 */
export async function greetChild(
  child: ChildProcess,
  { manifest, tenantId, config }: { manifest: ConnectorManifest; tenantId: string; config: JsonObject },
): Promise<ReadonlySet<string>> {
  const over = new AbortController();
  const options = { signal: AbortSignal.any([over.signal, AbortSignal.timeout(START_TIMEOUT_MS)]) };
  try {
    const answer = once(child, 'message', options).then(([raw]) => raw as unknown);
    const end = Promise.race([once(child, 'exit', options), once(child, 'error', options)]).then(() => {
      throw crashed(manifest.name, 'ended before it had said who it is');
    });
    child.send({ kind: 'hello', protocol: PROTOCOL_VERSION, tenantId, config }, () => undefined);
    return checked(await Promise.race([answer, end]), manifest, config);
  } catch (error) {
    if (options.signal.aborted) throw crashed(manifest.name, `did not start within ${START_TIMEOUT_MS} ms`);
    throw error;
  } finally {
    over.abort();
  }
}

const START_TIMEOUT_MS = 10_000;

function checked(raw: unknown, manifest: ConnectorManifest, config: JsonObject): ReadonlySet<string> {
  const read = readMessage(raw);
  if (!read.known) throw fault(manifest.name, `began with a message of kind ${read.kind} instead of "describe"`);
  const { message } = read;
  if (message.kind === 'refuse') throw fromWire(message.error);
  if (message.kind !== 'describe') throw fault(manifest.name, `began with "${message.kind}" instead of "describe"`);
  if (message.protocol.major !== PROTOCOL_VERSION.major) {
    const text = `${manifest.name} speaks protocol ${message.protocol.major}.x; this host speaks ${PROTOCOL_VERSION.major}.x.`;
    throw new ToolError('PROTOCOL_UNSUPPORTED', text);
  }
  const { name, version } = message;
  if (name !== manifest.name || version !== manifest.version) {
    throw fault(
      manifest.name,
      `says that it is ${name}@${version}; its manifest says ${manifest.name}@${manifest.version}`,
    );
  }
  const missing = manifest.tools.filter((tool) => !message.tools.includes(tool.name)).map((tool) => tool.name);
  if (missing.length > 0) throw fault(manifest.name, `lacks ${missing.join(', ')}, which its manifest promises`);
  return allowedOrigins(message.egress, manifest, config);
}

function crashed(name: string, how: string): ToolError {
  return new ToolError('CONNECTOR_CRASHED', `The process of connector ${name} ${how}.`, { effect: 'none' });
}

function fault(name: string, how: string): ToolError {
  return new ToolError('CONNECTOR_FAULT', `Connector ${name} ${how}.`, { effect: 'none' });
}
