import type { ActionStatus } from '../lifecycle/index.ts';

/** A step as the saga sees it. Steps come in the order of their execution. */
export interface StepStanding {
  readonly key: string;
  readonly status: ActionStatus;
  /** When it is tried again by itself; null when it is not. */
  readonly retryAt: Date | null;
  readonly reversible: boolean;
}

/** What a bundle waits for by itself. */
export type WaitCode = 'IN_PROGRESS' | 'OUTCOME_UNKNOWN' | 'SUBMITTED' | 'RETRY' | 'UNDO_IN_PROGRESS';

interface Wait {
  readonly do: 'wait';
  readonly key: string;
  readonly code: WaitCode;
}

export type NextStep =
  | { readonly do: 'execute'; readonly key: string }
  | Wait
  /** It failed for good, or the bundle was cancelled before it. */
  | { readonly do: 'fail'; readonly key: string }
  | { readonly do: 'finish'; readonly left?: never };

/**
 * What is done next of a bundle that is executed: one step after another, each only once all before it are done. What is
 * under way, or not known, is waited for, also when the bundle was cancelled; what failed has its tries first.
 */
export function nextStep(steps: readonly StepStanding[], { cancelled }: { cancelled: boolean }): NextStep {
  for (const { key, status, retryAt } of steps) {
    switch (status) {
      case 'SUCCEEDED':
        continue;
      case 'EXECUTING':
      case 'UNKNOWN':
      case 'SUBMITTED':
        return { do: 'wait', key, code: waits[status] };
      case 'APPROVED':
        return cancelled ? { do: 'fail', key } : { do: 'execute', key };
      case 'FAILED':
        return retryAt !== null && !cancelled ? { do: 'wait', key, code: 'RETRY' } : { do: 'fail', key };
      default:
        return { do: 'fail', key };
    }
  }
  return { do: 'finish' };
}

export type NextUndo =
  | { readonly do: 'undo'; readonly key: string }
  | Wait
  /** `left`: what stands and could not be taken back, in the order in which it was done. */
  | { readonly do: 'finish'; readonly left: readonly string[] };

/**
 * What is taken back next: what was done last comes first. One that cannot be taken back is passed over, and the rest
 * goes on.
 *
 * @param givenUp keys of the steps whose undo was refused or has failed for good
 */
export function nextUndo(steps: readonly StepStanding[], givenUp: ReadonlySet<string>): NextUndo {
  const left: string[] = [];
  for (const { key, status, reversible } of [...steps].reverse()) {
    switch (status) {
      case 'SUCCEEDED':
      case 'PARTIALLY_SUCCEEDED':
        if (reversible && !givenUp.has(key)) return { do: 'undo', key };
        left.unshift(key);
        continue;
      case 'UNDOING':
        return { do: 'wait', key, code: 'UNDO_IN_PROGRESS' };
      case 'EXECUTING':
      case 'UNKNOWN':
      case 'SUBMITTED':
        return { do: 'wait', key, code: waits[status] };
      default:
        continue;
    }
  }
  return { do: 'finish', left };
}

const waits = { EXECUTING: 'IN_PROGRESS', UNKNOWN: 'OUTCOME_UNKNOWN', SUBMITTED: 'SUBMITTED' } as const;
