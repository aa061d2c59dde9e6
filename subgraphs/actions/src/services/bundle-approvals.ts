import {
  type Access,
  type Database,
  type EntityManager,
  holds,
  problem,
  type RequestContext,
  UserProblem,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Bundle } from '../entities/bundle.ts';
import { approvePermission, ownPlanRefused } from '../maker-is-not-checker.ts';
import { refTo } from '../proposed-action.ts';
import { type Approvals, checkComment } from './approvals.ts';
import { recordBundle } from './bundle-log.ts';
import { endStep } from './bundle-steps.ts';
import { isMaker } from './gate-keeper.ts';
import { moveBundle, stepsOf } from './load-bundles.ts';
import type { LogWriter } from './log-writer.ts';
import { lockVisibleBundle } from './visible-bundles.ts';

export interface BundleDecision {
  readonly bundleId: string;
  readonly comment: string | null;
  /** The plan that the checker saw; null for the one that stands now. */
  readonly planHash: string | null;
}

/** One decision on all steps of a bundle, by the rules that hold for each of them. */
export class BundleApprovals {
  readonly #parts: { database: Database; access: Access; log: LogWriter; approvals: Approvals };

  constructor(parts: { database: Database; access: Access; log: LogWriter; approvals: Approvals }) {
    this.#parts = parts;
  }

  /**
   * Approves each step that still lacks approvals and that this one counts for. Throws `NOT_FOUND`, and `FORBIDDEN` for who
   * may not approve all of them; refuses with `ILLEGAL_TRANSITION`, `PLAN_CHANGED`, `MAKER_IS_NOT_CHECKER`,
   * `ALREADY_APPROVED`, `APPROVAL_WOULD_NOT_COUNT`. Then nothing was approved.
   */
  approve(decision: BundleDecision, context: RequestContext): Promise<Bundle> {
    checkComment(decision.comment);
    const { database, access, log } = this.#parts;
    const approve = async (em: EntityManager) => {
      const bundle = await lockVisibleBundle(em, access, decision.bundleId, context);
      const { status, updatedAt } = bundle;
      moveBundle({ status, updatedAt }, 'APPROVE', log.now());
      insistSeen(bundle, decision);
      for (const { action } of bundle.steps) await access.checkIn(em, context, approvePermission, refTo(action.id));
      await this.#approveSteps(em, bundle, decision, context);
      const steps = await stepsOf(em, bundle.id);
      const complete = steps.every(({ status }) => status === 'APPROVED');
      moveBundle(bundle, complete ? 'APPROVE' : 'APPROVE_IN_PART', log.now());
      bundle.expiresAt = earliest(bundle.expiresAt, steps);
      await this.#record(em, bundle, 'APPROVAL', decision, context);
      return bundle;
    };
    return database.withTenant(context.principal, approve).catch((error) => this.#refused(error, context));
  }

  /** Its maker takes it back; anybody else refuses what still lacks approvals. Throws and refuses like `approve`. */
  reject(decision: BundleDecision, context: RequestContext): Promise<Bundle> {
    checkComment(decision.comment);
    const { database, access, log, approvals } = this.#parts;
    return database.withTenant(context.principal, async (em) => {
      const bundle = await lockVisibleBundle(em, access, decision.bundleId, context);
      insistSeen(bundle, decision);
      const now = await access.currentIn(em, context.principal);
      const steps = await stepsOf(em, bundle.id);
      const withdraws = steps.every((step) => isMaker(step, now)) && holds(now, approvePermission);
      if (!withdraws) for (const { id } of steps) await access.checkIn(em, context, approvePermission, refTo(id));
      // What all have approved is taken back by its maker alone, as a single action is.
      if (!withdraws && bundle.status === 'APPROVED') {
        const message = 'The bundle is APPROVED: only its maker takes it back.';
        throw problem('ILLEGAL_TRANSITION', message, ['input', 'bundleId'], { status: bundle.status });
      }
      moveBundle(bundle, 'REJECT', log.now());
      const as = { bundleId: bundle.id };
      for (const { id, planHash, status } of steps) {
        if (withdraws || status === 'AWAITING_APPROVAL')
          await approvals.rejectIn(em, { actionId: id, planHash, comment: decision.comment }, context, as);
        else await endStep(em, log, { ...context, principal: now }, { id, bundle, state: 'BUNDLE_REJECTED' });
      }
      await this.#record(em, bundle, 'REJECTION', decision, context);
      return bundle;
    });
  }

  async #approveSteps(em: EntityManager, bundle: Bundle, { comment }: BundleDecision, context: RequestContext) {
    const { approvals } = this.#parts;
    const refusals: UserProblem[] = [];
    let counted = 0;
    for (const { action } of bundle.steps) {
      if (action.status !== 'AWAITING_APPROVAL') continue;
      const { id: actionId, planHash } = action;
      const refusal = await approvals
        .approveIn(em, { actionId, planHash, comment }, context, { bundleId: bundle.id })
        .then(
          () => null,
          (error: unknown) => passedOver(error, actionId),
        );
      if (refusal) refusals.push(refusal);
      else counted += 1;
    }
    // A step that this approval brings no nearer waits for somebody else's.
    const [first] = refusals;
    if (counted > 0 || !first) return;
    throw new UserProblem(...first.errors.map((error) => ({ ...error, path: ['input', 'bundleId'] })));
  }

  /** The log is told of the product's own rule like of any other refusal. */
  async #refused(error: unknown, context: RequestContext): Promise<never> {
    const [refusal] = error instanceof UserProblem ? error.errors : [];
    const actionId = refusal?.params?.actionId;
    if (refusal?.code === 'MAKER_IS_NOT_CHECKER' && typeof actionId === 'string') {
      await this.#parts.access.records.refused(context, ownPlanRefused(actionId, refusal.message));
    }
    throw error;
  }

  async #record(
    em: EntityManager,
    bundle: Bundle,
    state: string,
    { comment }: BundleDecision,
    context: RequestContext,
  ): Promise<void> {
    await recordBundle(em, this.#parts.log, context, bundle, { state, values: comment ? { comment } : {} });
  }
}

/** Those that say no more than that it does not count for this one step. */
function passedOver(error: unknown, actionId: string): UserProblem {
  const mild = new Set(['APPROVAL_WOULD_NOT_COUNT', 'ALREADY_APPROVED']);
  if (error instanceof UserProblem && error.errors.every(({ code }) => mild.has(code))) return error;
  if (!(error instanceof UserProblem)) throw error;
  const path = ['input', 'bundleId'];
  throw new UserProblem(...error.errors.map((each) => ({ ...each, path, params: { ...each.params, actionId } })));
}

function insistSeen({ planHash }: Bundle, decision: BundleDecision): void {
  if (decision.planHash === null || decision.planHash === planHash) return;
  const message = 'The bundle is not the one that you looked at: look at it again and decide anew.';
  throw problem('PLAN_CHANGED', message, ['input', 'planHash'], { planHash });
}

/** Gates may have bounded how long an approval of a step holds: the bundle ends with the first of them. */
function earliest(ends: Date, steps: readonly Action[]): Date {
  const times = steps.flatMap(({ expiresAt }) => (expiresAt ? [expiresAt.getTime()] : []));
  return new Date(Math.min(ends.getTime(), ...times));
}
