import {
  type Access,
  CountersignError,
  type Database,
  type EntityManager,
  encodeCursor,
  isUuid,
  isVeiled,
  maskJson,
  type Page,
} from '@countersign/kernel';
import { raw } from '@mikro-orm/core';
import { LogEntry } from '../entities/log-entry.ts';
import { seesActionData } from '../sensitive-data.ts';
import { asCsv, asNdjson, checkLimit } from './audit-export.ts';
import { ENTRY_KINDS } from './decision-log/index.ts';
import type { LogWriter } from './log-writer.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

/** Each that is there narrows what is read. */
export interface AuditFilter {
  readonly kinds?: readonly string[] | null;
  readonly principalId?: string | null;
  readonly permission?: string | null;
  /** The action, or what else an entry is about: a role, a user, a document. */
  readonly subjectId?: string | null;
  /** From this moment on. */
  readonly since?: Date | null;
  /** Before this moment. */
  readonly until?: Date | null;
}

export type AuditFormat = 'NDJSON' | 'CSV';

export interface ExportedTrail {
  readonly text: string;
  /** Null when nothing is left. */
  readonly nextCursor: string | null;
  readonly count: number;
}

/** The decision log read backwards by who, what and when: every change of rights and every refusal is in it. */
export class AuditTrail {
  readonly #database: Database;
  readonly #access: Access;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; access: Access; log: LogWriter }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#log = parts.log;
  }

  /** Up to `first + 1` entries, newest first. Throws `BAD_REQUEST` for a kind or a cursor that there is not. */
  page(viewer: Viewer, filter: AuditFilter, { first, after }: Page): Promise<LogEntry[]> {
    const place = placeOf(after);
    assertKinds(filter.kinds ?? []);
    return this.#database.read(viewer.principal, (em) => this.#find(em, viewer, filter, { place, limit: first + 1 }));
  }

  /**
   * Up to `limit` entries as text, newest first; handing them out is itself recorded. Texts of further pages go behind
   * the first one's as they are. Throws `BAD_REQUEST`.
   */
  async export(
    viewer: Viewer,
    filter: AuditFilter,
    { format, after, limit }: { format: AuditFormat; after: Page['after']; limit: number },
  ): Promise<ExportedTrail> {
    checkLimit(limit);
    const place = placeOf(after);
    assertKinds(filter.kinds ?? []);
    const veiled = await isVeiled({ ...viewer, access: this.#access }, seesActionData);
    const found = await this.#database.read(viewer.principal, (em) =>
      this.#find(em, viewer, filter, { place, limit: limit + 1 }),
    );
    const entries = found.slice(0, limit).map((entry) => (veiled ? { ...entry, values: maskValues(entry) } : entry));
    const count = entries.length;
    const asked = Object.fromEntries(
      Object.entries(filter).filter(([, value]) => value !== null && value !== undefined),
    );
    await this.#database.withTenant(viewer.principal, async (em) =>
      this.#log.appendGeneral(em, viewer, 'EXPORT', {
        facts: { of: 'audit trail', format, count, masked: veiled },
        values: { filter: asked },
      }),
    );
    const last = entries.at(-1);
    return {
      text: format === 'CSV' ? asCsv(entries, { headed: place === null }) : asNdjson(entries),
      nextCursor: last && found.length > limit ? encodeCursor(cursorOf(last)) : null,
      count,
    };
  }

  async #find(
    em: EntityManager,
    viewer: Viewer,
    filter: AuditFilter,
    { place, limit }: { place: Place | null; limit: number },
  ): Promise<LogEntry[]> {
    const visible = await VisibleActions.to(viewer, em, this.#access);
    const query = em.createQueryBuilder(LogEntry, 'entry').select('*').where(visible.ofEntries());
    if (filter.kinds) query.andWhere({ kind: { $in: [...filter.kinds] } });
    for (const [sql, value] of conditions(filter)) {
      if (value !== null && value !== undefined) query.andWhere(raw(sql, [value]));
    }
    if (place) query.andWhere(raw('(entry.occurred_at, entry.id) < (?, ?)', [place.at, place.id]));
    return query.orderBy({ occurredAt: 'desc', id: 'desc' }).limit(limit).getResultList();
  }
}

const maskValues = ({ values }: LogEntry): LogEntry['values'] => maskJson(values) as LogEntry['values'];

/** Where an entry stands in the trail. */
export const cursorOf = ({ occurredAt, id }: LogEntry) => ({ at: occurredAt.toISOString(), id });

const conditions = (filter: AuditFilter) =>
  [
    ['entry.principal_id = ?', filter.principalId],
    ['entry.permission = ?', filter.permission],
    ['entry.subject_id = ?', filter.subjectId],
    ['entry.occurred_at >= ?', filter.since],
    ['entry.occurred_at < ?', filter.until],
  ] as const;

interface Place {
  readonly at: Date;
  readonly id: string;
}

function placeOf(after: Page['after']): Place | null {
  if (after === undefined) return null;
  const at = new Date(String(after.at));
  if (!Number.isNaN(at.getTime()) && isUuid(after.id)) return { at, id: after.id };
  throw new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list; use one that it returned.');
}

function assertKinds(kinds: readonly string[]): void {
  const unknown = kinds.filter((kind) => !Object.hasOwn(ENTRY_KINDS, kind));
  if (unknown.length === 0) return;
  const known = Object.keys(ENTRY_KINDS).join(', ');
  throw new CountersignError('BAD_REQUEST', `There are no entries of kind ${unknown.join(', ')}; there are ${known}.`);
}
