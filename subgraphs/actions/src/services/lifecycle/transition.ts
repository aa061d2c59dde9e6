import type { ActionStatus } from './status.ts';

/** What can happen to an action. */
export const ACTION_EVENTS = {
  PERMIT: 'The policies let it through, and nobody need be asked.',
  REQUIRE_APPROVAL: 'The policies let it through, if someone approves.',
  DENY: 'A policy forbids it.',
  APPROVE_IN_PART: 'One of several required approvals was given.',
  APPROVE: 'The last required approval was given.',
  REJECT: 'Someone who was asked refused.',
  WITHDRAW: 'Its maker, or an administrator, takes it back before anything has happened.',
  EXPIRE: 'Its time ran out.',
  PLAN_CHANGED: 'A new preview differs from the one that was decided on.',
  PREVIEW_AGAIN: 'It was previewed anew, and the policies decide anew.',
  START: 'Its intent is recorded, and the tool is about to be called.',
  SUCCEED: 'The other side has confirmed all of it.',
  SUBMIT: 'The other side has taken it and will answer later.',
  SUCCEED_IN_PART: 'The other side has done a part of it.',
  ANSWER_IN_PART: 'The other side has answered for some of the items that it has.',
  FAIL: 'Nothing took effect.',
  LOSE_TRACK: 'Whether it took effect cannot be said: no answer came, or the process ended before it was recorded.',
  RETRY: 'It is tried again, after it was made sure that nothing took effect.',
  BEGIN_UNDO: 'An undo of it was proposed.',
  COMPLETE_UNDO: 'The undo has succeeded.',
  ABANDON_UNDO: 'The undo was refused or failed; the action stands as it did before, or with what is left of it.',
} as const;

export type ActionEventType = keyof typeof ACTION_EVENTS;

/** Where an action may stand after an undo that did not succeed. */
export type StandsAt = 'SUCCEEDED' | 'PARTIALLY_SUCCEEDED';

export type ActionEvent =
  | { type: Exclude<ActionEventType, 'ABANDON_UNDO'> }
  | { type: 'ABANDON_UNDO'; standsAt: StandsAt };

export type Transition =
  | { ok: true; next: ActionStatus }
  | { ok: false; code: 'ILLEGAL_TRANSITION'; message: string; possible: ActionEventType[] };

/** Where an event takes an action. Pure: guards on who and when are in `guards.ts`, the row lock is the caller's. */
export function transition(status: ActionStatus, event: ActionEvent): Transition {
  const next = TABLE[status][event.type];
  if (next !== undefined) return { ok: true, next: event.type === 'ABANDON_UNDO' ? event.standsAt : next };
  const possible = possibleEvents(status);
  const message =
    possible.length === 0
      ? `${event.type} is not possible: the action is ${status}, which is final.`
      : `${event.type} is not possible while the action is ${status}; possible are ${possible.join(', ')}.`;
  return { ok: false, code: 'ILLEGAL_TRANSITION', message, possible };
}

/** Which events would be taken, in the order of the catalogue. */
export function possibleEvents(status: ActionStatus): ActionEventType[] {
  // Object.keys forgets the keys' type.
  return (Object.keys(ACTION_EVENTS) as ActionEventType[]).filter((type) => TABLE[status][type] !== undefined);
}

/** Whether nothing can happen to it any more. */
export function isFinal(status: ActionStatus): boolean {
  return possibleEvents(status).length === 0;
}

const WHAT_COMES_OF_IT = {
  SUCCEED: 'SUCCEEDED',
  SUCCEED_IN_PART: 'PARTIALLY_SUCCEEDED',
  FAIL: 'FAILED',
} as const;

const TABLE: Record<ActionStatus, Partial<Record<ActionEventType, ActionStatus>>> = {
  PROPOSED: {
    PERMIT: 'APPROVED',
    REQUIRE_APPROVAL: 'AWAITING_APPROVAL',
    DENY: 'DENIED',
    WITHDRAW: 'REJECTED',
    EXPIRE: 'EXPIRED',
  },
  AWAITING_APPROVAL: {
    APPROVE_IN_PART: 'AWAITING_APPROVAL',
    APPROVE: 'APPROVED',
    REJECT: 'REJECTED',
    WITHDRAW: 'REJECTED',
    EXPIRE: 'EXPIRED',
    PLAN_CHANGED: 'STALE',
  },
  APPROVED: {
    WITHDRAW: 'REJECTED',
    EXPIRE: 'EXPIRED',
    PLAN_CHANGED: 'STALE',
    START: 'EXECUTING',
  },
  STALE: { WITHDRAW: 'REJECTED', EXPIRE: 'EXPIRED', PREVIEW_AGAIN: 'PROPOSED' },
  EXECUTING: { ...WHAT_COMES_OF_IT, SUBMIT: 'SUBMITTED', LOSE_TRACK: 'UNKNOWN' },
  SUBMITTED: { ...WHAT_COMES_OF_IT, ANSWER_IN_PART: 'SUBMITTED', LOSE_TRACK: 'UNKNOWN' },
  // What is still unknown after it was asked for stays UNKNOWN: no event.
  UNKNOWN: { ...WHAT_COMES_OF_IT, SUBMIT: 'SUBMITTED', RETRY: 'EXECUTING' },
  // Nothing took effect, so it is still an approved plan: it can also go stale, expire or be withdrawn.
  FAILED: { WITHDRAW: 'REJECTED', EXPIRE: 'EXPIRED', PLAN_CHANGED: 'STALE', RETRY: 'EXECUTING' },
  SUCCEEDED: { BEGIN_UNDO: 'UNDOING' },
  PARTIALLY_SUCCEEDED: { BEGIN_UNDO: 'UNDOING' },
  // ABANDON_UNDO says itself where the action stands then; the table only says that it is possible.
  UNDOING: { COMPLETE_UNDO: 'UNDONE', ABANDON_UNDO: 'SUCCEEDED' },
  DENIED: {},
  REJECTED: {},
  EXPIRED: {},
  UNDONE: {},
};
