import {
  type Database,
  type EntityManager,
  type EventOrigin,
  isUuid,
  type Page,
  type Principal,
  problem,
  servicePrincipal,
} from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { WebhookDelivery, WebhookDeliveryStatus } from '../../entities/webhook-delivery.ts';
import { removeOldWebhooks, replayWebhooks, tenantsWithOldWebhooks } from '../../statements/webhooks.ts';
import type { LogWriter } from '../log-writer.ts';
import { insistEnabled, lockEndpoint, recordEndpoint } from './endpoint-rows.ts';
import type { WebhookFanOut } from './fan-out.ts';

/** How many deliveries one replay sends at most. */
const mostReplayed = 1_000;
/** How long a delivery is kept, in milliseconds. */
export const keptMs = 30 * 24 * 3_600_000;
const batch = 500;

export interface Replayed {
  readonly count: number;
  /** From when on to replay what is left; null when nothing is. */
  readonly next: Date | null;
}

/** What was sent, or is to be: looking at it, sending it again, and removing it when it is old. */
export class WebhookDeliveries {
  readonly #database: Database;
  readonly #log: LogWriter;
  readonly #fanOut: WebhookFanOut;

  constructor(parts: { database: Database; log: LogWriter; fanOut: WebhookFanOut }) {
    this.#database = parts.database;
    this.#log = parts.log;
    this.#fanOut = parts.fanOut;
  }

  /** Up to `first + 1`, newest first. */
  page(
    principal: Principal,
    { first, after }: Page,
    { webhookId, status }: { webhookId?: string | null; status?: WebhookDeliveryStatus | null },
  ): Promise<WebhookDelivery[]> {
    if (webhookId && !isUuid(webhookId)) return Promise.resolve([]);
    const where = {
      ...(webhookId && { endpointId: webhookId }),
      ...(status && { status }),
      ...(isUuid(after?.id) && { id: { $lt: after.id } }),
    };
    return this.#database.read(principal, (em) =>
      em.find(WebhookDelivery, where, { orderBy: { id: 'desc' }, limit: first + 1 }),
    );
  }

  /**
   * Sends one again, under its old `webhook-id`, with all attempts before it. Refuses with `WEBHOOK_DELIVERY_NOT_FOUND`,
   * `WEBHOOK_DELIVERY_PENDING`, `WEBHOOK_DISABLED`.
   */
  replay(id: string, origin: EventOrigin): Promise<WebhookDelivery> {
    return this.#database.withTenant(origin.principal, async (em) => {
      const { endpointId } = await insistDelivery(em, id);
      // Endpoint first, then delivery, as whoever records an attempt does.
      const endpoint = await lockEndpoint(em, endpointId);
      insistEnabled(endpoint);
      const delivery = await insistDelivery(em, id, LockMode.PESSIMISTIC_WRITE);
      const now = this.#log.now();
      if (delivery.status === WebhookDeliveryStatus.PENDING) {
        const message = 'It is to be sent by itself: `nextAttemptAt` says when.';
        throw problem('WEBHOOK_DELIVERY_PENDING', message, ['input', 'id']);
      }
      Object.assign(delivery, { status: WebhookDeliveryStatus.PENDING, failures: 0, nextAttemptAt: now });
      recordEndpoint(em, origin, this.#log, { state: 'REPLAYED', endpoint, facts: { deliveryId: id } });
      this.#fanOut.noteWritten();
      return delivery;
    });
  }

  /** Sends an endpoint what it did not take since a moment. Refuses with `WEBHOOK_NOT_FOUND`, `WEBHOOK_DISABLED`. */
  replaySince(id: string, since: Date, origin: EventOrigin): Promise<Replayed> {
    return this.#database.withTenant(origin.principal, async (em) => {
      const endpoint = await lockEndpoint(em, id);
      insistEnabled(endpoint);
      const now = this.#log.now();
      const replayed = await replayWebhooks(em, { endpointId: id, since, now, limit: mostReplayed });
      const latest = Math.max(...replayed.map(({ createdAt }) => new Date(createdAt).getTime()));
      const facts = { since: since.toISOString(), count: replayed.length };
      recordEndpoint(em, origin, this.#log, { state: 'REPLAYED', endpoint, facts });
      this.#fanOut.noteWritten();
      return { count: replayed.length, next: replayed.length < mostReplayed ? null : new Date(latest) };
    });
  }

  /** Of all tenants. True when there may be more. */
  async removeOld(): Promise<boolean> {
    const before = new Date(this.#log.now().getTime() - keptMs);
    const tenants = await this.#database.asRole('worker', (em) => tenantsWithOldWebhooks(em, before));
    let removed = 0;
    for (const { tenantId } of tenants) {
      const principal = servicePrincipal(tenantId, 'actions.webhooks', []);
      removed += await this.#database.withTenant(principal, (em) => removeOldWebhooks(em, before, batch));
    }
    return removed > 0;
  }
}

async function insistDelivery(
  em: EntityManager,
  id: string,
  lockMode: LockMode = LockMode.NONE,
): Promise<WebhookDelivery> {
  const delivery = isUuid(id) ? await em.findOne(WebhookDelivery, { id }, { lockMode, refresh: true }) : null;
  if (delivery) return delivery;
  const message = 'There is no such delivery; they are kept for 30 days. `webhookDeliveries` lists them.';
  throw problem('WEBHOOK_DELIVERY_NOT_FOUND', message, ['input', 'id']);
}
