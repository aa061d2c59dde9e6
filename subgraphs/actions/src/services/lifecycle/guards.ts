import { sameWho, type Who } from './who.ts';

export type GuardCode =
  | 'MAKER_IS_NOT_CHECKER'
  | 'ALREADY_APPROVED'
  | 'PLAN_CHANGED'
  | 'OUTSIDE_CHANGE_WINDOW'
  | 'APPROVAL_EXPIRED'
  | 'NOT_REVERSIBLE'
  | 'UNDO_WINDOW_CLOSED'
  | 'UNDO_OF_UNDO';

export type Guard = { ok: true } | { ok: false; code: GuardCode; message: string };

/** Whether this person may approve this plan: maker and checker differ, and each person counts once. */
export function mayApprove(question: {
  /** Who proposed it, and who changed it since. */
  makers: readonly Who[];
  approver: Who;
  /** Who has approved the current plan already. */
  approvers: readonly Who[];
  /** The plan that the approver saw. */
  seenPlanHash: string;
  currentPlanHash: string;
}): Guard {
  if (question.makers.some((maker) => sameWho(question.approver, maker))) {
    return refused(
      'MAKER_IS_NOT_CHECKER',
      'Whoever proposed or changed an action cannot approve it: someone else has to.',
    );
  }
  if (question.approvers.some((each) => sameWho(each, question.approver))) {
    return refused(
      'ALREADY_APPROVED',
      'You have approved this action already: a further approval must come from someone else.',
    );
  }
  return samePlan(question.seenPlanHash, question.currentPlanHash);
}

/** APPROVE when enough have approved, this one counted in; APPROVE_IN_PART before that. */
export function approvalEvent(given: number, required: number): 'APPROVE' | 'APPROVE_IN_PART' {
  return given >= required ? 'APPROVE' : 'APPROVE_IN_PART';
}

/** Whether what was approved may be done now. The bounds of windows: from `opensAt` on, until before `closesAt`. */
export function mayExecute(question: {
  now: Date;
  approvedPlanHash: string;
  currentPlanHash: string;
  approvalExpiresAt: Date | null;
  changeWindow: { opensAt: Date; closesAt: Date } | null;
}): Guard {
  const { now, changeWindow, approvalExpiresAt } = question;
  if (approvalExpiresAt !== null && now >= approvalExpiresAt) {
    return refused('APPROVAL_EXPIRED', `The approval ended at ${approvalExpiresAt.toISOString()}: propose it again.`);
  }
  if (changeWindow !== null && (now < changeWindow.opensAt || now >= changeWindow.closesAt)) {
    return refused(
      'OUTSIDE_CHANGE_WINDOW',
      `The change window is from ${changeWindow.opensAt.toISOString()} to ${changeWindow.closesAt.toISOString()}.`,
    );
  }
  return samePlan(question.approvedPlanHash, question.currentPlanHash);
}

/** Whether an undo may be proposed. */
export function mayUndo(question: {
  now: Date;
  reversible: boolean;
  isUndo: boolean;
  undoableUntil: Date | null;
}): Guard {
  if (question.isUndo) {
    return refused('UNDO_OF_UNDO', 'This action is itself an undo: to do again what it undid, propose that anew.');
  }
  if (!question.reversible) {
    return refused('NOT_REVERSIBLE', 'The tool has no way to undo this: propose an action that corrects it.');
  }
  if (question.undoableUntil !== null && question.now >= question.undoableUntil) {
    return refused('UNDO_WINDOW_CLOSED', `It could be undone until ${question.undoableUntil.toISOString()}.`);
  }
  return { ok: true };
}

function samePlan(decidedOn: string, current: string): Guard {
  if (decidedOn === current) return { ok: true };
  return refused('PLAN_CHANGED', 'What would happen now is not what was previewed: preview it again and decide anew.');
}

function refused(code: GuardCode, message: string): Guard {
  return { ok: false, code, message };
}
