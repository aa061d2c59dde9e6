import { problem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { type ActionEvent, transition } from './lifecycle/index.ts';

/** Takes a locked action to where the event leads. Refuses with `ILLEGAL_TRANSITION`, which names where it stands. */
export function move(action: Movable, event: ActionEvent): void {
  const taken = transition(action.status, event);
  if (!taken.ok) {
    const params = { status: action.status, possible: taken.possible };
    throw problem(taken.code, taken.message, ['input', 'actionId'], params);
  }
  action.status = taken.next;
  if (action.waitingSince) Object.assign(action, notWaiting);
  if (taken.next !== 'FAILED' && (action.retryAt || action.deadAt)) Object.assign(action, notTriedAgain);
}

/**
 * An action, or as much of it as says where it stands. What waits is approved, and what is to be tried again, by the
 * product or by people, has FAILED: wherever it goes from there, it is so no more.
 */
type Movable = Pick<Action, 'status'> & Partial<Pick<Action, 'waitingSince' | 'retryAt' | 'deadAt'>>;

export const notWaiting = {
  waitingSince: null,
  waitingDue: null,
  waiterKind: null,
  waiterId: null,
  waiterUnattended: false,
} as const;

const notTriedAgain = { retryAt: null, deadAt: null } as const;

/** Refuses like `move`, and moves nothing. */
export function insistPossible({ status }: Action, event: ActionEvent): void {
  move({ status }, event);
}

/** What a guard, or a gate, says. */
type Answer = { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string };

/** Refuses with the guard's code unless it lets through. */
export function insist(guard: Answer, path: string[] = ['input', 'actionId']): void {
  if (!guard.ok) throw problem(guard.code, guard.message, path);
}
