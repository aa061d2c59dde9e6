import type { EntityManager } from '../database/database.ts';
import { markPublished } from '../database/session.ts';
import { writeLast } from '../database/write-last.ts';
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

/** Where the product goes on by itself with what somebody set in motion, or with what has happened. */
export const goingOn = (
  { correlationId, workflow, surface }: Pick<DomainEvent, 'correlationId' | 'workflow' | 'surface'>,
  principal: EventOrigin['principal'],
): EventOrigin => ({
  principal,
  correlationId,
  workflow: workflow ?? undefined,
  surface: surface ?? undefined,
});

export interface EventConsumer {
  /**
   * `billing.meter-tools`: unique, stable; the memory of what was consumed hangs on it. Those with the same first part
   * share a queue.
   */
  readonly name: string;
  readonly event: string;
  /** Only tenants that have joined it have something for this consumer to do (see `joinAudience`); absent: all. */
  readonly audience?: string;
  /** Runs inside the tenant's transaction that also remembers the event as consumed; in it are other consumers, too. */
  handle(em: EntityManager, event: DomainEvent): Promise<void>;
  /** The same for several of a tenant's events at once, the oldest first: where that takes less than one by one. */
  handleAll?(em: EntityManager, events: readonly DomainEvent[]): Promise<void>;
}

/** From now on the tenant's events are delivered to the consumers of this audience. */
export async function joinAudience(em: EntityManager, audience: string, tenantId: string): Promise<void> {
  await em.execute('insert into kernel.audience (name, tenant_id) values (?, ?) on conflict do nothing', [
    audience,
    tenantId,
  ]);
}

/**
 * Writes an event into the transaction that makes it true (transactional outbox). It is sent together with the commit:
 * the transaction itself does not read it.
 */
export async function publish(em: EntityManager, origin: EventOrigin, type: string, payload: object): Promise<void> {
  const { principal } = origin;
  markPublished();
  writeLast(
    em,
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
