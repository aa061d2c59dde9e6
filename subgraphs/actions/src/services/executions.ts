import { type Access, type Database, type EntityManager, type EventOrigin, isUuid } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { refTo } from '../proposed-action.ts';
import { type AsStep, type Attempt, type Leave, leaveFor } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import { beginWait } from './begin-wait.ts';
import type { Health } from './calls/breaker.ts';
import type { Breakers } from './calls/breakers.ts';
import { refuseLeftAlone } from './calls/held-back.ts';
import { insistClick } from './click.ts';
import type { Crash } from './crash-points.ts';
import type { Drift } from './drift.ts';
import { insistGates } from './gate-keeper.ts';
import type { Leases } from './leases.ts';
import { mayExecute } from './lifecycle/index.ts';
import { findAction, type Locked, lockWithUndone } from './load-actions.ts';
import { type LogWriter, publishCalls } from './log-writer.ts';
import { insist, move } from './move.ts';
import { insistRuns, insistWithin } from './part-of-bundle.ts';
import type { Settlement } from './settlement.ts';
import { insistNotSuspended } from './suspensions.ts';
import { waitWhile } from './wait-while.ts';

export interface ExecutionParts {
  readonly database: Database;
  readonly access: Access;
  readonly log: LogWriter;
  readonly leases: Leases;
  readonly attempts: Attempts;
  readonly settlement: Settlement;
  readonly drift: Drift;
  readonly breakers: Breakers;
  readonly crash: Crash;
  /** How long a second caller waits for the first one's outcome, in milliseconds. */
  readonly patienceMs: number;
}

/** Somebody clicked, or nobody, or a bundle goes on. */
type Beginning = Pick<Leave, 'unattended'> | AsStep;

const done = new Set<Action['status']>(['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'SUBMITTED']);
/** What is executed, again or for the first time, when its execution is asked for. */
const reachesOut = new Set<Action['status']>(['APPROVED', 'EXECUTING', 'UNKNOWN', 'FAILED']);
const inFlight = new Set<Action['status']>(['EXECUTING', 'UNKNOWN', 'FAILED']);

/** Does what was approved, once, when somebody asks for it; see `Attempts` for how once is kept. */
export class Executions {
  readonly #parts: ExecutionParts;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
  }

  /**
   * Executes, or answers what came of it when it was executed already. Called twice at once, one does it and the other
   * waits. Throws `NOT_FOUND`, and `FORBIDDEN` for who may not by then; refuses with `ILLEGAL_TRANSITION`,
   * `APPROVAL_EXPIRED`, `SUSPENDED`, `OUTSIDE_CHANGE_WINDOW`, `APPROVALS_MISSING`, `LIMIT_EXCEEDED`,
   * `PERSON_REQUIRED`, `NOT_UNATTENDED`, `OTHER_SIDE_UNAVAILABLE`. A failure on the other side is in the outcome; what would not happen as planned is STALE.
   * While its tool is left alone what is approved waits, and goes by itself when the tool is well (see `Waits`).
   * What hangs on the action is not filled in.
   */
  async execute(actionId: string, origin: EventOrigin, how: Beginning = {}): Promise<Action> {
    const { breakers, database } = this.#parts;
    const now = () => this.#executeNow(actionId, origin, how);
    if (breakers.sickOf(origin.principal.tenantId).length === 0) return now();
    const action =
      isUuid(actionId) && (await database.read(origin.principal, (em) => em.findOne(Action, { id: actionId })));
    if (!action || !reachesOut.has(action.status)) return now();
    return breakers.whenWell(action, now, (health) =>
      // A bundle waits as a whole.
      'bundleId' in how ? refuseLeftAlone(action.tool, health) : this.#hold(actionId, origin, how, health),
    );
  }

  async #executeNow(actionId: string, origin: EventOrigin, how: Beginning): Promise<Action> {
    const looked = await this.#parts.drift.look(actionId, origin, 'bundleId' in how ? how : undefined);
    if (!looked) return this.#load(actionId, origin);
    const claim = await this.#parts.database.withTenant(origin.principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      const { action } = locked;
      await publishCalls(em, origin, { actionId, tool: action.tool }, looked);
      if (done.has(action.status)) return null;
      if (inFlight.has(action.status) && this.#parts.leases.isHeld(action, this.#parts.log.now())) return 'busy';
      return this.#begin(em, locked, origin, how);
    });
    if (claim === 'busy') await this.#wait(actionId, origin);
    const recorded = claim && claim !== 'busy' ? await this.#parts.attempts.carryOut(claim, origin) : null;
    return recorded ?? this.#load(actionId, origin);
  }

  /** What is approved waits for its tool to be well, with all that it needs asked of it now, and again when it goes. */
  #hold(actionId: string, origin: EventOrigin, how: Pick<Leave, 'unattended'>, health: Health): Promise<Action> {
    return this.#parts.database.withTenant(origin.principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      const { action } = locked;
      // What was begun before, or is to be tried again, is gone on with by itself; the rest is asked for again.
      const goesOn = action.status === 'EXECUTING' || action.status === 'UNKNOWN' || action.retryAt !== null;
      if (goesOn && action.undoOfId === null) return action;
      if (action.status !== 'APPROVED' || action.undoOfId !== null) return refuseLeftAlone(action.tool, health);
      const leave = { ...leaveFor(locked), ...how };
      const principal = await this.#parts.access.checkIn(em, origin, leave.permission, refTo(leave.on));
      insistWithin(action);
      await insistNotSuspended(em, action.tool);
      const { autonomy } = await insistGates(em, action, this.#parts.log.now());
      insistClick(autonomy, principal, leave);
      await beginWait(em, this.#parts.log, action, { ...origin, principal, unattended: leave.unattended === true });
      return action;
    });
  }

  async #begin(em: EntityManager, locked: Locked, origin: EventOrigin, how: Beginning): Promise<Attempt> {
    const { action, undone } = locked;
    const step = 'bundleId' in how ? how : undefined;
    const leave = step ? undefined : { ...leaveFor(locked), ...how };
    if (leave) await this.#parts.access.checkIn(em, origin, leave.permission, refTo(leave.on));
    if (!undone) insistWithin(action, step);
    if (!undone && step) await insistRuns(em, step);
    await insistNotSuspended(em, action.tool);
    const retried = action.status === 'FAILED' && !undone;
    if (retried || action.status === 'APPROVED') {
      const { autonomy } = await insistGates(em, action, this.#parts.log.now());
      if (leave && !undone) insistClick(autonomy, origin.principal, leave);
    }
    // Whether it was this plan that was approved, and whether a window is open, was asked of the gates.
    const { planHash, expiresAt: approvalExpiresAt } = action;
    const plans = { approvedPlanHash: planHash, currentPlanHash: planHash };
    const isBegun = action.status === 'EXECUTING' || action.status === 'UNKNOWN';
    if (!isBegun) insist(mayExecute({ now: this.#parts.log.now(), ...plans, approvalExpiresAt, changeWindow: null }));
    if (retried || isBegun) {
      return this.#parts.attempts.take(em, locked, { intended: false, again: true, ...(leave && { leave }) });
    }
    move(action, { type: 'START' });
    action.begunUnattended = leave?.unattended === true;
    action.begunAt ??= this.#parts.log.now();
    // An undo that has begun does not end by itself.
    if (undone) action.expiresAt = null;
    const attempt = await this.#parts.attempts.take(em, locked, { intended: true, again: true });
    this.#parts.settlement.intend(em, origin, action);
    this.#parts.crash('beginning');
    return attempt;
  }

  async #wait(actionId: string, origin: EventOrigin): Promise<void> {
    const { database, leases, log, patienceMs } = this.#parts;
    const isBusy = () =>
      database.read(origin.principal, async (em) => {
        const action = await em.findOne(Action, { id: actionId });
        return action !== null && inFlight.has(action.status) && leases.isHeld(action, log.now());
      });
    await waitWhile(isBusy, patienceMs);
  }

  #load(actionId: string, { principal }: EventOrigin): Promise<Action> {
    return this.#parts.database.read(principal, (em) => findAction(em, actionId));
  }
}
