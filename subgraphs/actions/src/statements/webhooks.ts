import type { EntityManager } from '@countersign/kernel';

export interface DueWebhook {
  readonly id: string;
  readonly tenantId: string;
  readonly endpointId: string;
}

/**
 * Deliveries that are to be sent by now and that nobody sends, of all tenants: a few of each endpoint, each tenant's
 * first one before anybody's second, so that a tenant's backlog does not make others wait. `alone`: no other process
 * sends any, so that what another one held it held in an earlier life.
 */
export const dueWebhooks = (
  em: EntityManager,
  due: { now: Date; owner: string; alone: boolean; perEndpoint: number; limit: number },
): Promise<DueWebhook[]> =>
  em.execute(
    `select due.id, due.tenant_id as "tenantId", due.endpoint_id as "endpointId"
     from actions.webhook_endpoint as endpoint
     cross join lateral (
       select delivery.id, delivery.tenant_id, delivery.endpoint_id, delivery.next_attempt_at
       from actions.webhook_delivery as delivery
       where delivery.endpoint_id = endpoint.id and delivery.status = 'PENDING' and delivery.next_attempt_at <= ?
         and (delivery.lease_until is null or delivery.lease_until <= ? or (? and delivery.lease_owner <> ?))
       order by delivery.next_attempt_at limit ?
     ) as due
     where endpoint.disabled_at is null
     order by row_number() over (partition by due.tenant_id order by due.next_attempt_at), due.next_attempt_at
     limit ?`,
    [due.now, due.now, due.alone, due.owner, due.perEndpoint, due.limit],
  );

/** Tenants with deliveries that are over and were made before the moment. */
export const tenantsWithOldWebhooks = (em: EntityManager, before: Date): Promise<{ tenantId: string }[]> =>
  em.execute(
    `select distinct tenant_id as "tenantId" from actions.webhook_delivery
     where status <> 'PENDING' and created_at < ? limit 100`,
    [before],
  );

/** Removes some of the caller's tenant's deliveries that are over and were made before the moment; answers how many. */
export async function removeOldWebhooks(em: EntityManager, before: Date, limit: number): Promise<number> {
  const removed = await em.execute(
    `delete from actions.webhook_delivery where id in (
       select id from actions.webhook_delivery where status <> 'PENDING' and created_at < ? limit ?
     ) returning id`,
    [before, limit],
  );
  return removed.length;
}

/** What an endpoint has not been sent yet, and nobody is sending, is not sent. */
export const skipWebhooks = (em: EntityManager, endpointId: string, now: Date): Promise<unknown> =>
  em.execute(
    `update actions.webhook_delivery set status = 'SKIPPED', next_attempt_at = null
     where endpoint_id = ? and status = 'PENDING' and (lease_until is null or lease_until <= ?)`,
    [endpointId, now],
  );

/** Sends an endpoint what it did not take since the moment, the oldest first. Answers when each was made. */
export const replayWebhooks = (
  em: EntityManager,
  { endpointId, since, now, limit }: { endpointId: string; since: Date; now: Date; limit: number },
): Promise<{ createdAt: string }[]> =>
  em.execute(
    `update actions.webhook_delivery
     set status = 'PENDING', failures = 0, next_attempt_at = ?, lease_owner = null, lease_until = null
     where id in (
       select id from actions.webhook_delivery
       where endpoint_id = ? and status in ('FAILED', 'SKIPPED') and created_at >= ?
       order by created_at, id limit ? for update
     ) returning created_at as "createdAt"`,
    [now, endpointId, since, limit],
  );
