import { type EntityManager, type EventOrigin, publish } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Outcome, OutcomeItem } from '../entities/plan.ts';
import { heedSuccess } from './autonomy-watch.ts';
import { type Fault, type Finding, type Findings, findingIn, outcomeOfFault } from './effects.ts';
import { allOpen, settleItems } from './judged.ts';
import type { Leases } from './leases.ts';
import { eventForUndone } from './lifecycle/index.ts';
import type { Locked } from './load-actions.ts';
import { type LogWriter, publishCalls } from './log-writer.ts';
import { move } from './move.ts';
import { nextTry, pauseAfter, type RetryBudget, usualBudget } from './retries.ts';

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

  /**
   * Takes the action, and with it the one that it undoes, to where leads what was found out of it; where it was submitted
   * that is laid over what its items are known to be.
   */
  conclude(em: EntityManager, origin: EventOrigin, locked: Locked, found: Finding): Promise<void> {
    const { action } = locked;
    if (action.status !== 'SUBMITTED') return this.concludeKnown(em, origin, locked, found);
    const finding = sinceSubmitted(action.outcome, found);
    if (finding.kind !== 'pending' && finding.kind !== 'unknown') {
      return this.concludeKnown(em, origin, locked, finding);
    }
    this.#stillSubmitted(em, origin, action, finding);
    return Promise.resolve();
  }

  /** The same for a finding that says all that is known of the items. */
  async concludeKnown(em: EntityManager, origin: EventOrigin, { action, undone }: Locked, finding: Finding) {
    // What failed before and turns out to be done, or undone, was on its way all the time.
    if (action.status === 'FAILED') move(action, { type: 'RETRY' });
    const still = action.status === 'UNKNOWN' && finding.kind === 'unknown';
    const otherwise = action.status === 'SUBMITTED' ? notDoneAfterAll : notDone;
    const outcome = outcomeAfter(finding, otherwise, action);
    if (!still) move(action, { type: eventOf[finding.kind] });
    action.outcome = outcome;
    if (finding.kind === 'nothing' && action.undoOfId === null) this.#failed(action, finding.error ?? otherwise);
    if (finding.kind === 'nothing') action.doneAt = null;
    else if (finding.kind !== 'unknown') action.doneAt ??= this.#log.now();
    if (finding.kind === 'unknown') this.#leases.putOff(action, this.#log.now());
    else if (finding.kind === 'pending') this.#leases.putOff(action, this.#log.now(), longestWaitMs);
    else this.#leases.end(action);
    // Asked again, and still not known: the verification says it.
    if (still) return;
    const { externalId, errorCode, ...values } = outcome;
    const facts = { status: action.status, externalId, errorCode, ...countsOf(outcome) };
    this.#log.append(em, origin, action, 'OUTCOME', { facts, values });
    await this.#announce(em, origin, action, finding.kind);
    if (action.deadAt !== null) await this.#tellPeople(em, origin, action);
    await this.follow(em, origin, { action, undone });
    if (finding.kind === 'done' && action.undoOfId === null) await heedSuccess(em, origin, this.#log, action);
  }

  /** Some of the items that the other side has are judged: what the others come to is waited for. */
  answerInPart(em: EntityManager, origin: EventOrigin, action: Action, items: OutcomeItem[], facts: object = {}): void {
    move(action, { type: 'ANSWER_IN_PART' });
    action.outcome = { ...(action.outcome ?? nothingYet), items };
    this.#log.append(em, origin, action, 'SETTLEMENT', {
      facts: { ...facts, status: action.status, ...countsOf(action.outcome) },
      values: { items },
    });
  }

  /** The other side has it: that it does not answer today does not change that. */
  #stillSubmitted(em: EntityManager, origin: EventOrigin, action: Action, finding: Finding): void {
    const { items } = 'outcome' in finding && finding.outcome ? finding.outcome : nothingYet;
    const merged = settleItems(action.outcome?.items ?? [], items ?? []);
    if (merged.ok && merged.changed) this.answerInPart(em, origin, action, merged.items);
    this.#leases.putOff(action, this.#log.now(), longestWaitMs);
  }

  /** It is tried again by itself, if its reason may pass and its budget is not used up. */
  #failed(action: Action, { retryable, heldBack }: Fault): void {
    const now = this.#log.now();
    if (heldBack) {
      action.retryAt = new Date(now.getTime() + pauseAfter(1, this.#budget));
      return;
    }
    action.failures += 1;
    action.retryAt = retryable ? nextTry(action, now, this.#budget) : null;
    action.deadAt = retryable && action.retryAt === null ? now : null;
  }

  /** It is not tried again by itself, whatever tries it has left: somebody has to look. `because`: the code of what is against it. */
  async giveToPeople(em: EntityManager, origin: EventOrigin, action: Action, because: string): Promise<void> {
    action.retryAt = null;
    action.deadAt = this.#log.now();
    await this.#tellPeople(em, origin, action, { because });
  }

  async #tellPeople(em: EntityManager, origin: EventOrigin, action: Action, why: object = {}): Promise<void> {
    const { id: actionId, tool, failures, attempts, planHash, outcome } = action;
    const errorCode = outcome?.errorCode ?? null;
    const facts = { state: 'GIVEN_UP', failures, attempts, planHash, errorCode, ...why };
    this.#log.append(em, origin, action, 'DEAD_LETTER', { facts });
    await publish(em, origin, 'ActionDeadLettered', { actionId, tool });
  }

  /**
   * The first action's state follows that of the undo that is under way; of an action that undoes nothing, and of an undo
   * that was over before, nothing follows.
   */
  async follow(em: EntityManager, origin: EventOrigin, { action, undone }: Locked): Promise<void> {
    if (!undone || !isUnderWay(undone, action)) return;
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
    if (kind === 'partial') await publish(em, origin, 'ActionPartlySucceeded', { actionId, tool, undoOf });
    if (kind === 'pending') await publish(em, origin, 'ActionSubmitted', { actionId, tool, undoOf });
    if (kind === 'nothing') {
      await publish(em, origin, 'ActionFailed', { actionId, tool, undoOf, code: action.outcome?.errorCode ?? null });
    }
  }
}

const eventOf = {
  done: 'SUCCEED',
  partial: 'SUCCEED_IN_PART',
  pending: 'SUBMIT',
  nothing: 'FAIL',
  unknown: 'LOSE_TRACK',
} as const;

const notDone: Fault = {
  code: 'NOT_DONE',
  message: 'It did not take effect on the other side; it may be executed again.',
  retryable: true,
};

/** What it had taken it did not do: trying again by itself would be for nothing. */
const notDoneAfterAll: Fault = {
  code: 'NOT_DONE',
  message: 'The other side had taken it, and says by now that it was not done.',
  retryable: false,
};

const nothingYet: Outcome = { externalId: null, output: null, summary: null, errorCode: null, errorMessage: null };

/** The longest pause between two questions to a side that answers later, in milliseconds. */
const longestWaitMs = 3_600_000;

/**
 * What is found out of what was submitted, laid over what its items are known to be: what was settled stays. Where the two
 * contradict each other nothing is taken for found.
 */
function sinceSubmitted(standing: Outcome | null, found: Finding): Finding {
  const known = standing?.items ?? [];
  if (known.length === 0 || found.kind === 'unknown' || found.kind === 'pending') return found;
  const told = found.outcome?.items ?? (found.kind === 'nothing' ? allOpen(known, 'REFUSED') : allOpen(known, 'DONE'));
  const merged = settleItems(known, told);
  if (!merged.ok) return { kind: 'unknown', error: { ...notDoneAfterAll, code: merged.code } };
  return findingIn({ ...nothingYet, ...found.outcome, items: merged.items }, 'done');
}

function outcomeAfter(finding: Finding, otherwise: Fault, { status, outcome }: Action): Outcome {
  if (finding.kind === 'unknown') return outcomeOfFault(finding.error);
  if (finding.kind === 'nothing') return { ...finding.outcome, ...outcomeOfFault(finding.error ?? otherwise) };
  if (status !== 'SUBMITTED' || outcome === null) return finding.outcome;
  // What a later answer leaves out was said when the other side took it.
  const { externalId, output } = finding.outcome;
  return { ...finding.outcome, externalId: externalId ?? outcome.externalId, output: output ?? outcome.output };
}

/** How many items went how, and how many things were done otherwise than previewed: numbers, which may stay for ever. */
export function countsOf({ items, deviations }: Outcome): object {
  const count = (status: OutcomeItem['status']) => items?.filter((each) => each.status === status).length;
  return {
    ...(items && { items: { done: count('DONE'), refused: count('REFUSED'), pending: count('PENDING') } }),
    ...(deviations && { deviations: deviations.length }),
  };
}

const isUnderWay = (undone: Action, undo: Action): boolean => undone.status === 'UNDOING' && undone.undoId === undo.id;
