import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConnectorManifest, type JsonSchema, PROTOCOL_VERSION, ToolError } from '@countersign/plugin-sdk';
import { z } from 'zod';

/**
 * Reads what a bundle says of itself, without running it: `manifest.json` beside `connector.mjs`.
 * @throws ToolError MANIFEST_INVALID, PROTOCOL_UNSUPPORTED
 */
export async function loadManifest(bundleDir: string): Promise<ConnectorManifest> {
  const path = join(bundleDir, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw invalid(`${path} cannot be read: build the connector first.`, cause);
  });
  await access(join(bundleDir, BUNDLE)).catch((cause) => {
    throw invalid(`${bundleDir} has a manifest and no ${BUNDLE}: build the connector again.`, cause);
  });
  const parsed = manifest.safeParse(parseJson(path, text));
  if (!parsed.success) throw invalid(`${path} is not a manifest: ${z.prettifyError(parsed.error)}`);
  const { protocol, name } = parsed.data;
  if (protocol.major !== PROTOCOL_VERSION.major) {
    const message = `${name} speaks protocol ${protocol.major}.x; this host speaks ${PROTOCOL_VERSION.major}.x.`;
    throw new ToolError('PROTOCOL_UNSUPPORTED', message);
  }
  return parsed.data;
}

/** The bundle's file in its folder. */
export const BUNDLE = 'connector.mjs';

const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/);
const version = z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);
const schema = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const manifest = z.object({
  manifestVersion: z.literal(1),
  protocol: z.object({ major: z.int(), minor: z.int() }),
  name,
  version,
  title: z.string().min(1),
  description: z.string(),
  configSchema: schema,
  origins: z.array(z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text)),
  tools: z
    .array(
      z.object({
        name,
        title: z.string().min(1),
        description: z.string(),
        version,
        risk: z.enum(['LOW', 'MEDIUM', 'HIGH']),
        reversibility: z.enum(['REVERSIBLE', 'IRREVERSIBLE']),
        // Of a tool that does not say, the host expects data of persons.
        dataClass: z.enum(['NONE', 'PII', 'PHI', 'SECRET']).default('PII'),
        inputSchema: schema,
        outputSchema: schema,
        amount: z.object({ value: z.string(), currency: z.string().optional() }).optional(),
        operations: z.array(z.enum(['preview', 'execute', 'verify', 'compensate', 'compensatePreview'])),
      }),
    )
    .min(1),
});

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`${path} is not JSON.`, cause);
  }
}

function invalid(message: string, cause?: unknown): ToolError {
  return new ToolError('MANIFEST_INVALID', message, { cause });
}
