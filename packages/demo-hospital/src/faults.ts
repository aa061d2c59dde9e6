import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How the hospital misbehaves, for tests and demos.
 *
 * - `none`: it does not.
 * - `down`: every connection is cut before anything is done.
 * - `slow`: everything is done, `delayMs` late, also when the client has gone away by then.
 * - `error500`: every request is answered 500 and nothing is done.
 * - `lostAnswer`: everything is done, then the connection is cut instead of an answer.
 */
export type FaultMode = (typeof faultModes)[number];
export const faultModes = ['none', 'down', 'slow', 'error500', 'lostAnswer'] as const;

const faultTargets = ['all', 'writes', 'fromFirstWrite'] as const;

export interface Fault {
  readonly mode: FaultMode;
  readonly delayMs: number;
  /** `writes`: what only reads is answered as ever. `fromFirstWrite`: until something is written. */
  readonly on: (typeof faultTargets)[number];
}

export const noFault: Fault = { mode: 'none', delayMs: 0, on: 'all' };

/** Reads `{ "mode": "slow", "delayMs": 2000, "on": "writes" }`. Throws an Error that says what would be right. */
export function parseFault(body: unknown): Fault {
  const told: { mode?: unknown; delayMs?: unknown; on?: unknown } = typeof body === 'object' && body ? body : {};
  const { mode, delayMs = 0, on = 'all' } = told;
  const known = faultModes.find((name) => name === mode);
  if (!known) throw new Error(`mode must be one of ${faultModes.join(', ')}`);
  if (typeof delayMs !== 'number' || !(delayMs >= 0 && delayMs <= 600_000)) {
    throw new Error('delayMs must be a number of milliseconds from 0 to 600000');
  }
  const target = faultTargets.find((name) => name === on);
  if (!target) throw new Error(`on must be one of ${faultTargets.join(', ')}`);
  return { mode: known, delayMs, on: target };
}

/** How this request is treated, and how those after it. */
export function faultFor(method: string | undefined, fault: Fault): { now: Fault; next: Fault } {
  const reads = method === 'GET' || method === 'HEAD';
  if (fault.on === 'all') return { now: fault, next: fault };
  if (reads) return { now: noFault, next: fault };
  return { now: fault, next: fault.on === 'writes' ? fault : { ...fault, on: 'all' } };
}

/** Waits as long as a slow hospital does. */
export async function delay({ mode, delayMs }: Fault): Promise<void> {
  if (mode === 'slow') await sleep(delayMs);
}
