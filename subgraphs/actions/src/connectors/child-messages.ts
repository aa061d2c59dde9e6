import { type ConnectorMessage, isToolErrorCode, type JsonValue, type ToolOperation } from '@countersign/plugin-sdk';
import { z } from 'zod';

/** What came from the child, if it is a message that this host knows; otherwise why it is not. */
export type ReadMessage =
  | { known: true; message: ConnectorMessage }
  | { known: false; kind: string; problem: string | null };

/** A child is never trusted: what it sends is parsed, its texts are cut, and what is not known is passed over. */
export function readMessage(raw: unknown): ReadMessage {
  const kind = typeof raw === 'object' && raw !== null && 'kind' in raw ? String(raw.kind).slice(0, 100) : typeof raw;
  if (!kinds.has(kind)) return { known: false, kind, problem: null };
  const parsed = connectorMessage.safeParse(raw);
  if (parsed.success) return { known: true, message: parsed.data };
  return { known: false, kind, problem: z.prettifyError(parsed.error).slice(0, 500) };
}

/** Parses what an operation answered with. @throws ZodError */
export function readResult(operation: ToolOperation, raw: unknown): unknown {
  // As JSON, so that nothing of the child's but plain data goes on; and of a size that a database keeps.
  const text = JSON.stringify(raw) ?? 'null';
  return results[operation].parse(text.length > MAX_RESULT ? null : JSON.parse(text));
}

const MAX_RESULT = 1_000_000;

const text = (most: number) => z.string().transform((value) => value.slice(0, most));
const json: z.ZodType<JsonValue> = z.json();
const object = z.record(z.string(), json);
const problem = z.object({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/),
  message: text(2000),
  path: z.array(z.string()).max(32).optional(),
  params: object.optional(),
});
const wireError = problem.extend({
  code: z.string().refine(isToolErrorCode),
  retryable: z.boolean(),
  effect: z.enum(['none', 'unknown']),
  problems: z.array(problem).max(100),
});
const version = z.object({ major: z.int().nonnegative(), minor: z.int().nonnegative() });
// Not `instanceof`: what the channel carries may come from another realm.
const body = z.custom<string | Uint8Array>((value) => typeof value === 'string' || ArrayBuffer.isView(value));

const connectorMessage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('describe'),
    protocol: version,
    name: z.string(),
    version: z.string(),
    tools: z.array(z.string()).max(1000),
    egress: z.array(z.string()).max(100),
  }),
  z.object({ kind: z.literal('refuse'), error: wireError }),
  z.object({ kind: z.literal('result'), callId: z.string(), result: z.unknown() }),
  z.object({ kind: z.literal('error'), callId: z.string(), error: wireError }),
  z.object({
    kind: z.literal('http.request'),
    requestId: z.string().max(100),
    callId: z.string(),
    method: z.string().max(20),
    url: z.string().max(8000),
    headers: z.record(z.string().max(200), z.string().max(8000)),
    body: body.optional(),
    timeoutMs: z.number().positive().optional(),
    safe: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: text(4000),
    fields: object.optional(),
    callId: z.string().optional(),
  }),
]);

const kinds = new Set<string>(['describe', 'refuse', 'result', 'error', 'http.request', 'log']);

const changes = z.array(z.object({ path: z.string(), before: json, after: json })).max(10_000);
const preview = z.object({
  summary: z.string().min(1).max(2000),
  changes,
  costUsd: z.number().nonnegative().optional(),
  fingerprint: z.string().max(1000).optional(),
  userErrors: z.array(problem).max(100).optional(),
});
const externalId = z.string().min(1).max(1000);
const items = z
  .array(
    z.object({
      item: z.string().min(1).max(500),
      status: z.enum(['done', 'refused', 'pending']),
      externalId: externalId.optional(),
      code: text(200).optional(),
      message: text(2000).optional(),
    }),
  )
  .min(1)
  .max(10_000)
  .refine((all) => new Set(all.map(({ item }) => item)).size === all.length, 'Each item is named once.');
const results = {
  preview,
  compensatePreview: preview,
  execute: z.object({
    status: z.enum(['succeeded', 'pending']),
    externalId,
    output: object,
    items: items.optional(),
    changes: changes.optional(),
  }),
  verify: z.discriminatedUnion('status', [
    z.object({
      status: z.literal('done'),
      externalId: externalId.optional(),
      output: object.optional(),
      items: items.optional(),
      changes: changes.optional(),
    }),
    z.object({ status: z.literal('pending'), externalId: externalId.optional(), items: items.optional() }),
    z.object({ status: z.literal('not_done') }),
    z.object({ status: z.literal('unknown'), reason: z.string().max(2000).optional() }),
  ]),
  compensate: z.object({
    summary: z.string().min(1).max(2000),
    externalId: externalId.optional(),
    changes: changes.optional(),
    items: items
      .refine((all) => all.every(({ status }) => status !== 'pending'), 'An undo is answered now.')
      .optional(),
  }),
} as const satisfies Record<ToolOperation, z.ZodType>;
