import { problem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { type ActionEvent, type Guard, transition } from './lifecycle/index.ts';

/** Takes a locked action to where the event leads. Refuses with `ILLEGAL_TRANSITION`, which names where it stands. */
export function move(action: Action, event: ActionEvent): void {
  const taken = transition(action.status, event);
  if (!taken.ok) {
    const params = { status: action.status, possible: taken.possible };
    throw problem(taken.code, taken.message, ['input', 'actionId'], params);
  }
  action.status = taken.next;
}

/** Refuses with the guard's code unless it lets through. */
export function insist(guard: Guard, path: string[] = ['input', 'actionId']): void {
  if (!guard.ok) throw problem(guard.code, guard.message, path);
}
