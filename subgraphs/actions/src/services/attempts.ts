import {
  type Access,
  AccessDenied,
  type Database,
  type EntityManager,
  type EventOrigin,
  UserProblem,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { refTo } from '../proposed-action.ts';
import { type Attempt, undoOf } from './attempt.ts';
import type { Crash } from './crash-points.ts';
import type { Drift } from './drift.ts';
import { type Effects, type Finding, type Findings, firstOf } from './effects.ts';
import type { Leases } from './leases.ts';
import { type Locked, lockWithUndone } from './load-actions.ts';
import { type LogWriter, publishCalls } from './log-writer.ts';
import { move } from './move.ts';
import { insistNextTry } from './next-try.ts';
import { configOf } from './previews.ts';
import type { Settlement } from './settlement.ts';
import type { ToolCatalogue } from './tool-catalogue.ts';

export interface AttemptParts {
  readonly database: Database;
  readonly access: Access;
  readonly catalogue: ToolCatalogue;
  readonly log: LogWriter;
  readonly leases: Leases;
  readonly effects: Effects;
  readonly settlement: Settlement;
  readonly drift: Drift;
  readonly crash: Crash;
}

/**
 * Reaches out to the other side once: the intent is committed before the call, `verify` decides between "done" and "again"
 * whenever that is open, and an outcome is recorded only under the lease that the attempt was begun with.
 */
export class Attempts {
  readonly #parts: AttemptParts;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  /** Takes the lease on a locked action, and reads what has to be done for it. */
  async take(
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

  /**
   * Reaches out to the other side and records what came of it. Answers the action as it stands then; null where it is not
   * known here.
   */
  async carryOut(attempt: Attempt, origin: EventOrigin): Promise<Action | null> {
    const { effects, crash } = this.#parts;
    if (!attempt.intended && !(await this.#check(attempt, origin))) return null;
    const takesBack = attempt.effect.undo !== undefined;
    crash(takesBack ? 'undoing' : 'intent');
    const findings = await effects.perform(attempt.effect, !attempt.intended);
    crash(takesBack ? 'undone' : 'effect');
    const recorded = await this.#underLease(attempt, origin, (em, locked) => {
      // The other side was not even asked.
      if (isHeldBack(findings.finding)) locked.action.attempts -= 1;
      return this.#record(em, locked, findings, origin);
    });
    if (!recorded) await this.#recordLate(attempt, findings, origin);
    crash('recorded');
    return recorded?.action ?? null;
  }

  /**
   * Asks whether it was done. Answers whether it is now to be done, with the intent recorded. Once what was found is
   * recorded, throws `FORBIDDEN` for a caller who lost leave to do it in the meantime, and refuses like `insistNextTry`.
   */
  async #check(attempt: Attempt, origin: EventOrigin): Promise<boolean> {
    const { settlement, effects, drift, crash } = this.#parts;
    const found = await effects.check(attempt.effect);
    const notDone = found.finding.kind === 'nothing' && attempt.again;
    const now = notDone && attempt.planned ? await drift.compare(attempt.effect, attempt.planned) : null;
    const goOn = notDone && (now === null || now.kind === 'same');
    const findings = now?.kind === 'unknown' ? { ...found, finding: unavailable(now) } : found;
    crash('verified');
    let refusal: AccessDenied | UserProblem | null = null;
    const recorded = await this.#underLease(attempt, origin, async (em, locked) => {
      if (goOn) refusal = await this.#refusal(em, locked, attempt, origin);
      const { id, tool } = locked.action;
      if (now) await publishCalls(em, origin, { actionId: id, tool }, now.calls);
      if (refusal) return this.#letGo(em, locked, { findings, refusal }, origin);
      if (!goOn) {
        await this.#record(em, locked, findings, origin);
        // It did not take effect, and doing it now would be something else.
        if (now?.kind === 'changed') await drift.markStale(em, locked.action, now, origin);
        return;
      }
      await settlement.recordCalls(em, origin, locked.action, findings.calls);
      // Whoever clicked it on has it tried again for as long as it takes.
      if (attempt.leave) locked.action.begunUnattended = attempt.leave.unattended === true;
      if (locked.action.status !== 'EXECUTING') move(locked.action, { type: 'RETRY' });
      settlement.intend(em, origin, locked.action);
    });
    // Where the product goes on by itself there is nobody to be told: it is tried again when that may be.
    if (refusal && attempt.leave) throw refusal;
    return goOn && recorded !== null && !refusal;
  }

  /**
   * It was not done, and may not be done now. Where whoever wanted it done may not have that, nothing goes on by itself
   * that did not before.
   */
  async #letGo(
    em: EntityManager,
    locked: Locked,
    { findings, refusal }: { findings: Findings; refusal: AccessDenied | UserProblem },
    origin: EventOrigin,
  ): Promise<void> {
    const { action } = locked;
    if (action.status !== 'FAILED') {
      if (refusal instanceof UserProblem) return this.#record(em, locked, findings, origin);
      const error = { code: 'NOT_DONE', message: 'It was not done, and is not tried again.', retryable: false };
      return this.#record(em, locked, { ...findings, finding: { kind: 'nothing', error } }, origin);
    }
    await this.#parts.settlement.recordCalls(em, origin, action, findings.calls);
    this.#parts.leases.end(action);
  }

  /** Its lease has passed to another, who says what came of it; that the other side was asked is kept and metered all the same. */
  #recordLate({ actionId }: Attempt, { calls }: Findings, origin: EventOrigin): Promise<void> {
    return this.#parts.database.withTenant(origin.principal, async (em) => {
      const { action } = await lockWithUndone(em, actionId);
      await this.#parts.settlement.recordCalls(em, origin, action, calls);
    });
  }

  /** What is against doing it now: it has not been done, so that all that is asked of a first try is asked again. */
  async #refusal(
    em: EntityManager,
    { action, undone }: Locked,
    { leave }: Attempt,
    origin: EventOrigin,
  ): Promise<AccessDenied | UserProblem | null> {
    const { access, log } = this.#parts;
    try {
      const principal = leave && (await access.checkIn(em, origin, leave.permission, refTo(leave.on)));
      // What takes back was let through when it began, and is brought to its end.
      if (!undone) await insistNextTry(em, action, log.now(), leave && principal && { principal, leave });
      return null;
    } catch (error) {
      if (error instanceof AccessDenied || error instanceof UserProblem) return error;
      throw error;
    }
  }

  async #record(em: EntityManager, locked: Locked, { finding, calls }: Findings, origin: EventOrigin): Promise<void> {
    await this.#parts.settlement.recordCalls(em, origin, locked.action, calls);
    await this.#parts.settlement.conclude(em, origin, locked, finding);
    this.#parts.crash('recording');
  }

  /** Runs `work` on the locked action unless its lease has passed to another. Answers what it ran on. */
  #underLease(
    { actionId, fence }: Attempt,
    { principal }: EventOrigin,
    work: (em: EntityManager, locked: Locked) => Promise<void>,
  ): Promise<Locked | null> {
    return this.#parts.database.withTenant(principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      if (!this.#parts.leases.holds(locked.action, fence)) return null;
      await work(em, locked);
      return locked;
    });
  }
}

const unavailable = ({ refusal, heldBack }: { refusal: UserProblem; heldBack: boolean }): Finding => ({
  kind: 'nothing',
  error: { ...firstOf(refusal), retryable: true, heldBack },
});

const isHeldBack = (finding: Finding): boolean => finding.kind === 'nothing' && finding.error?.heldBack === true;
