import type { Connector } from './connector.ts';
import { type HttpClient, type HttpResponse, httpResponse } from './http.ts';
import type { JsonObject } from './json-schema.ts';
import {
  type CallMessage,
  CHANNEL_KEY,
  type ConnectorMessage,
  type HostMessage,
  type OperationPayloads,
  PROTOCOL_VERSION,
} from './protocol.ts';
import type { Log, Tool, ToolContext } from './tool.ts';
import { fromWire, ToolError, toWire } from './tool-error.ts';

/** The one way out of the child process. */
export interface Channel {
  send(message: ConnectorMessage): void;
  onMessage(listener: (message: HostMessage) => void): void;
  onDisconnect(listener: () => void): void;
}

/**
 * Runs a connector inside its child process: the whole of a bundle's entry file is `serveConnector(connector)`.
 * Ends the process when the host lets go of it.
 *
 * @throws Error when nobody is there to speak to
 */
export function serveConnector(connector: Connector, channel: Channel = takeChannel()): void {
  let session: Session | undefined;
  channel.onDisconnect(() => process.exit(0));
  channel.onMessage((message) => {
    switch (message.kind) {
      case 'hello': {
        session = greet(connector, channel, message);
        return;
      }
      case 'call':
        return session?.call(message);
      case 'cancel':
        return session?.cancel(message.callId);
      case 'http.response':
      case 'http.error':
        return session?.answered(message);
      default:
        // A newer host may say more than this knows of.
        channel.send({ kind: 'log', level: 'warn', message: `Passed over a message of kind ${kindOf(message)}.` });
    }
  });
}

type Hello = Extract<HostMessage, { kind: 'hello' }>;
type HttpAnswer = Extract<HostMessage, { kind: 'http.response' | 'http.error' }>;

interface Session {
  call(message: CallMessage): void;
  cancel(callId: string): void;
  answered(message: HttpAnswer): void;
}

function greet(connector: Connector, channel: Channel, hello: Hello): Session | undefined {
  if (hello.protocol.major !== PROTOCOL_VERSION.major) {
    const message = `The host speaks protocol ${hello.protocol.major}.x; this connector speaks ${PROTOCOL_VERSION.major}.x.`;
    channel.send({ kind: 'refuse', error: toWire(new ToolError('PROTOCOL_UNSUPPORTED', message)) });
    return undefined;
  }
  try {
    const { name, version, tools } = connector;
    const egress = connector.egress(hello.config);
    channel.send({
      kind: 'describe',
      protocol: PROTOCOL_VERSION,
      name,
      version,
      tools: tools.map((tool) => tool.name),
      egress,
    });
    return openSession(connector, channel, hello);
  } catch (error) {
    const message = `The connector cannot use its configuration: ${error instanceof Error ? error.message : error}`;
    channel.send({ kind: 'refuse', error: toWire(new ToolError('INVALID_CONFIG', message)) });
    return undefined;
  }
}

function openSession(connector: Connector, channel: Channel, { tenantId, config }: Hello): Session {
  const tools = new Map(connector.tools.map((tool) => [tool.name, tool]));
  const calls = new Map<string, AbortController>();
  const requests = new Map<string, { resolve(response: HttpResponse): void; reject(error: unknown): void }>();

  const httpFor = (callId: string, signal: AbortSignal): HttpClient => {
    return ({ method = 'GET', headers = {}, ...request }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new ToolError('CANCELLED', 'The call was cancelled.'));
        const requestId = crypto.randomUUID();
        requests.set(requestId, { resolve, reject });
        channel.send({ kind: 'http.request', requestId, callId, method, headers: { ...headers }, ...request });
      });
  };

  const run = async ({ callId, operation, tool: name, idempotencyKey, payload }: CallMessage): Promise<void> => {
    const controller = new AbortController();
    calls.set(callId, controller);
    const log = logFor(channel, callId);
    const { signal } = controller;
    try {
      const tool = tools.get(name);
      if (!tool) throw new ToolError('TOOL_NOT_FOUND', `${connector.name} has no tool ${name}.`);
      const ctx = { config, idempotencyKey, tenantId, http: httpFor(callId, signal), log, signal };
      const result = await perform(tool, operation, payload, ctx);
      channel.send({ kind: 'result', callId, result });
    } catch (error) {
      if (!(error instanceof ToolError)) {
        log.error(`${name}.${operation} failed: ${error instanceof Error ? error.stack : error}`);
      }
      channel.send({ kind: 'error', callId, error: toWire(asToolError(name, operation, error)) });
    } finally {
      calls.delete(callId);
    }
  };

  return {
    call: (message) => void run(message),
    cancel: (callId) => calls.get(callId)?.abort(),
    answered: (message) => {
      const waiting = requests.get(message.requestId);
      requests.delete(message.requestId);
      if (message.kind === 'http.error') waiting?.reject(fromWire(message.error));
      else waiting?.resolve(httpResponse(message.status, message.headers, message.body));
    },
  };
}

async function perform(
  tool: Tool,
  operation: CallMessage['operation'],
  payload: JsonObject,
  ctx: ToolContext,
): Promise<unknown> {
  // The host has validated the payload against the operation and the tool's schema.
  const { input } = payload as unknown as OperationPayloads['preview'];
  const undo = payload as unknown as OperationPayloads['compensate'];
  switch (operation) {
    case 'preview':
      return tool.preview(input, ctx);
    case 'execute':
      return tool.execute(input, ctx);
    case 'verify':
      return tool.verify(input, ctx);
    case 'compensate':
      if (tool.compensate) return tool.compensate(undo, ctx);
      break;
    case 'compensatePreview':
      if (tool.compensatePreview) return tool.compensatePreview(undo, ctx);
      break;
  }
  throw new ToolError('NOT_REVERSIBLE', `${tool.name} has no ${operation}.`);
}

function asToolError(tool: string, operation: string, error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  // What exactly went wrong stands in the log; it may hold what the caller must not see.
  return new ToolError('CONNECTOR_FAULT', `${tool} failed unexpectedly in ${operation}. The connector's log says why.`);
}

function logFor(channel: Channel, callId: string): Log {
  const write =
    (level: keyof Log): Log[keyof Log] =>
    (message, fields) =>
      channel.send({ kind: 'log', level, message, callId, ...(fields && { fields }) });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function kindOf(message: unknown): string {
  return typeof message === 'object' && message !== null && 'kind' in message ? String(message.kind) : typeof message;
}

/** What the host's preload has left, or else the process's own channel; nobody finds it there a second time. */
function takeChannel(): Channel {
  const key = Symbol.for(CHANNEL_KEY);
  const left: unknown = Reflect.get(globalThis, key);
  Reflect.deleteProperty(globalThis, key);
  // The preload is the host's, and leaves exactly this.
  if (left !== undefined) return left as Channel;
  const send = process.send?.bind(process);
  if (!send) throw new Error('A connector runs in a child process of its host: there is nobody to speak to here.');
  Reflect.deleteProperty(process, 'send');
  return {
    send: (message) => void send(message),
    onMessage: (listener) => void process.on('message', listener),
    onDisconnect: (listener) => void process.on('disconnect', listener),
  };
}
