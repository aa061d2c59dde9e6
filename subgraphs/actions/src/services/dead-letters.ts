import {
  type Access,
  type Database,
  type EntityManager,
  problem,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { refTo } from '../proposed-action.ts';
import { insistClick } from './click.ts';
import type { Crash } from './crash-points.ts';
import { askedOf } from './gate-keeper.ts';
import { loadAction, lockAction } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { move } from './move.ts';
import { insistWithin } from './part-of-bundle.ts';
import { checkReason } from './reason.ts';

/** What a person does about an action whose tries are used up. */
export class DeadLetters {
  readonly #database: Database;
  readonly #access: Access;
  readonly #log: LogWriter;
  readonly #crash: Crash;

  constructor(parts: { database: Database; access: Access; log: LogWriter; crash: Crash }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#log = parts.log;
    this.#crash = parts.crash;
  }

  /**
   * A new budget of tries, the first of them at once. Throws `NOT_FOUND`, and `FORBIDDEN` for who may not execute it;
   * refuses with `NOT_FAILED`, `REASON_REQUIRED`.
   */
  requeue(actionId: string, reason: string, context: RequestContext): Promise<Action> {
    return this.#decide(actionId, reason, context, async (action, now, em) => {
      insistFailed(action);
      // To let it be tried again is to set it off.
      const { autonomy } = await askedOf(em, action);
      insistClick(autonomy, context.principal);
      Object.assign(action, { failures: 0, begunAt: now, retryAt: now, deadAt: null, begunUnattended: false });
      return { kind: 'DEAD_LETTER', state: 'REQUEUED' };
    });
  }

  /** It is not tried any more, for good. Throws and refuses like `requeue`. */
  abandon(actionId: string, reason: string, context: RequestContext): Promise<Action> {
    return this.#decide(actionId, reason, context, async (action) => {
      insistFailed(action);
      move(action, { type: 'WITHDRAW' });
      return { kind: 'REJECTION', state: 'ABANDONED' };
    });
  }

  async #decide(
    actionId: string,
    reason: string,
    caller: RequestContext,
    decide: (action: Action, now: Date, em: EntityManager) => Promise<Decided>,
  ): Promise<Action> {
    const because = checkReason(reason);
    const decided = await this.#database.withTenant(caller.principal, async (em: EntityManager) => {
      const action = await lockAction(em, actionId);
      const principal = await this.#access.checkIn(em, caller, 'actions:action:execute', refTo(actionId));
      insistWithin(action);
      const context = { ...caller, principal };
      const from = action.status;
      const { kind, state } = await decide(action, this.#log.now(), em);
      const { tool, planHash, status: to, failures } = action;
      this.#log.append(em, context, action, kind, {
        facts: { state, planHash, from, to, failures },
        values: { reason: because },
      });
      if (kind === 'REJECTION') await publish(em, context, 'ActionRejected', { actionId, tool });
      await em.flush();
      return loadAction(em, actionId);
    });
    this.#crash('requeued');
    return decided;
  }
}

interface Decided {
  readonly kind: 'DEAD_LETTER' | 'REJECTION';
  readonly state: string;
}

function insistFailed({ status, undoOfId }: Action): void {
  if (status === 'FAILED' && undoOfId === null) return;
  const message = `The action is ${status}: only what FAILED is tried again or given up so; an undo is undone anew.`;
  throw problem('NOT_FAILED', message, ['input', 'actionId'], { status });
}
