import {
  type Access,
  type Database,
  type Principal,
  problem,
  type RequestContext,
  type UserProblem,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Outcome, OutcomeItem } from '../entities/plan.ts';
import { refTo } from '../proposed-action.ts';
import { type Finding, findingIn } from './effects.ts';
import { isMaker } from './gate-keeper.ts';
import { allOpen, settleItems } from './judged.ts';
import type { Leases } from './leases.ts';
import { findAction, loadAction, lockWithUndone } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { countsOf, type Settlement } from './settlement.ts';
import { assertStorable } from './storable.ts';
import { waitWhile } from './wait-while.ts';

/** What the other side answered, later, to what it had taken. */
export interface LaterAnswer {
  readonly actionId: string;
  /** How the other side names its answer, such as the id of its message; kept in the log. */
  readonly reference: string | null;
  /** Of the whole; null where the items alone say it. */
  readonly result: 'DONE' | 'REFUSED' | null;
  readonly items: readonly OutcomeItem[];
  readonly externalId: string | null;
  /** Why it was refused: the other side's code, and in words. */
  readonly code: string | null;
  readonly message: string | null;
}

export interface SettlementParts {
  readonly database: Database;
  readonly access: Access;
  readonly log: LogWriter;
  readonly leases: Leases;
  readonly settlement: Settlement;
  /** How long an answer waits for the call that submitted to return, in milliseconds. */
  readonly patienceMs: number;
}

/** Brings in what the other side answers later: of the whole, or item by item. */
export class Settlements {
  readonly #parts: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /**
   * Takes an action to where the answer leads; it stays SUBMITTED while items are open. The same answer once more is
   * answered like the first time. An answer that comes before the call that submitted has returned waits for it. What was
   * made does not get another name. Throws `NOT_FOUND`, `FORBIDDEN`; refuses with `SETTLEMENT_EMPTY`, `REFERENCE_TOO_LONG`,
   * `TOO_MANY_ITEMS`, `ITEM_NAMED_TWICE`, `ITEM_UNKNOWN`, `ITEM_ALREADY_SETTLED`, `SETTLEMENT_CONTRADICTS`, `ALREADY_SETTLED`,
   * `STILL_EXECUTING`, `MAKER_CANNOT_SETTLE`, `ILLEGAL_TRANSITION`.
   */
  async settle(answer: LaterAnswer, caller: RequestContext): Promise<Action> {
    checkAnswer(answer);
    const { database, access, log, leases, settlement } = this.#parts;
    const { actionId } = answer;
    await this.#untilAnswered(actionId, caller);
    return database.withTenant(caller.principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      const { action } = locked;
      const principal = await access.checkIn(em, caller, 'actions:action:settle', refTo(actionId));
      const context = { ...caller, principal };
      insistNotTheMaker(action, principal);
      insistAnswered(action, leases, log.now());
      insistSameName(action, answer);
      if (isOver.has(action.status)) {
        insistSame(action, answer);
        return loadAction(em, actionId);
      }
      const known = action.outcome?.items ?? [];
      const told = answer.items.length === 0 && answer.result !== null ? allOpen(known, answer.result) : answer.items;
      const merged = settleItems(known, told);
      if (!merged.ok) throw itemProblem(merged);
      const outcome = { ...standingOf(action), externalId: answer.externalId ?? action.outcome?.externalId ?? null };
      const finding = findingBy(answer, merged.items.length > 0 ? { ...outcome, items: merged.items } : outcome);
      const facts = { reference: answer.reference, result: answer.result };
      if (finding.kind === 'pending' && action.status === 'SUBMITTED') {
        if (merged.changed) settlement.answerInPart(em, context, action, merged.items, facts);
      } else {
        log.append(em, context, action, 'SETTLEMENT', {
          facts: { ...facts, ...countsOf({ ...outcome, items: merged.items }) },
          values: { items: answer.items, code: answer.code, message: answer.message },
        });
        await settlement.concludeKnown(em, context, locked, finding);
      }
      await em.flush();
      return loadAction(em, actionId);
    });
  }

  /** The call that is under way says itself what came of it; what came later is laid over that. */
  async #untilAnswered(actionId: string, { principal }: RequestContext): Promise<void> {
    const { database, leases, log, patienceMs } = this.#parts;
    const find = () => database.read(principal, (em) => findAction(em, actionId));
    await waitWhile(async () => isAtWork(await find(), leases, log.now()), patienceMs);
  }
}

const isAtWork = (action: Action, leases: Leases, now: Date): boolean =>
  action.status === 'EXECUTING' && leases.isHeld(action, now);

function insistAnswered(action: Action, leases: Leases, now: Date): void {
  if (!isAtWork(action, leases, now)) return;
  const message = 'The call to the other side is still under way: bring the answer in again in a moment.';
  throw problem('STILL_EXECUTING', message, ['input', 'actionId'], { status: action.status });
}

/** Who wants something done does not say that it was. */
function insistNotTheMaker(action: Action, principal: Principal): void {
  if (!isMaker(action, principal)) return;
  const message =
    'Whoever proposed or changed an action does not settle it: the feed of the other side does, or somebody else.';
  throw problem('MAKER_CANNOT_SETTLE', message, ['input', 'actionId']);
}

/** By that name it is undone, and handed on to later steps. */
function insistSameName({ outcome }: Action, { externalId }: LaterAnswer): void {
  const known = outcome?.externalId ?? null;
  if (known === null || externalId === null || known === externalId) return;
  const message = `The other side named it ${known} before: leave the name out, or repeat it.`;
  throw problem('SETTLEMENT_CONTRADICTS', message, ['input', 'externalId']);
}

const mostItems = 10_000;
const longestReference = 200;
const isOver = new Set<Action['status']>(['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'UNDOING', 'UNDONE']);

const standingOf = ({ outcome }: Action): Outcome => ({
  externalId: outcome?.externalId ?? null,
  output: outcome?.output ?? null,
  summary: outcome?.summary ?? null,
  errorCode: null,
  errorMessage: null,
  ...(outcome?.deviations && { deviations: outcome.deviations }),
});

/** What was said of the whole must be what its items say. */
function findingBy({ result, code, message }: LaterAnswer, outcome: Outcome): Finding {
  const { items = [] } = outcome;
  const isJudged = (items?.length ?? 0) > 0;
  if (result === 'REFUSED' && !isJudged) {
    const why = message ?? 'The other side refused it.';
    return { kind: 'nothing', error: { code: code ?? 'REFUSED', message: why, retryable: false } };
  }
  const finding = findingIn(outcome, 'done');
  const contradicts =
    (result === 'DONE' && finding.kind !== 'done') || (result === 'REFUSED' && finding.kind !== 'nothing');
  if (!contradicts) return finding;
  const words = `The answer says ${result} of the whole, and its items do not: leave out the result, and the items decide.`;
  throw problem('SETTLEMENT_CONTRADICTS', words, ['input', 'result']);
}

/** An answer that is told again changes nothing; another one than the first is refused. */
function insistSame(action: Action, { result, items }: LaterAnswer): void {
  const standing = action.outcome?.items ?? [];
  const statuses = new Map(standing.map(({ item, status }) => [item, status]));
  const sameItems = items.every(({ item, status }) => statuses.get(item) === status);
  const failed = action.status === 'FAILED';
  const sameResult = result === null || (result === 'REFUSED') === failed;
  if (sameItems && sameResult) return;
  const message = `The action is ${action.status} already, and this answer says otherwise. What was answered stands; a correction is an action of its own.`;
  throw problem('ALREADY_SETTLED', message, ['input', 'actionId'], { status: action.status });
}

function itemProblem({ code, item }: { code: 'ITEM_UNKNOWN' | 'ITEM_ALREADY_SETTLED'; item: string }): UserProblem {
  const words = {
    ITEM_UNKNOWN: `The action has no item "${item}": name it as \`outcome.items\` does.`,
    ITEM_ALREADY_SETTLED: `The item "${item}" is settled already, and this answer says otherwise.`,
  };
  return problem(code, words[code], ['input', 'items'], { item });
}

function checkAnswer(answer: LaterAnswer): void {
  assertStorable(answer, ['input']);
  const { result, items, reference } = answer;
  if (result === null && items.length === 0) {
    const message = 'The answer says nothing: give the result of the whole, or what became of its items.';
    throw problem('SETTLEMENT_EMPTY', message, ['input', 'result']);
  }
  if (reference !== null && reference.length > longestReference) {
    const message = `The reference has ${reference.length} characters; at most ${longestReference} are kept.`;
    throw problem('REFERENCE_TOO_LONG', message, ['input', 'reference'], { longest: longestReference });
  }
  if (items.length > mostItems) {
    const message = `There are ${items.length} items; at most ${mostItems} are taken at once.`;
    throw problem('TOO_MANY_ITEMS', message, ['input', 'items'], { most: mostItems });
  }
  const seen = new Set<string>();
  const twice = items.find(({ item }) => seen.size === seen.add(item).size);
  if (!twice) return;
  const message = `The item "${twice.item}" is named twice: say once what became of it.`;
  throw problem('ITEM_NAMED_TWICE', message, ['input', 'items'], { item: twice.item });
}
