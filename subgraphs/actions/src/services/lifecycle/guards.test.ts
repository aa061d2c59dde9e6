import { describe, expect, it } from '@jest/globals';
import { approvalEvent, mayApprove, mayExecute, mayUndo } from './guards.ts';

const now = new Date('2026-05-01T12:00:00Z');
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);

describe('approving', () => {
  const question = {
    makers: [{ id: 'maker', person: 'maker' }],
    approver: { id: 'checker', person: 'checker' },
    approvers: [],
    seenPlanHash: 'plan',
    currentPlanHash: 'plan',
  };

  it('is for someone other than the maker', () => {
    expect(mayApprove(question)).toEqual({ ok: true });
    expect(mayApprove({ ...question, approver: { id: 'maker', person: 'maker' } })).toMatchObject({
      code: 'MAKER_IS_NOT_CHECKER',
    });
  });

  it("is not for the maker's own key, and not for the owner of the key that made it", () => {
    const key = { id: 'key', person: 'maker' };
    expect(mayApprove({ ...question, approver: key })).toMatchObject({ code: 'MAKER_IS_NOT_CHECKER' });
    expect(mayApprove({ ...question, makers: [key], approver: { id: 'maker', person: 'maker' } })).toMatchObject({
      code: 'MAKER_IS_NOT_CHECKER',
    });
  });

  it('is not for who changed it since it was proposed, whoever that was', () => {
    const makers = [...question.makers, { id: 'editor', person: 'editor' }];
    for (const approver of [makers[1], { id: 'key', person: 'editor' }]) {
      expect(mayApprove({ ...question, makers, approver: approver ?? question.approver })).toMatchObject({
        code: 'MAKER_IS_NOT_CHECKER',
      });
    }
    expect(mayApprove({ ...question, makers })).toEqual({ ok: true });
  });

  it('takes two that no person answers for as two', () => {
    const maker = { id: 'import', person: null };
    expect(mayApprove({ ...question, makers: [maker], approver: { id: 'review', person: null } })).toEqual({
      ok: true,
    });
  });

  it('counts each checker once, also when they come with a key of theirs', () => {
    for (const before of [question.approver, { id: 'key', person: 'checker' }]) {
      expect(mayApprove({ ...question, approvers: [before] })).toMatchObject({ code: 'ALREADY_APPROVED' });
    }
    expect(mayApprove({ ...question, approvers: [{ id: 'another', person: 'another' }] })).toEqual({ ok: true });
  });

  it('is of the plan that the checker saw', () => {
    expect(mayApprove({ ...question, currentPlanHash: 'other' })).toMatchObject({ code: 'PLAN_CHANGED' });
  });

  it('is complete when as many have approved as are required', () => {
    expect([0, 1, 2, 3].map((given) => approvalEvent(given, 2))).toEqual([
      'APPROVE_IN_PART',
      'APPROVE_IN_PART',
      'APPROVE',
      'APPROVE',
    ]);
  });
});

describe('executing', () => {
  const question = {
    now,
    approvedPlanHash: 'plan',
    currentPlanHash: 'plan',
    approvalExpiresAt: hours(1),
    changeWindow: { opensAt: now, closesAt: hours(2) },
  };

  it('is possible within the change window, while the approval holds, for the plan that was approved', () => {
    expect(mayExecute(question)).toEqual({ ok: true });
    expect(mayExecute({ ...question, approvalExpiresAt: null, changeWindow: null })).toEqual({ ok: true });
  });

  it('is refused before the window opens and from the moment it closes', () => {
    const code = 'OUTSIDE_CHANGE_WINDOW';
    expect(mayExecute({ ...question, changeWindow: { opensAt: hours(1), closesAt: hours(2) } })).toMatchObject({
      code,
    });
    expect(mayExecute({ ...question, changeWindow: { opensAt: hours(-1), closesAt: now } })).toMatchObject({ code });
  });

  it('is refused once the approval has ended, and for another plan', () => {
    expect(mayExecute({ ...question, approvalExpiresAt: now })).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(mayExecute({ ...question, currentPlanHash: 'other' })).toMatchObject({ code: 'PLAN_CHANGED' });
  });
});

describe('undoing', () => {
  const question = { now, reversible: true, isUndo: false, undoableUntil: null };

  it('is possible for what the tool can undo, in time', () => {
    expect(mayUndo(question)).toEqual({ ok: true });
    expect(mayUndo({ ...question, undoableUntil: hours(1) })).toEqual({ ok: true });
  });

  it('is refused for what cannot be undone, too late, and for an undo', () => {
    expect(mayUndo({ ...question, reversible: false })).toMatchObject({ code: 'NOT_REVERSIBLE' });
    expect(mayUndo({ ...question, undoableUntil: now })).toMatchObject({ code: 'UNDO_WINDOW_CLOSED' });
    expect(mayUndo({ ...question, isUndo: true })).toMatchObject({ code: 'UNDO_OF_UNDO' });
  });
});
