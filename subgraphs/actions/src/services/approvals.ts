import {
  type Access,
  AccessDenied,
  type Database,
  type EntityManager,
  type EventOrigin,
  holds,
  newId,
  type Principal,
  personOf,
  problem,
  publish,
  type RequestContext,
  UserProblem,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { Approval, ApprovalDecision } from '../entities/approval.ts';
import { approvePermission, ownPlanRefused } from '../maker-is-not-checker.ts';
import { refTo } from '../proposed-action.ts';
import type { AsStep } from './attempt.ts';
import type { Crash } from './crash-points.ts';
import { approverAs, approversOf, askedOf, demandsAt, isMaker, makersOf, whoMade } from './gate-keeper.ts';
import { type Approver, mayCount, standing } from './gates/index.ts';
import { mayApprove, type Who } from './lifecycle/index.ts';
import { type Locked, loadAction, lockWithUndone } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { insist, insistPossible, move } from './move.ts';
import { insistWithin } from './part-of-bundle.ts';
import type { Settlement } from './settlement.ts';
import { assertStorable } from './storable.ts';
import { approverFor, delegatorsOf } from './substitutes.ts';

export interface Decision {
  readonly actionId: string;
  readonly comment: string | null;
  /** The plan that the checker saw; null for the one that stands now. */
  readonly planHash: string | null;
}

/** A decision with where the action stood before, and in whose place it was made, too. */
interface Told extends Decision {
  readonly from: string;
  readonly onBehalfOf?: readonly string[];
}

const longestComment = 2_000;

/** Maker and checker: what one person proposed, another approves or refuses. A decision is bound to one plan. */
export class Approvals {
  readonly #database: Database;
  readonly #access: Access;
  readonly #log: LogWriter;
  readonly #settlement: Settlement;
  readonly #crash: Crash;

  constructor(parts: { database: Database; access: Access; log: LogWriter; settlement: Settlement; crash: Crash }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#log = parts.log;
    this.#settlement = parts.settlement;
    this.#crash = parts.crash;
  }

  /**
   * Throws `NOT_FOUND`, and `FORBIDDEN` for who may not approve it by the time at which it is done; refuses with
   * `ILLEGAL_TRANSITION`, `MAKER_IS_NOT_CHECKER`, `ALREADY_APPROVED`, `APPROVAL_WOULD_NOT_COUNT`, `PLAN_CHANGED`.
   */
  async approve(decision: Decision, context: RequestContext): Promise<Action> {
    checkComment(decision.comment);
    const action = await this.#database
      .withTenant(context.principal, (em) => this.approveIn(em, decision, context))
      .catch((error: unknown) => this.#refused(error, decision, context));
    this.#crash('approved');
    return action;
  }

  /**
   * A maker takes back, whatever policies say of deciding on it; anybody else refuses. Throws like `approve`; refuses
   * with `ILLEGAL_TRANSITION`.
   */
  async reject(decision: Decision, context: RequestContext): Promise<Action> {
    checkComment(decision.comment);
    const action = await this.#database.withTenant(context.principal, (em) => this.rejectIn(em, decision, context));
    this.#crash('rejected');
    return action;
  }

  /** Like `reject`, in the caller's transaction. */
  async rejectIn(em: EntityManager, decision: Decision, context: RequestContext, as?: AsStep): Promise<Action> {
    const both = await lockWithUndone(em, decision.actionId);
    const { action: locked } = both;
    const now = await this.#access.currentIn(em, context.principal);
    const withdraws = isMaker(locked, now) && holds(now, approvePermission);
    const checker = withdraws ? now : await this.#insist(em, locked, context);
    insistWithin(locked, as);
    const from = locked.status;
    move(locked, { type: isMaker(locked, checker) ? 'WITHDRAW' : 'REJECT' });
    const told = { ...decision, from };
    return this.#record(em, both, ApprovalDecision.REJECTED, told, { ...context, principal: checker });
  }

  /** Like `approve`, in the caller's transaction. What it refuses has changed nothing. */
  async approveIn(em: EntityManager, decision: Decision, context: RequestContext, as?: AsStep): Promise<Action> {
    const both = await lockWithUndone(em, decision.actionId);
    const { action: locked } = both;
    const checker = await this.#insist(em, locked, context);
    insistWithin(locked, as);
    const { planHash: currentPlanHash, status: from } = locked;
    insistPossible(locked, { type: 'APPROVE' });
    const given = await approversOf(em, locked);
    insist(
      mayApprove({
        makers: whoMade(locked),
        approver: whoIs(checker),
        approvers: given,
        seenPlanHash: decision.planHash ?? currentPlanHash,
        currentPlanHash,
      }),
    );
    const candidate = approverFor(checker, await this.#lending(em, checker, locked, context), locked);
    await this.#count(em, locked, given, candidate);
    const told = { ...decision, from, onBehalfOf: candidate.standsFor };
    return this.#record(em, both, ApprovalDecision.APPROVED, told, { ...context, principal: checker });
  }

  /** Of those who gave their place to the checker, who might approve this very action themselves. */
  async #lending(em: EntityManager, checker: Principal, { id }: Action, context: RequestContext): Promise<Principal[]> {
    const lending: Principal[] = [];
    for (const principal of await delegatorsOf(em, checker, this.#log.now())) {
      try {
        await this.#access.checkIn(em, { ...context, principal }, approvePermission, refTo(id));
        lending.push(principal);
      } catch (error) {
        if (!(error instanceof AccessDenied)) throw error;
      }
    }
    return lending;
  }

  /** One approval more, if it brings what the gates ask for nearer; with the last one the plan is approved. */
  async #count(em: EntityManager, action: Action, given: readonly Approver[], candidate: Approver): Promise<void> {
    const now = this.#log.now();
    const asked = await askedOf(em, action);
    const demands = demandsAt(asked, action, now);
    const makers = await makersOf(em, action);
    insist(mayCount(demands, makers, given, candidate));
    if (!standing(demands, makers, [...given, candidate]).complete) return move(action, { type: 'APPROVE_IN_PART' });
    move(action, { type: 'APPROVE' });
    if (asked.ttlMinutes === null) return;
    const until = new Date(now.getTime() + asked.ttlMinutes * 60_000);
    if (!action.expiresAt || until < action.expiresAt) action.expiresAt = until;
  }

  /** Decides again, on the action as it is now that it is locked. Answers who decides, as they stand. */
  #insist(em: EntityManager, { id }: Action, context: RequestContext): Promise<Principal> {
    return this.#access.checkIn(em, context, approvePermission, refTo(id));
  }

  /** The product's own rule refuses in words of `userErrors`; the log is told of it like of any other refusal. */
  async #refused(error: unknown, { actionId }: Decision, context: RequestContext): Promise<never> {
    const [refusal] = error instanceof UserProblem ? error.errors : [];
    if (refusal?.code === 'MAKER_IS_NOT_CHECKER') {
      await this.#access.records.refused(context, ownPlanRefused(actionId, refusal.message));
    }
    throw error;
  }

  async #record(
    em: EntityManager,
    { action, undone }: Locked,
    decision: ApprovalDecision,
    { comment, from, onBehalfOf = [] }: Told,
    context: EventOrigin,
  ): Promise<Action> {
    const { id: actionId, tenantId, planHash, status, tool } = action;
    const { kind: approverKind, id: approverId } = context.principal;
    const { roles, groups, department, seesAll, person } = approverAs(context.principal, action);
    const approver = {
      approverKind,
      approverId,
      approverPerson: person,
      approverRoles: [...roles],
      approverGroups: [...groups],
      approverDepartment: department,
      seesAll,
      onBehalfOfIds: [...onBehalfOf],
    };
    const approval = { id: newId(), tenantId, actionId, decision, planHash, ...approver, comment, at: this.#log.now() };
    em.persist(em.create(Approval, approval));
    const approved = decision === ApprovalDecision.APPROVED;
    const substitution = onBehalfOf.length > 0 ? { onBehalfOf } : {};
    const facts = { approvalId: approval.id, planHash, from, to: status, ...substitution };
    this.#log.append(em, context, action, approved ? 'APPROVAL' : 'REJECTION', {
      facts,
      values: comment ? { comment } : {},
    });
    await publish(em, context, approved ? 'ActionApproved' : 'ActionRejected', { actionId, tool, status });
    await this.#settlement.follow(em, context, { action, undone });
    await em.flush();
    return loadAction(em, actionId);
  }
}

const whoIs = (principal: Principal): Who => ({ id: principal.id, person: personOf(principal) ?? null });

/** Refuses with `COMMENT_TOO_LONG`, `INVALID_TEXT`. */
export function checkComment(comment: string | null): void {
  assertStorable(comment, ['input', 'comment']);
  if (comment === null || comment.length <= longestComment) return;
  const message = `The comment has ${comment.length} characters; at most ${longestComment} are kept.`;
  throw problem('COMMENT_TOO_LONG', message, ['input', 'comment'], { longest: longestComment });
}
