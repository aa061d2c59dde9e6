import { type Database, type EntityManager, newId, problem, publish, type RequestContext } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { Approval, ApprovalDecision } from '../entities/approval.ts';
import type { Crash } from './crash-points.ts';
import { mayApprove } from './lifecycle/index.ts';
import { loadAction, lockAction } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { insist, move } from './move.ts';
import { assertStorable } from './storable.ts';

export interface Decision {
  readonly actionId: string;
  readonly comment: string | null;
  /** The plan that the checker saw; null for the one that stands now. */
  readonly planHash: string | null;
}

const longestComment = 2_000;

/** Maker and checker: what one person proposed, another approves or refuses. A decision is bound to one plan. */
export class Approvals {
  readonly #database: Database;
  readonly #log: LogWriter;
  readonly #crash: Crash;

  constructor(parts: { database: Database; log: LogWriter; crash: Crash }) {
    this.#database = parts.database;
    this.#log = parts.log;
    this.#crash = parts.crash;
  }

  /** Throws `NOT_FOUND`; refuses with `ILLEGAL_TRANSITION`, `MAKER_IS_NOT_CHECKER`, `PLAN_CHANGED`. */
  async approve(decision: Decision, context: RequestContext): Promise<Action> {
    checkComment(decision.comment);
    const action = await this.#database.withTenant(context.principal, async (em) => {
      const locked = await lockAction(em, decision.actionId);
      const { makerId, planHash: currentPlanHash } = locked;
      const standing = locked.status;
      move(locked, { type: 'APPROVE' });
      insist(
        mayApprove({
          makerId,
          approverId: context.principal.id,
          approverIds: [],
          seenPlanHash: decision.planHash ?? currentPlanHash,
          currentPlanHash,
        }),
      );
      return this.#record(em, locked, ApprovalDecision.APPROVED, { ...decision, from: standing }, context);
    });
    this.#crash('approved');
    return action;
  }

  /** The maker takes back; anybody else refuses. Throws `NOT_FOUND`; refuses with `ILLEGAL_TRANSITION`. */
  reject(decision: Decision, context: RequestContext): Promise<Action> {
    checkComment(decision.comment);
    return this.#database.withTenant(context.principal, async (em) => {
      const locked = await lockAction(em, decision.actionId);
      const from = locked.status;
      move(locked, { type: locked.makerId === context.principal.id ? 'WITHDRAW' : 'REJECT' });
      return this.#record(em, locked, ApprovalDecision.REJECTED, { ...decision, from }, context);
    });
  }

  async #record(
    em: EntityManager,
    action: Action,
    decision: ApprovalDecision,
    { comment, from }: Decision & { from: string },
    context: RequestContext,
  ): Promise<Action> {
    const { id: actionId, tenantId, planHash, status, tool } = action;
    const approver = { approverKind: context.principal.kind, approverId: context.principal.id };
    const approval = { id: newId(), tenantId, actionId, decision, planHash, ...approver, comment, at: this.#log.now() };
    em.persist(em.create(Approval, approval));
    const approved = decision === ApprovalDecision.APPROVED;
    const facts = { approvalId: approval.id, planHash, from, to: status };
    this.#log.append(em, context, action, approved ? 'APPROVAL' : 'REJECTION', {
      facts,
      values: comment ? { comment } : {},
    });
    await publish(em, context, approved ? 'ActionApproved' : 'ActionRejected', { actionId, tool });
    await em.flush();
    return loadAction(em, actionId);
  }
}

function checkComment(comment: string | null): void {
  assertStorable(comment, ['input', 'comment']);
  if (comment === null || comment.length <= longestComment) return;
  const message = `The comment has ${comment.length} characters; at most ${longestComment} are kept.`;
  throw problem('COMMENT_TOO_LONG', message, ['input', 'comment'], { longest: longestComment });
}
