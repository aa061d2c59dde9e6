import { describe, expect, it } from '@jest/globals';
import { ACTION_STATUSES, type ActionStatus, ALL_STATUSES } from './status.ts';
import { ACTION_EVENTS, type ActionEvent, type ActionEventType, isFinal, transition } from './transition.ts';

/** Every way from one status to another. What is not here is illegal. */
const LEGAL = `
  PROPOSED            PERMIT            APPROVED
  PROPOSED            REQUIRE_APPROVAL  AWAITING_APPROVAL
  PROPOSED            DENY              DENIED
  PROPOSED            WITHDRAW          REJECTED
  PROPOSED            EXPIRE            EXPIRED
  AWAITING_APPROVAL   APPROVE_IN_PART   AWAITING_APPROVAL
  AWAITING_APPROVAL   APPROVE           APPROVED
  AWAITING_APPROVAL   REJECT            REJECTED
  AWAITING_APPROVAL   WITHDRAW          REJECTED
  AWAITING_APPROVAL   EXPIRE            EXPIRED
  AWAITING_APPROVAL   PLAN_CHANGED      STALE
  APPROVED            WITHDRAW          REJECTED
  APPROVED            EXPIRE            EXPIRED
  APPROVED            PLAN_CHANGED      STALE
  APPROVED            START             EXECUTING
  STALE               WITHDRAW          REJECTED
  STALE               EXPIRE            EXPIRED
  STALE               PREVIEW_AGAIN     PROPOSED
  EXECUTING           SUCCEED           SUCCEEDED
  EXECUTING           SUCCEED_IN_PART   PARTIALLY_SUCCEEDED
  EXECUTING           FAIL              FAILED
  EXECUTING           SUBMIT            SUBMITTED
  EXECUTING           LOSE_TRACK        UNKNOWN
  SUBMITTED           SUCCEED           SUCCEEDED
  SUBMITTED           SUCCEED_IN_PART   PARTIALLY_SUCCEEDED
  SUBMITTED           ANSWER_IN_PART    SUBMITTED
  SUBMITTED           FAIL              FAILED
  SUBMITTED           LOSE_TRACK        UNKNOWN
  UNKNOWN             SUCCEED           SUCCEEDED
  UNKNOWN             SUCCEED_IN_PART   PARTIALLY_SUCCEEDED
  UNKNOWN             FAIL              FAILED
  UNKNOWN             SUBMIT            SUBMITTED
  UNKNOWN             RETRY             EXECUTING
  FAILED              WITHDRAW          REJECTED
  FAILED              EXPIRE            EXPIRED
  FAILED              PLAN_CHANGED      STALE
  FAILED              RETRY             EXECUTING
  SUCCEEDED           BEGIN_UNDO        UNDOING
  PARTIALLY_SUCCEEDED BEGIN_UNDO        UNDOING
  UNDOING             COMPLETE_UNDO     UNDONE
  UNDOING             ABANDON_UNDO      PARTIALLY_SUCCEEDED
`;
const legal = new Map(
  LEGAL.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([from, event, to]) => [`${from} ${event}`, to]),
);
const EVENT_TYPES = Object.keys(ACTION_EVENTS) as ActionEventType[]; // Object.keys forgets the keys' type
const eventOf = (type: ActionEventType): ActionEvent =>
  type === 'ABANDON_UNDO' ? { type, standsAt: 'PARTIALLY_SUCCEEDED' } : { type };
const everyCase = ALL_STATUSES.flatMap((status) => EVENT_TYPES.map((type) => [status, type] as const));

describe('the life of an action', () => {
  it.each(everyCase)('from %s on %s goes where the table says, or nowhere', (status, type) => {
    const next = legal.get(`${status} ${type}`);
    const result = transition(status, eventOf(type));
    if (next !== undefined) expect(result).toEqual({ ok: true, next });
    else expect(result).toMatchObject({ ok: false, code: 'ILLEGAL_TRANSITION' });
  });

  it('has the statuses of the plan, each with a description', () => {
    expect(ALL_STATUSES).toEqual(
      'PROPOSED AWAITING_APPROVAL APPROVED DENIED REJECTED EXPIRED STALE EXECUTING SUCCEEDED SUBMITTED PARTIALLY_SUCCEEDED FAILED UNKNOWN UNDOING UNDONE'.split(
        ' ',
      ),
    );
    for (const description of Object.values(ACTION_STATUSES)) expect(description).toMatch(/^[A-Z].*\.$/);
  });

  it('can reach every status from a proposal, and ends only where nothing can be done any more', () => {
    const reached = new Set<ActionStatus>(['PROPOSED']);
    for (const status of reached) {
      for (const type of EVENT_TYPES) {
        const result = transition(status, eventOf(type));
        if (result.ok) reached.add(result.next);
      }
    }
    expect([...ALL_STATUSES].filter((status) => !reached.has(status))).toEqual([]);
    expect(ALL_STATUSES.filter(isFinal)).toEqual(['DENIED', 'REJECTED', 'EXPIRED', 'UNDONE']);
  });

  it('reaches an effect only through an approval', () => {
    const withoutApproval = new Set<ActionStatus>(['PROPOSED']);
    for (const status of withoutApproval) {
      for (const type of EVENT_TYPES.filter((event) => event !== 'APPROVE' && event !== 'PERMIT')) {
        const result = transition(status, eventOf(type));
        if (result.ok) withoutApproval.add(result.next);
      }
    }
    expect([...withoutApproval].sort()).toEqual(
      ['AWAITING_APPROVAL', 'DENIED', 'EXPIRED', 'PROPOSED', 'REJECTED', 'STALE'].sort(),
    );
  });

  it('says where it stands and what would be possible', () => {
    expect(transition('AWAITING_APPROVAL', { type: 'START' })).toMatchObject({
      message:
        'START is not possible while the action is AWAITING_APPROVAL; possible are APPROVE_IN_PART, APPROVE, REJECT, WITHDRAW, EXPIRE, PLAN_CHANGED.',
      possible: ['APPROVE_IN_PART', 'APPROVE', 'REJECT', 'WITHDRAW', 'EXPIRE', 'PLAN_CHANGED'],
    });
    expect(transition('UNDONE', { type: 'BEGIN_UNDO' })).toMatchObject({
      message: 'BEGIN_UNDO is not possible: the action is UNDONE, which is final.',
      possible: [],
    });
  });

  it('stands where it stood after an undo that was given up', () => {
    expect(transition('UNDOING', { type: 'ABANDON_UNDO', standsAt: 'SUCCEEDED' })).toEqual({
      ok: true,
      next: 'SUCCEEDED',
    });
  });
});
