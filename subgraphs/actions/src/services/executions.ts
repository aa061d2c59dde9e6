import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Access,
  AccessDenied,
  type Database,
  type EntityManager,
  type EventOrigin,
  isUuid,
  UserProblem,
} from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { refTo } from '../proposed-action.ts';
import { type AsStep, type Attempt, type Leave, leaveFor, undoOf } from './attempt.ts';
import { beginWait } from './begin-wait.ts';
import type { Breakers } from './calls/breakers.ts';
import { refuseLeftAlone } from './calls/held-back.ts';
import { insistClick } from './click.ts';
import type { Crash } from './crash-points.ts';
import type { Drift } from './drift.ts';
import { type Effects, type Finding, type Findings, firstOf } from './effects.ts';
import { type Asked, askedOf, insistApproved, insistOpen, insistRoom } from './gate-keeper.ts';
import type { Leases } from './leases.ts';
import { mayExecute } from './lifecycle/index.ts';
import { findAction, type Locked, lockWithUndone } from './load-actions.ts';
import { type LogWriter, publishCalls } from './log-writer.ts';
import { insist, move } from './move.ts';
import { insistRuns, insistWithin } from './part-of-bundle.ts';
import { configOf } from './previews.ts';
import type { Settlement } from './settlement.ts';
import { insistNotSuspended, suspensionOf } from './suspensions.ts';
import type { ToolCatalogue } from './tool-catalogue.ts';

export interface ExecutionParts {
  readonly database: Database;
  readonly access: Access;
  readonly catalogue: ToolCatalogue;
  readonly log: LogWriter;
  readonly leases: Leases;
  readonly effects: Effects;
  readonly settlement: Settlement;
  readonly drift: Drift;
  readonly breakers: Breakers;
  readonly crash: Crash;
  /** How long a second caller waits for the first one's outcome, in milliseconds. */
  readonly patienceMs: number;
}

/** Somebody clicked, or nobody, or a bundle goes on. */
type Beginning = Pick<Leave, 'unattended'> | AsStep;

/** How often a process picks up by itself what ended with another process in mid-call. */
const mostPickups = 5;
const done = new Set<Action['status']>(['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'SUBMITTED']);
/** What the other side still has to be asked about. */
const leftOpen = new Set<Action['status']>(['EXECUTING', 'UNKNOWN', 'SUBMITTED']);
/** What is executed, again or for the first time, when its execution is asked for. */
const reachesOut = new Set<Action['status']>(['APPROVED', 'EXECUTING', 'UNKNOWN', 'FAILED']);
const inFlight = new Set<Action['status']>(['EXECUTING', 'UNKNOWN', 'FAILED']);

/**
 * Does what was approved, once: the intent is committed before the call, `verify` decides between "done" and "again"
 * whenever that is open, and an outcome is recorded only under the lease that the attempt was begun with.
 */
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
      'bundleId' in how ? refuseLeftAlone(action.tool, health) : this.#hold(actionId, origin, how),
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
    else if (claim) await this.carryOut(claim, origin);
    return this.#load(actionId, origin);
  }

  /** What is approved waits for its tool to be well, with all that it needs asked of it now, and again when it goes. */
  #hold(actionId: string, origin: EventOrigin, how: Pick<Leave, 'unattended'>): Promise<Action> {
    return this.#parts.database.withTenant(origin.principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      const { action } = locked;
      // What was begun before is gone on with by itself; an undo is asked for again.
      if (action.status !== 'APPROVED' || action.undoOfId !== null) return action;
      const leave = { ...leaveFor(locked), ...how };
      const principal = await this.#parts.access.checkIn(em, origin, leave.permission, refTo(leave.on));
      insistWithin(action);
      await insistNotSuspended(em, action.tool);
      const { autonomy } = await this.insistGates(em, action);
      insistClick(autonomy, principal, leave);
      await beginWait(em, this.#parts.log, action, { ...origin, principal });
      return action;
    });
  }

  /** Settles what nobody works on any more. Does nothing when somebody does after all. */
  async pickUp(actionId: string, origin: EventOrigin): Promise<void> {
    const { breakers, database } = this.#parts;
    const action = await database.read(origin.principal, (em) => findAction(em, actionId));
    const now = (mayDo: boolean) => this.#pickUpNow(actionId, origin, mayDo);
    // Whether it was done can be asked of what does not write just now.
    await breakers.whenWell(
      action,
      () => now(true),
      async (health) => {
        if (!health.readsFail) await now(false);
      },
    );
  }

  /** `mayDo`: that what turns out not to be done may be done now. */
  async #pickUpNow(actionId: string, origin: EventOrigin, mayDo: boolean): Promise<void> {
    const attempt = await this.#parts.database.withTenant(origin.principal, async (em) => {
      const { action, undone } = await lockWithUndone(em, actionId);
      const { leases, log } = this.#parts;
      const now = log.now();
      if (!leftOpen.has(action.status)) return null;
      if (leases.isHeld(action, now) || (action.leaseOwner === null && action.leaseUntil && action.leaseUntil > now))
        return null;
      // What its caller was told is not known is made known; what was cut off is done, if it was not.
      const isStopped = !mayDo || (await suspensionOf(em, action.tool)) !== null;
      // An undo that has begun is not given up over it: it waits.
      if (isStopped && undone) {
        leases.putOff(action, now);
        return null;
      }
      const again = undone !== null || (action.status === 'EXECUTING' && action.attempts < mostPickups && !isStopped);
      return this.attempt(em, { action, undone }, { intended: false, again });
    });
    if (!attempt) return;
    this.#parts.crash('pickedUp');
    await this.carryOut(attempt, origin);
  }

  /**
   * Tries again what failed for a reason that passes. Where gates or a suspension forbid it just now, or its tool is left
   * alone, it waits.
   */
  async retry(actionId: string, origin: EventOrigin): Promise<void> {
    const action = await this.#parts.database.read(origin.principal, (em) => findAction(em, actionId));
    await this.#parts.breakers.whenWell(
      action,
      () => this.#retryNow(actionId, origin),
      async () => {},
    );
  }

  async #retryNow(actionId: string, origin: EventOrigin): Promise<void> {
    const { database, leases, log } = this.#parts;
    const attempt = await database.withTenant(origin.principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      const { action, undone } = locked;
      const now = log.now();
      const isDue = action.status === 'FAILED' && action.retryAt !== null && action.retryAt <= now;
      if (!isDue || undone || leases.isHeld(action, now)) return null;
      if (action.expiresAt !== null && action.expiresAt <= now) return null;
      // While it was due and its tool was left alone its own time stood still.
      const heldUpMs = now.getTime() - (action.retryAt ?? now).getTime();
      action.begunAt = new Date((action.begunAt ?? now).getTime() + heldUpMs);
      const forbidden = await this.insistGates(em, action)
        .then(() => insistNotSuspended(em, action.tool))
        .then(() => null, onlyRefusals);
      if (!forbidden) return this.attempt(em, locked, { intended: false, again: true });
      action.retryAt = new Date(now.getTime() + forbiddenPauseMs);
      return null;
    });
    if (!attempt) return;
    this.#parts.crash('retrying');
    await this.carryOut(attempt, origin);
  }

  /** Takes the lease on a locked action, and reads what has to be done for it. */
  async attempt(
    em: EntityManager,
    { action, undone }: Locked,
    how: Pick<Attempt, 'intended' | 'again' | 'leave'>,
  ): Promise<Attempt> {
    const tool = this.#parts.catalogue.insistTool(action.tool);
    const config = await configOf(em, tool.connector.manifest.name);
    const { tenantId } = action;
    const of = undone ?? action;
    const about = { idempotencyKey: of.id, input: of.input, planned: of.preview, lane: action.lane };
    const effect = { tool, tenantId, config, ...about };
    const fence = this.#parts.leases.take(action, this.#parts.log.now());
    return {
      actionId: action.id,
      fence,
      planned: undone ? null : action.preview,
      effect: undone ? { ...effect, undo: undoOf(undone, String(action.input.reason)) } : effect,
      ...how,
    };
  }

  /** Reaches out to the other side and records what came of it. */
  async carryOut(attempt: Attempt, origin: EventOrigin): Promise<void> {
    const { effects, crash } = this.#parts;
    if (!attempt.intended && !(await this.#check(attempt, origin))) return;
    const takesBack = attempt.effect.undo !== undefined;
    crash(takesBack ? 'undoing' : 'intent');
    const findings = await effects.perform(attempt.effect, !attempt.intended);
    crash(takesBack ? 'undone' : 'effect');
    await this.#underLease(attempt, origin, (em, locked) => {
      // The other side was not even asked.
      if (isHeldBack(findings.finding)) locked.action.attempts -= 1;
      return this.#record(em, locked, findings, origin);
    });
    crash('recorded');
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
      const { autonomy } = await this.insistGates(em, action);
      if (leave && !retried && !undone) insistClick(autonomy, origin.principal, leave);
    }
    if (retried || action.status === 'EXECUTING' || action.status === 'UNKNOWN') {
      return this.attempt(em, locked, { intended: false, again: true, ...(leave && { leave }) });
    }
    move(action, { type: 'START' });
    action.begunAt ??= this.#parts.log.now();
    // Whether it was this plan that was approved, and whether a window is open, was asked of the gates.
    const { planHash, expiresAt: approvalExpiresAt } = action;
    const plans = { approvedPlanHash: planHash, currentPlanHash: planHash };
    insist(mayExecute({ now: this.#parts.log.now(), ...plans, approvalExpiresAt, changeWindow: null }));
    const attempt = await this.attempt(em, locked, { intended: true, again: true });
    this.#parts.settlement.intend(em, origin, action);
    this.#parts.crash('beginning');
    return attempt;
  }

  /** What gates ask for is asked again when it is begun: people leave, windows close, limits are used up by others. */
  async insistGates(em: EntityManager, action: Action): Promise<Asked> {
    const now = this.#parts.log.now();
    const asked = await askedOf(em, action);
    insistOpen(asked, now);
    await insistApproved(em, asked, action, now);
    await insistRoom(em, asked, action, { now, path: ['input', 'actionId'] });
    return asked;
  }

  /**
   * Asks whether it was done. Answers whether it is now to be done, with the intent recorded. Throws `FORBIDDEN` once what
   * was found is recorded, for a caller who lost leave to do it in the meantime.
   */
  async #check(attempt: Attempt, origin: EventOrigin): Promise<boolean> {
    const { settlement, effects, drift, crash } = this.#parts;
    const found = await effects.check(attempt.effect);
    const notDone = found.finding.kind === 'nothing' && attempt.again;
    const now = notDone && attempt.planned ? await drift.compare(attempt.effect, attempt.planned) : null;
    const goOn = notDone && (now === null || now.kind === 'same');
    const findings = now?.kind === 'unknown' ? { ...found, finding: unavailable(now) } : found;
    crash('verified');
    let refusal: AccessDenied | null = null;
    const recorded = await this.#underLease(attempt, origin, async (em, locked) => {
      if (goOn) refusal = await this.#refusal(em, attempt, origin);
      const { id, tool } = locked.action;
      if (now) await publishCalls(em, origin, { actionId: id, tool }, now.calls);
      if (!goOn || refusal) {
        await this.#record(em, locked, findings, origin);
        // It did not take effect, and doing it now would be something else.
        if (now?.kind === 'changed') await drift.markStale(em, locked.action, now, origin);
        return;
      }
      await settlement.recordCalls(em, origin, locked.action, findings.calls);
      if (locked.action.status !== 'EXECUTING') move(locked.action, { type: 'RETRY' });
      settlement.intend(em, origin, locked.action);
    });
    if (refusal) throw refusal;
    return goOn && recorded;
  }

  async #refusal(em: EntityManager, { leave }: Attempt, origin: EventOrigin): Promise<AccessDenied | null> {
    if (!leave) return null;
    try {
      await this.#parts.access.checkIn(em, origin, leave.permission, refTo(leave.on));
      return null;
    } catch (error) {
      if (error instanceof AccessDenied) return error;
      throw error;
    }
  }

  async #record(em: EntityManager, locked: Locked, { finding, calls }: Findings, origin: EventOrigin): Promise<void> {
    await this.#parts.settlement.recordCalls(em, origin, locked.action, calls);
    await this.#parts.settlement.conclude(em, origin, locked, finding);
    this.#parts.crash('recording');
  }

  /** Runs `work` on the locked action unless its lease has passed to another. Answers whether it ran. */
  #underLease(
    { actionId, fence }: Attempt,
    { principal }: EventOrigin,
    work: (em: EntityManager, locked: Locked) => Promise<void>,
  ): Promise<boolean> {
    return this.#parts.database.withTenant(principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      if (!this.#parts.leases.holds(locked.action, fence)) return false;
      await work(em, locked);
      return true;
    });
  }

  async #wait(actionId: string, origin: EventOrigin): Promise<void> {
    const { database, leases, log, patienceMs } = this.#parts;
    const until = performance.now() + patienceMs;
    while (performance.now() < until) {
      await sleep(50);
      const busy = await database.read(origin.principal, async (em) => {
        const action = await em.findOne(Action, { id: actionId });
        return action !== null && inFlight.has(action.status) && leases.isHeld(action, log.now());
      });
      if (!busy) return;
    }
  }

  #load(actionId: string, { principal }: EventOrigin): Promise<Action> {
    return this.#parts.database.read(principal, (em) => findAction(em, actionId));
  }
}

/** How long what may not be tried again just now waits, in milliseconds. */
const forbiddenPauseMs = 60_000;

function onlyRefusals(error: unknown): UserProblem {
  if (error instanceof UserProblem) return error;
  throw error;
}

const unavailable = ({ refusal, heldBack }: { refusal: UserProblem; heldBack: boolean }): Finding => ({
  kind: 'nothing',
  error: { ...firstOf(refusal), retryable: true, heldBack },
});

const isHeldBack = (finding: Finding): boolean => finding.kind === 'nothing' && finding.error?.heldBack === true;
