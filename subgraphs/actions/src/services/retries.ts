import type { Action } from '../entities/action.ts';

/** One budget for all tries of an action, whoever makes them and however often the process is started anew. */
export interface RetryBudget {
  /** How often it may fail. */
  readonly failures: number;
  /** For how long after it was begun, in milliseconds. */
  readonly withinMs: number;
  /** The longest first pause, in milliseconds; it doubles up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const usualBudget: RetryBudget = {
  failures: 8,
  withinMs: 3_600_000,
  firstPauseMs: 2_000,
  longestPauseMs: 300_000,
};

/** Full jitter: anything up to a bound that doubles, so that many that failed together do not come back together. */
export function pauseAfter(failures: number, budget: RetryBudget, random: () => number = Math.random): number {
  const bound = Math.min(budget.longestPauseMs, budget.firstPauseMs * 2 ** Math.min(failures - 1, 30));
  return Math.ceil(random() * bound);
}

/** When it is tried again after it has failed just now; null when its budget is used up. */
export function nextTry(
  { failures, begunAt }: Pick<Action, 'failures' | 'begunAt'>,
  now: Date,
  budget: RetryBudget,
  random: () => number = Math.random,
): Date | null {
  if (failures >= budget.failures) return null;
  const at = now.getTime() + pauseAfter(failures, budget, random);
  return at - (begunAt ?? now).getTime() > budget.withinMs ? null : new Date(at);
}
