import { type DomainEvent, type EntityManager, type EventOrigin, newId, publish, writeLast } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { contentDigest, type EntryKind, type LogEntry, newEntry } from './decision-log/index.ts';

/** Writes the decision log, in the transaction of what is recorded. Entries are sealed later, so writers never queue. */
export class LogWriter {
  readonly #now: () => Date;
  #written = false;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Appends what happened to an action, whose row the caller holds locked or has just made. */
  append(
    em: EntityManager,
    origin: EventOrigin,
    action: Action,
    kind: EntryKind,
    content: { facts?: object; values?: object } = {},
  ): void {
    // Within an action the times never go back, whatever the clocks of two processes say.
    const occurredAt = new Date(Math.max(this.#now().getTime(), action.updatedAt.getTime()));
    const digest = this.#write(em, authorOf(origin), kind, { ...content, occurredAt, action });
    action.lastEntry = digest;
    action.updatedAt = occurredAt;
  }

  /** Appends what concerns no one action. */
  appendGeneral(
    em: EntityManager,
    origin: EventOrigin,
    kind: EntryKind,
    content: { facts?: object; values?: object },
  ): void {
    this.#write(em, authorOf(origin), kind, { ...content, occurredAt: this.#now(), action: null });
  }

  /** Appends what another part of the product tells: by whom it was caused, and at the time at which it happened. */
  appendTold(
    em: EntityManager,
    event: DomainEvent,
    kind: EntryKind,
    content: { facts?: object; values?: object },
  ): void {
    this.#write(em, event, kind, { ...content, occurredAt: new Date(event.occurredAt), action: null });
  }

  now(): Date {
    return this.#now();
  }

  /** Whether something was written since it was last asked. */
  takeWritten(): boolean {
    const written = this.#written;
    this.#written = false;
    return written;
  }

  #write(
    em: EntityManager,
    author: Author,
    kind: EntryKind,
    content: { facts?: object; values?: object; occurredAt: Date; action: Action | null },
  ): string {
    const entry = newEntry({
      id: newId(),
      tenantId: author.tenantId,
      actionId: content.action?.id ?? null,
      kind,
      occurredAt: content.occurredAt,
      principal: author.principal,
      correlationId: author.correlationId,
      workflow: author.workflow,
      surface: author.surface,
      facts: content.facts,
      values: content.values,
      previousOfAction: content.action?.lastEntry ?? null,
    });
    insertEntry(em, entry);
    this.#written = true;
    return contentDigest(entry);
  }
}

/** Not sealed yet. */
function insertEntry(em: EntityManager, entry: LogEntry): void {
  const { id, tenantId, format, actionId, kind, occurredAt, principal, correlationId, workflow, surface } = entry;
  writeLast(
    em,
    `insert into actions.log_entry (id, tenant_id, format, action_id, kind, occurred_at, principal, correlation_id, workflow,
                                    surface, facts, entry_values, salts, value_digests, previous_of_action)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      tenantId,
      format,
      actionId,
      kind,
      occurredAt,
      JSON.stringify(principal),
      correlationId,
      workflow,
      surface,
      ...[entry.facts, entry.values, entry.salts, entry.valueDigests].map((each) => JSON.stringify(each)),
      entry.previousOfAction,
    ],
  );
}

/** Who caused what is recorded, and in the course of what. */
type Author = Pick<DomainEvent, 'tenantId' | 'principal' | 'correlationId' | 'workflow' | 'surface'>;

const authorOf = ({ principal, correlationId, workflow, surface }: EventOrigin): Author => ({
  tenantId: principal.tenantId,
  principal: { kind: principal.kind, id: principal.id },
  correlationId,
  workflow: workflow ?? null,
  surface: surface ?? null,
});

/** What the connector was asked, for how long, and how that ended: metered, whatever came of it. */
export interface CallRecord {
  readonly kind: 'preview' | 'execute' | 'verify' | 'compensate';
  readonly durationMs: number;
  /** The operation's own status, or the code of its error. */
  readonly outcome: string;
}

export async function publishCalls(
  em: EntityManager,
  origin: EventOrigin,
  of: { actionId: string | null; tool: string },
  calls: readonly CallRecord[],
): Promise<void> {
  for (const call of calls) await publish(em, origin, 'ToolCalled', { ...of, ...call });
}
