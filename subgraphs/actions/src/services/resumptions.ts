import { type Database, type EventOrigin, UserProblem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Attempts } from './attempts.ts';
import type { Breakers } from './calls/breakers.ts';
import { takesClickByNow } from './click.ts';
import type { Crash } from './crash-points.ts';
import type { Leases } from './leases.ts';
import { findAction, lockWithUndone } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { insistNextTry } from './next-try.ts';
import type { Settlement } from './settlement.ts';
import { suspensionOf } from './suspensions.ts';

export interface ResumptionParts {
  readonly database: Database;
  readonly log: LogWriter;
  readonly leases: Leases;
  readonly attempts: Attempts;
  readonly settlement: Settlement;
  readonly breakers: Breakers;
  readonly crash: Crash;
}

/** How often a process picks up by itself what ended with another process in mid-call. */
const mostPickups = 5;
/** What the other side still has to be asked about. */
const leftOpen = new Set<Action['status']>(['EXECUTING', 'UNKNOWN', 'SUBMITTED']);
/** How long what may not be tried again just now waits, in milliseconds. */
const forbiddenPauseMs = 60_000;

/** Goes on by itself with what was set off before: what was cut off, what is not known, and what failed for a reason that passes. */
export class Resumptions {
  readonly #parts: ResumptionParts;

  constructor(parts: ResumptionParts) {
    this.#parts = parts;
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
      const { leases, log, attempts } = this.#parts;
      const now = log.now();
      if (!leftOpen.has(action.status)) return null;
      if (leases.isHeld(action, now) || (action.leaseOwner === null && action.leaseUntil && action.leaseUntil > now))
        return null;
      // What its caller was told is not known is made known; what was cut off is done, if it was not.
      const isStopped = !mayDo || (await suspensionOf(em, action.tool)) !== null || (await takesClickByNow(em, action));
      // An undo that has begun is not given up over it: it waits.
      if (isStopped && undone) {
        leases.putOff(action, now);
        return null;
      }
      const again = undone !== null || (action.status === 'EXECUTING' && action.attempts < mostPickups && !isStopped);
      try {
        return await attempts.take(em, { action, undone }, { intended: false, again });
      } catch (error) {
        if (!(error instanceof UserProblem)) throw error;
        // Its tool is gone, or not configured: it is looked at again later, and others are not kept waiting by it.
        leases.putOff(action, now);
        return null;
      }
    });
    if (!attempt) return;
    this.#parts.crash('pickedUp');
    await this.#parts.attempts.carryOut(attempt, origin);
  }

  /**
   * Tries again what failed for a reason that passes. Where gates or a suspension forbid it just now, or its tool is left
   * alone, it waits; what nobody clicked is given to people once its tool goes unattended no more.
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
    const { database, leases, log, attempts, settlement } = this.#parts;
    const attempt = await database.withTenant(origin.principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      const { action, undone } = locked;
      const now = log.now();
      const isDue = action.status === 'FAILED' && action.retryAt !== null && action.retryAt <= now;
      if (!isDue || undone || leases.isHeld(action, now)) return null;
      if (action.expiresAt !== null && action.expiresAt <= now) return null;
      if (await takesClickByNow(em, action)) {
        await settlement.giveToPeople(em, origin, action, 'NOT_UNATTENDED');
        return null;
      }
      // While it was due and its tool was left alone its own time stood still.
      const heldUpMs = now.getTime() - (action.retryAt ?? now).getTime();
      action.begunAt = new Date((action.begunAt ?? now).getTime() + heldUpMs);
      try {
        await insistNextTry(em, action, now);
        return await attempts.take(em, locked, { intended: false, again: true });
      } catch (error) {
        if (!(error instanceof UserProblem)) throw error;
        // So does it while something forbids it, or there is nothing to do it with.
        action.begunAt = new Date(action.begunAt.getTime() + forbiddenPauseMs);
        action.retryAt = new Date(now.getTime() + forbiddenPauseMs);
        return null;
      }
    });
    if (!attempt) return;
    this.#parts.crash('retrying');
    await this.#parts.attempts.carryOut(attempt, origin);
  }
}
