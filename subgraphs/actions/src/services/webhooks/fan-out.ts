import { type DomainEvent, type EntityManager, newId } from '@countersign/kernel';
import { WebhookDelivery, WebhookDeliveryStatus } from '../../entities/webhook-delivery.ts';
import { WebhookEndpoint } from '../../entities/webhook-endpoint.ts';
import type { WebhookEventType } from '../../entities/webhook-event-type.ts';
import { actionBody, type ToldEvent, toldEvents } from './webhook-body.ts';

/** Writes down what is to be sent, in the transaction of what it tells of. Sent it is later. */
export class WebhookFanOut {
  readonly #now: () => Date;
  #written = false;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** One delivery for each endpoint that wants to be told of an action's event. */
  async tell(em: EntityManager, name: ToldEvent, event: DomainEvent): Promise<void> {
    const { type } = toldEvents[name];
    await this.#toAll(em, { eventId: event.id, type, body: actionBody(name, event) });
  }

  /** The same, to all endpoints but the one that it is about. */
  async tellOthers(em: EntityManager, but: string, told: Told): Promise<void> {
    await this.#toAll(em, told, but);
  }

  /** One delivery to one endpoint, whatever it wants to be told of. */
  tellOne(
    em: EntityManager,
    endpoint: Pick<WebhookEndpoint, 'id' | 'tenantId' | 'disabledAt'>,
    told: Told,
  ): WebhookDelivery {
    const now = this.#now();
    const isOff = endpoint.disabledAt !== null;
    const delivery = em.create(WebhookDelivery, {
      id: newId(),
      tenantId: endpoint.tenantId,
      endpointId: endpoint.id,
      ...told,
      // Kept all the same: once the endpoint is enabled again, it can be asked for.
      status: isOff ? WebhookDeliveryStatus.SKIPPED : WebhookDeliveryStatus.PENDING,
      attempts: 0,
      failures: 0,
      nextAttemptAt: isOff ? null : now,
      leaseOwner: null,
      leaseUntil: null,
      lastAttemptAt: null,
      responseStatus: null,
      reason: null,
      createdAt: now,
      deliveredAt: null,
    });
    em.persist(delivery);
    this.noteWritten();
    return delivery;
  }

  /** Notes that there is something to send. */
  noteWritten(): void {
    this.#written = true;
  }

  /** Whether something was written since it was last asked. */
  takeWritten(): boolean {
    const written = this.#written;
    this.#written = false;
    return written;
  }

  async #toAll(em: EntityManager, told: Told, but?: string): Promise<void> {
    const endpoints = await em.find(WebhookEndpoint, {});
    for (const endpoint of endpoints) {
      const wants = endpoint.eventTypes === null || endpoint.eventTypes.includes(told.type);
      if (wants && endpoint.id !== but) this.tellOne(em, endpoint, told);
    }
  }
}

export interface Told {
  /** Sent as `webhook-id`. */
  readonly eventId: string;
  readonly type: WebhookEventType;
  readonly body: string;
}
