import {
  type Access,
  type Database,
  isUuid,
  notFound,
  problem,
  type RequestContext,
  UserProblem,
} from '@countersign/kernel';
import { LogEntry } from '../entities/log-entry.ts';
import { eraseLogValues } from '../statements.ts';
import type { LogWriter } from './log-writer.ts';
import { checkReason } from './reason.ts';
import { VisibleActions } from './visible-actions.ts';

export interface Erasure {
  readonly entryId: string;
  /** Names of values of the entry. */
  readonly fields: readonly string[];
  readonly reason: string;
}

/** Takes values out of the log for good. What the chain commits to stays, and so does that they were erased. */
export class LogErasure {
  readonly #database: Database;
  readonly #access: Access;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; access: Access; log: LogWriter }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#log = parts.log;
  }

  /**
   * Erases, and records that in an entry of its own; values that are gone already are let be. Throws `NOT_FOUND` also
   * for an entry of an action that the caller may not see; refuses with `REASON_REQUIRED` and `INVALID_INPUT`.
   */
  async erase({ entryId, fields, reason }: Erasure, context: RequestContext): Promise<LogEntry> {
    const because = checkReason(reason);
    return this.#database.withTenant(context.principal, async (em) => {
      const visible = await VisibleActions.to(context, em, this.#access);
      const query = em.createQueryBuilder(LogEntry, 'entry').select('*').where(visible.ofEntries());
      const [entry] = isUuid(entryId) ? await query.andWhere({ id: entryId }).getResultList() : [];
      if (!entry) throw notFound('entry of the log');
      const named = checkFields(fields, entry);
      const present = named.filter((field) => Object.hasOwn(entry.values, field));
      if (present.length === 0) return entry;
      await eraseLogValues(em, entry.id, present);
      const facts = { entryId: entry.id, fields: present, reason: because };
      this.#log.appendGeneral(em, context, 'ERASURE', { facts });
      await em.refresh(entry);
      return entry;
    });
  }
}

function checkFields(fields: readonly string[], { valueDigests }: LogEntry): string[] {
  const known = Object.keys(valueDigests);
  const named = `It has ${known.join(', ') || 'none'}.`;
  if (fields.length === 0) throw problem('INVALID_INPUT', `Name the values to erase. ${named}`, ['input', 'fields']);
  const unknown = [...fields.entries()].filter(([, field]) => !known.includes(field));
  if (unknown.length === 0) return [...new Set(fields)];
  throw new UserProblem(
    ...unknown.map(([at, field]) => ({
      code: 'INVALID_INPUT',
      message: `The entry has no value "${field}". ${named}`,
      path: ['input', 'fields', String(at)],
      params: { fields: known },
    })),
  );
}
