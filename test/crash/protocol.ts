import type { Timing } from '@countersign/actions';
import type { Principal } from '@countersign/kernel';
import type { ExecutionResult } from 'graphql';

/** One operation of the subgraph, as the principal. */
export interface ToWorker {
  readonly number: number;
  readonly principal: Principal;
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

export type FromWorker = 'ready' | { readonly number: number; readonly result: ExecutionResult };

/** Short, so that what a dead process held is free soon. */
export const timing: Partial<Timing> = {
  callTimeoutMs: 3_000,
  leaseMs: 4_500,
  patienceMs: 500,
  retries: { failures: 12, firstPauseMs: 100, longestPauseMs: 400 },
};
