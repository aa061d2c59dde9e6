import type { JsonObject, Undo } from '@countersign/plugin-sdk';
import type { Action } from '../entities/action.ts';
import type { Preview } from '../entities/plan.ts';
import type { Effect } from './effects.ts';
import type { Locked } from './load-actions.ts';

/** What whoever sets an effect off has to be allowed, and on which action, by the time at which it is set off. */
export interface Leave {
  readonly permission: 'actions:action:execute' | 'actions:action:undo';
  readonly on: string;
  /** Nobody clicked: it is begun only if its tool goes unattended by then. */
  readonly unattended?: true;
}

/** A bundle goes on by itself with what was set off as a whole: leave was asked for then, for all of its steps. */
export interface AsStep {
  readonly bundleId: string;
}

/** Leave to work on one action, and what is to be done on the other side. */
export interface Attempt {
  readonly actionId: string;
  readonly fence: number;
  readonly effect: Effect;
  /** Whether the intent is recorded; if not, the other side is asked first whether it was done already. */
  readonly intended: boolean;
  /** Whether it is done again when it turns out that it was not done. */
  readonly again: boolean;
  /** What it is to do and nothing else; null for what takes back. */
  readonly planned: Preview | null;
  /** What its caller needs; absent where the product itself brings to an end what was set off before. */
  readonly leave?: Leave;
}

/** An undo takes leave to undo the action that it is about. */
export const leaveFor = ({ action, undone }: Locked): Leave =>
  undone
    ? { permission: 'actions:action:undo', on: undone.id }
    : { permission: 'actions:action:execute', on: action.id };

/** The call as it was made and what came of it, for the tool to take back. */
export function undoOf({ input, outcome }: Action, reason: string): Undo {
  const { output, externalId } = outcome ?? {};
  return { input, output: isObject(output) ? output : {}, externalId: externalId ?? '', reason };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
