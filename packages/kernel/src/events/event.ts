import type { EntityManager } from '../database/database.ts';
import { markPublished } from '../database/session.ts';
import { newId } from '../ids.ts';
import type { Caller } from '../principal/origin.ts';

/** A fact that has happened. Delivered at least once; consumers tell repetitions apart by `id`. */
export interface DomainEvent<Payload = unknown> {
  readonly id: string;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: Payload;
  readonly principal: { readonly kind: string; readonly id: string };
  readonly workflow: string | null;
  readonly surface: string | null;
  readonly correlationId: string;
  readonly occurredAt: string;
}

/** Who caused an event; a request's context is one. */
export type EventOrigin = Caller;

export interface EventConsumer {
  /** `billing.meter-tokens`: unique, stable; the memory of what was consumed hangs on it. */
  readonly name: string;
  readonly event: string;
  /** Runs inside the tenant's transaction that also remembers the event as consumed. */
  handle(em: EntityManager, event: DomainEvent): Promise<void>;
}

/** Writes an event into the transaction that makes it true (transactional outbox). */
export async function publish(em: EntityManager, origin: EventOrigin, type: string, payload: object): Promise<void> {
  const { principal } = origin;
  markPublished();
  await em.execute(
    `insert into kernel.outbox (id, tenant_id, type, payload, principal, workflow, surface, correlation_id)
     values (?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?)`,
    [
      newId(),
      principal.tenantId,
      type,
      JSON.stringify(payload),
      JSON.stringify({ kind: principal.kind, id: principal.id }),
      origin.workflow ?? null,
      origin.surface ?? null,
      origin.correlationId,
    ],
  );
}
