import {
  type JsonObject,
  type OperationPayloads,
  type OperationResults,
  ToolError,
  type ToolOperation,
  type Preview as ToolPreview,
} from '@countersign/plugin-sdk';
import type { Preview } from '../entities/plan.ts';
import type { Lane } from './calls/fair-queue.ts';
import type { CallRecord } from './log-writer.ts';
import type { KnownTool } from './tool-catalogue.ts';

/** One operation of one tool for one tenant. */
export interface ToolRequest<Operation extends ToolOperation = ToolOperation> {
  readonly tool: KnownTool;
  readonly operation: Operation;
  readonly tenantId: string;
  /** The tenant's configuration of the connector. */
  readonly config: JsonObject;
  readonly idempotencyKey: string;
  readonly payload: OperationPayloads[Operation];
  readonly timeoutMs: number;
  /** What goes before what where too much is asked at once; interactive unless told. */
  readonly lane?: Lane;
}

/** Carries a request to the connector's process. Throws `ToolError`. */
export type CallTool = <Operation extends ToolOperation>(
  request: ToolRequest<Operation>,
) => Promise<OperationResults[Operation]>;

export type Answered<Result> =
  | { readonly ok: true; readonly result: Result; readonly record: CallRecord }
  | { readonly ok: false; readonly error: ToolError; readonly record: CallRecord };

const meteredAs = {
  preview: 'preview',
  compensatePreview: 'preview',
  execute: 'execute',
  verify: 'verify',
  compensate: 'compensate',
} as const;

/** Calls a tool and says how that went and how long it took; what fails is an answer too. */
export async function ask<Operation extends ToolOperation>(
  call: CallTool,
  request: ToolRequest<Operation>,
): Promise<Answered<OperationResults[Operation]>> {
  const begun = performance.now();
  const record = (outcome: string): CallRecord => ({
    kind: meteredAs[request.operation],
    durationMs: Math.max(1, Math.round(performance.now() - begun)),
    outcome,
  });
  try {
    const result = await call(request);
    return { ok: true, result, record: record('status' in result ? result.status : 'answered') };
  } catch (error) {
    const fault =
      error instanceof ToolError ? error : new ToolError('CONNECTOR_FAULT', 'The connector failed.', { cause: error });
    return { ok: false, error: fault, record: record(fault.code) };
  }
}

const unavailable = new Set(['OTHER_SIDE_UNAVAILABLE', 'TIMEOUT', 'CANCELLED', 'CONNECTOR_CRASHED']);

/** The code that a caller sees: for whatever keeps the other side from answering it is one. */
export const callerCode = (code: string): string => (unavailable.has(code) ? 'OTHER_SIDE_UNAVAILABLE' : code);

/** What is kept of a preview, and what approvals are bound to. */
export const asPreview = ({ summary, changes, costUsd, fingerprint }: ToolPreview): Preview => ({
  summary,
  changes: changes.map(({ path, before, after }) => ({ path, before, after })),
  ...(costUsd !== undefined && { costUsd }),
  ...(fingerprint !== undefined && { fingerprint }),
});
