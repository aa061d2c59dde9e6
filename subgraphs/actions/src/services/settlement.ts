import { type EntityManager, type EventOrigin, publish } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Outcome } from '../entities/plan.ts';
import { type Fault, type Finding, type Findings, outcomeOfFault } from './effects.ts';
import type { Leases } from './leases.ts';
import { eventForUndone } from './lifecycle/index.ts';
import { type LogWriter, publishCalls } from './log-writer.ts';
import { move } from './move.ts';
import { nextTry, notTriedAgain, type RetryBudget, usualBudget } from './retries.ts';

/** An action at work, its row locked, and the action that it undoes, locked too. */
export interface Locked {
  readonly action: Action;
  readonly undone: Action | null;
}

/** Records what came of reaching out: state, outcome, log and events, in one transaction. */
export class Settlement {
  readonly #log: LogWriter;
  readonly #leases: Leases;
  readonly #budget: RetryBudget;

  constructor(log: LogWriter, leases: Leases, budget: RetryBudget = usualBudget) {
    this.#log = log;
    this.#leases = leases;
    this.#budget = budget;
  }

  /** The intent to reach out, committed before it is done. */
  intend(em: EntityManager, origin: EventOrigin, action: Action): void {
    action.attempts += 1;
    this.#leases.renew(action, this.#log.now());
    const { attempts: attempt, fence, planHash, undoOfId } = action;
    const operation = undoOfId === null ? 'execute' : 'compensate';
    this.#log.append(em, origin, action, 'INTENT', { facts: { operation, attempt, fence, planHash } });
  }

  /** What was asked of the other side, and how each call ended. */
  async recordCalls(em: EntityManager, origin: EventOrigin, action: Action, calls: Findings['calls']): Promise<void> {
    for (const call of calls) {
      const kind = call.kind === 'verify' ? 'VERIFICATION' : 'EXECUTION';
      this.#log.append(em, origin, action, kind, { facts: { ...call } });
    }
    await publishCalls(em, origin, { actionId: action.id, tool: action.tool }, calls);
  }

  /** Takes the action, and with it the one that it undoes, to where the finding leads. */
  async conclude(em: EntityManager, origin: EventOrigin, { action, undone }: Locked, finding: Finding): Promise<void> {
    // What failed before and turns out to be done, or undone, was on its way all the time.
    if (action.status === 'FAILED') move(action, { type: 'RETRY' });
    const still = action.status === 'UNKNOWN' && finding.kind === 'unknown';
    if (!still) move(action, { type: eventOf[finding.kind] });
    const outcome = outcomeAfter(finding);
    action.outcome = outcome;
    if (finding.kind === 'nothing' && action.undoOfId === null) this.#failed(action, finding.error ?? notDone);
    else Object.assign(action, notTriedAgain);
    if (finding.kind === 'done' || finding.kind === 'pending') action.doneAt ??= this.#log.now();
    if (finding.kind === 'unknown') this.#leases.putOff(action, this.#log.now());
    else this.#leases.end(action);
    // Asked again, and still not known: the verification says it.
    if (still) return;
    const { externalId, output, errorCode, ...texts } = outcome;
    const facts = { status: action.status, externalId, errorCode };
    this.#log.append(em, origin, action, 'OUTCOME', { facts, values: { output, ...texts } });
    await this.#announce(em, origin, action, finding.kind);
    if (action.deadAt !== null) await this.#giveToPeople(em, origin, action);
    if (undone) await this.#follow(em, origin, { action, undone });
  }

  /** It is tried again by itself, if its reason may pass and its budget is not used up. */
  #failed(action: Action, { retryable }: Fault): void {
    const now = this.#log.now();
    action.failures += 1;
    action.retryAt = retryable ? nextTry(action, now, this.#budget) : null;
    action.deadAt = retryable && action.retryAt === null ? now : null;
  }

  async #giveToPeople(em: EntityManager, origin: EventOrigin, action: Action): Promise<void> {
    const { id: actionId, tool, failures, attempts, planHash, outcome } = action;
    const facts = { state: 'GIVEN_UP', failures, attempts, planHash, errorCode: outcome?.errorCode ?? null };
    this.#log.append(em, origin, action, 'DEAD_LETTER', { facts });
    await publish(em, origin, 'ActionDeadLettered', { actionId, tool });
  }

  /** The first action's state follows that of its undo. */
  async #follow(
    em: EntityManager,
    origin: EventOrigin,
    { action, undone }: { action: Action; undone: Action },
  ): Promise<void> {
    const event = eventForUndone(action.status, undone.stoodAt ?? 'SUCCEEDED');
    if (event === null) return;
    move(undone, event);
    const facts = { undoId: action.id, undo: action.status, status: undone.status };
    this.#log.append(em, origin, undone, 'UNDO', { facts });
    if (undone.status === 'UNDONE') {
      await publish(em, origin, 'ActionUndone', { actionId: undone.id, tool: undone.tool });
    }
  }

  async #announce(em: EntityManager, origin: EventOrigin, action: Action, kind: Finding['kind']): Promise<void> {
    const { id: actionId, tool, undoOfId: undoOf } = action;
    if (kind === 'done') await publish(em, origin, 'ActionSucceeded', { actionId, tool, undoOf });
    if (kind === 'nothing') {
      await publish(em, origin, 'ActionFailed', { actionId, tool, undoOf, code: action.outcome?.errorCode ?? null });
    }
  }
}

const eventOf = { done: 'SUCCEED', pending: 'SUBMIT', nothing: 'FAIL', unknown: 'LOSE_TRACK' } as const;

const notDone: Fault = {
  code: 'NOT_DONE',
  message: 'It did not take effect on the other side; it may be executed again.',
  retryable: true,
};

function outcomeAfter(finding: Finding): Outcome {
  if ('outcome' in finding) return finding.outcome;
  return outcomeOfFault(finding.error ?? notDone);
}
