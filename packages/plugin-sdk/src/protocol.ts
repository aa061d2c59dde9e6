import type { JsonObject } from './json-schema.ts';
import type { Compensation, Execution, LogLevel, Preview, ToolOperation, Undo, Verification } from './tool.ts';
import type { WireError } from './tool-error.ts';

/**
 * How host and connector speak: messages over the IPC channel of a child process (structured clone), each with a
 * `kind`. The host begins with `hello`, the connector answers `describe` (or `refuse`), then calls follow, any number
 * at once.
 *
 * It grows by new kinds and by new optional fields, with a higher `minor`: whoever does not know a kind passes over it
 * with a line in the log, and whoever does not know a field ignores it. What changes the meaning of something old is a
 * new `major`, and sides of different majors refuse each other.
 *
 * Reserved for what is to come, not to be used otherwise: `stream.*` (byte streams, as SFTP needs), `inbound.*`
 * (routes that the other side calls, as AS2 does), `sign.*` (signatures by key handle), `blob.*` (large inputs and
 * outputs by id).
 */
export const PROTOCOL_VERSION = { major: 1, minor: 0 } as const;

export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * Where the host's preload leaves the channel for `serveConnector`, on `globalThis` under `Symbol.for(CHANNEL_KEY)`:
 * `process.send` itself is taken away before any code of the connector's is loaded.
 */
export const CHANNEL_KEY = 'countersign.channel';

/** From the host to the connector. */
export type HostMessage =
  | { kind: 'hello'; protocol: ProtocolVersion; tenantId: string; config: JsonObject }
  | CallMessage
  | { kind: 'cancel'; callId: string }
  | { kind: 'http.response'; requestId: string; status: number; headers: Record<string, string>; body: Uint8Array }
  | { kind: 'http.error'; requestId: string; error: WireError };

/** From the connector to the host. */
export type ConnectorMessage =
  | {
      kind: 'describe';
      protocol: ProtocolVersion;
      name: string;
      version: string;
      tools: readonly string[];
      /** The origins that this tenant's configuration opens. */
      egress: readonly string[];
    }
  | { kind: 'refuse'; error: WireError }
  | { kind: 'result'; callId: string; result: unknown }
  | { kind: 'error'; callId: string; error: WireError }
  | HttpRequestMessage
  | { kind: 'log'; level: LogLevel; message: string; fields?: JsonObject; callId?: string };

export interface CallMessage {
  kind: 'call';
  /** A random UUID: only whoever was handed the call can answer it. */
  callId: string;
  operation: ToolOperation;
  tool: string;
  idempotencyKey: string;
  payload: JsonObject;
}

/** Brokered by the host, for a call that is under way. */
export interface HttpRequestMessage {
  kind: 'http.request';
  requestId: string;
  callId: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  timeoutMs?: number;
  safe?: boolean;
}

/** What each operation takes. */
export interface OperationPayloads {
  preview: { input: JsonObject };
  execute: { input: JsonObject };
  verify: { input: JsonObject };
  compensate: Undo;
  compensatePreview: Undo;
}

/** What each operation answers with. */
export interface OperationResults {
  preview: Preview;
  execute: Execution;
  verify: Verification;
  compensate: Compensation;
  compensatePreview: Preview;
}

/** Whether an operation must leave the other side as it is. */
export function changesNothing(operation: ToolOperation): boolean {
  return operation === 'preview' || operation === 'verify' || operation === 'compensatePreview';
}
