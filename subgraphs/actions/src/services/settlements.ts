import { type Access, type Database, problem, type RequestContext, UserProblem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Outcome, OutcomeItem } from '../entities/plan.ts';
import { refTo } from '../proposed-action.ts';
import { type Finding, findingIn } from './effects.ts';
import { settleItems } from './judged.ts';
import { loadAction, lockWithUndone } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { countsOf, type Settlement } from './settlement.ts';
import { assertStorable } from './storable.ts';

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

/** Brings in what the other side answers later: of the whole, or item by item. */
export class Settlements {
  readonly #parts: { database: Database; access: Access; log: LogWriter; settlement: Settlement };

  constructor(parts: { database: Database; access: Access; log: LogWriter; settlement: Settlement }) {
    this.#parts = parts;
  }

  /**
   * Takes an action to where the answer leads; it stays SUBMITTED while items are open. The same answer once more is
   * answered like the first time. An answer may come before the call that submitted has returned, and settles what is not known. Throws `NOT_FOUND`, `FORBIDDEN`; refuses with `SETTLEMENT_EMPTY`, `REFERENCE_TOO_LONG`, `ITEM_NAMED_TWICE`, `ITEM_UNKNOWN`,
   * `ITEM_ALREADY_SETTLED`, `SETTLEMENT_CONTRADICTS`, `ALREADY_SETTLED`, `ILLEGAL_TRANSITION`.
   */
  settle(answer: LaterAnswer, caller: RequestContext): Promise<Action> {
    checkAnswer(answer);
    const { database, access, log, settlement } = this.#parts;
    const { actionId } = answer;
    return database.withTenant(caller.principal, async (em) => {
      const locked = await lockWithUndone(em, actionId);
      const { action } = locked;
      const principal = await access.checkIn(em, caller, 'actions:action:settle', refTo(actionId));
      const context = { ...caller, principal };
      if (isOver.has(action.status)) {
        insistSame(action, answer);
        return loadAction(em, actionId);
      }
      const merged = settleItems(action.outcome?.items ?? [], answer.items);
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
        await settlement.conclude(em, context, locked, finding);
      }
      await em.flush();
      return loadAction(em, actionId);
    });
  }
}

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
  const sameItems = items.every(({ item, status }) =>
    standing.some((one) => one.item === item && one.status === status),
  );
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
  const twice = items.find(({ item }, index) => items.findIndex((each) => each.item === item) !== index);
  if (!twice) return;
  const message = `The item "${twice.item}" is named twice: say once what became of it.`;
  throw problem('ITEM_NAMED_TWICE', message, ['input', 'items'], { item: twice.item });
}
