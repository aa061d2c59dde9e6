import {
  type Access,
  type Database,
  type EntityManager,
  problem,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { LogEntry } from '../entities/log-entry.ts';
import { refTo } from '../proposed-action.ts';
import { checkComment } from './approvals.ts';
import { lockAction } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { insistPossible } from './move.ts';

/** How long nobody is reminded of an action again, in milliseconds. */
const restMs = 3_600_000;

/** Tells those again who could approve an action that waits for it. */
export class Reminders {
  readonly #database: Database;
  readonly #access: Access;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; access: Access; log: LogWriter }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#log = parts.log;
  }

  /**
   * Throws `NOT_FOUND` and `FORBIDDEN` for who may not see it; refuses with `ILLEGAL_TRANSITION` where it awaits no
   * approval, `REMINDED_ALREADY` within an hour, `COMMENT_TOO_LONG`, `INVALID_TEXT`.
   */
  async remind(actionId: string, comment: string | null, caller: RequestContext): Promise<Action> {
    checkComment(comment);
    return this.#database.withTenant(caller.principal, async (em) => {
      const action = await lockAction(em, actionId);
      const principal = await this.#access.checkIn(em, caller, 'actions:action:read', refTo(actionId));
      const context = { ...caller, principal };
      insistPossible(action, { type: 'APPROVE' });
      const now = this.#log.now();
      insistRested(action, now);
      const { planHash, tool, remindedAt } = action;
      action.remindedAt = now;
      this.#log.append(em, context, action, 'REMINDER', {
        facts: { planHash, lastAt: remindedAt?.toISOString() ?? null },
        values: comment ? { comment } : {},
      });
      await publish(em, context, 'ApprovalReminded', { actionId, tool });
      return action;
    });
  }

  /** What was written with the last reminder; null where nothing was, or where it was erased. */
  lastComment(actionId: string, { principal }: RequestContext): Promise<string | null> {
    return this.#database.read(principal, (em) => commentOf(em, actionId));
  }
}

async function commentOf(em: EntityManager, actionId: string): Promise<string | null> {
  const entry = await em.findOne(LogEntry, { actionId, kind: 'REMINDER' }, { orderBy: { occurredAt: 'desc' } });
  const comment = entry?.values.comment;
  return typeof comment === 'string' ? comment : null;
}

function insistRested({ remindedAt }: Action, now: Date): void {
  const again = remindedAt && new Date(remindedAt.getTime() + restMs);
  if (!again || again <= now) return;
  const message = `They were reminded at ${remindedAt.toISOString()}; they can be again from ${again.toISOString()} on.`;
  throw problem('REMINDED_ALREADY', message, ['input', 'actionId'], { againAt: again.toISOString() });
}
