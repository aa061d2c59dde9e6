import {
  type Database,
  type EntityManager,
  type EventOrigin,
  newId,
  type Principal,
  type SecretBox,
  servicePrincipal,
} from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { WebhookDelivery, WebhookDeliveryStatus, WebhookFailure } from '../../entities/webhook-delivery.ts';
import { WebhookDisabledBecause, WebhookEndpoint } from '../../entities/webhook-endpoint.ts';
import type { DueWebhook } from '../../statements/webhooks.ts';
import type { Leases } from '../leases.ts';
import type { LogWriter } from '../log-writer.ts';
import { disable, findLocked } from './endpoint-rows.ts';
import { ownerOf } from './endpoints.ts';
import type { Message, Outcome } from './post.ts';
import { failingSince, nextDelayMs, patienceMs } from './schedule.ts';
import { signedHeaders } from './signature.ts';

/** One attempt that was begun. What comes of it is brought in while it is still the last one. */
export interface Attempt extends DueWebhook {
  readonly number: number;
  /** Null when the secret does not open: then there is nothing to send. */
  readonly message: Message | null;
}

/** Begins and ends attempts, each in a transaction of its own; what is between them is somebody else's. */
export class WebhookAttempts {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Null when there is nothing to do by now: it is being sent, was sent, or the endpoint is gone or disabled. */
  begin({ id, tenantId, endpointId }: DueWebhook): Promise<Attempt | null> {
    const { database, log, leases, leaseMs } = this.#parts;
    return database.withTenant(asSender(tenantId), async (em) => {
      const now = log.now();
      // Who is not first does not wait: another process has it.
      const lockMode = LockMode.PESSIMISTIC_PARTIAL_WRITE;
      const delivery = await em.findOne(WebhookDelivery, { id, status: WebhookDeliveryStatus.PENDING }, { lockMode });
      if (!delivery?.nextAttemptAt || delivery.nextAttemptAt > now || leases.isHeld(delivery, now)) return null;
      const endpoint = await em.findOne(WebhookEndpoint, { id: endpointId });
      if (!endpoint) return null;
      if (endpoint.disabledAt !== null) {
        Object.assign(delivery, { status: WebhookDeliveryStatus.SKIPPED, nextAttemptAt: null });
        return null;
      }
      delivery.attempts += 1;
      delivery.lastAttemptAt = now;
      delivery.leaseOwner = leases.owner;
      delivery.leaseUntil = new Date(now.getTime() + leaseMs);
      return { id, tenantId, endpointId, number: delivery.attempts, message: this.#messageOf(endpoint, delivery, now) };
    });
  }

  /** Records what came of it, and what follows: nothing more, another attempt, or the end of the endpoint. */
  end(attempt: Attempt, outcome: Outcome): Promise<void> {
    return this.#bringIn(attempt, async (em, endpoint, delivery) => {
      const now = this.#parts.log.now();
      delivery.responseStatus = outcome.status;
      if (outcome.delivered) {
        Object.assign(delivery, { status: WebhookDeliveryStatus.DELIVERED, reason: null, deliveredAt: now });
        Object.assign(delivery, { nextAttemptAt: null });
        Object.assign(endpoint, { failingSince: null, lastFailedAt: null });
        return;
      }
      delivery.reason = outcome.reason;
      delivery.failures += 1;
      endpoint.failingSince = failingSince(endpoint, now);
      endpoint.lastFailedAt = now;
      await this.#afterFailure(em, endpoint, delivery, outcome);
    });
  }

  /** It was cut off on our side: as if it had not been begun, but that the receiver may have got it. */
  giveBack(attempt: Attempt): Promise<void> {
    return this.#bringIn(attempt, async () => {});
  }

  async #afterFailure(
    em: EntityManager,
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    { reason, retryAfterMs }: Extract<Outcome, { delivered: false }>,
  ): Promise<void> {
    const { log, random } = this.#parts;
    const now = log.now();
    const delay = nextDelayMs(delivery.failures, retryAfterMs, random());
    const isOff = endpoint.disabledAt !== null;
    const isGone = reason === WebhookFailure.GONE;
    const isOver = isGone || delay === null;
    const forTooLong = now.getTime() - (endpoint.failingSince ?? now).getTime() >= patienceMs;
    delivery.status = isOver ? WebhookDeliveryStatus.FAILED : WebhookDeliveryStatus.PENDING;
    delivery.nextAttemptAt = isOver ? null : new Date(now.getTime() + delay);
    if (isOff && !isOver) Object.assign(delivery, { status: WebhookDeliveryStatus.SKIPPED, nextAttemptAt: null });
    if (isOff || !(isGone || forTooLong)) return;
    const because = isGone ? WebhookDisabledBecause.GONE : WebhookDisabledBecause.FAILING;
    await disable(em, originOf(endpoint.tenantId), { endpoint, because, log });
  }

  /** Endpoint first, then delivery, as whoever disables or replays does. */
  #bringIn(
    { id, tenantId, endpointId, number }: Attempt,
    work: (em: EntityManager, endpoint: WebhookEndpoint, delivery: WebhookDelivery) => Promise<void>,
  ): Promise<void> {
    return this.#parts.database.withTenant(asSender(tenantId), async (em) => {
      const endpoint = await findLocked(em, endpointId);
      const lockMode = LockMode.PESSIMISTIC_WRITE;
      const delivery = endpoint && (await em.findOne(WebhookDelivery, { id }, { lockMode }));
      // Removed, or begun again by somebody who took this one for lost.
      if (!delivery || delivery.attempts !== number || delivery.status !== WebhookDeliveryStatus.PENDING) return;
      delivery.leaseOwner = null;
      delivery.leaseUntil = null;
      await work(em, endpoint, delivery);
    });
  }

  #messageOf(endpoint: WebhookEndpoint, { eventId, body }: WebhookDelivery, now: Date): Message | null {
    const secrets = this.#secretsOf(endpoint, now);
    return secrets && { url: endpoint.url, headers: signedHeaders({ eventId, body }, secrets, now), body };
  }

  #secretsOf(endpoint: WebhookEndpoint, now: Date): string[] | null {
    const { previousSecret, previousSecretUntil } = endpoint;
    const isPast = previousSecretUntil !== null && previousSecretUntil <= now;
    const current = this.#opened(endpoint.secret, endpoint);
    const previous = previousSecret && !isPast ? this.#opened(previousSecret, endpoint) : null;
    return current === null ? null : [current, ...(previous === null ? [] : [previous])];
  }

  /** Null when it does not open, which is told as the delivery's reason: its administrators look there. */
  #opened(sealed: string, endpoint: WebhookEndpoint): string | null {
    try {
      return this.#parts.box.open(sealed, ownerOf(endpoint));
    } catch {
      return null;
    }
  }
}

interface Parts {
  readonly database: Database;
  readonly log: LogWriter;
  readonly leases: Leases;
  /** How long an attempt is left to who makes it, in milliseconds: more than it may take. */
  readonly leaseMs: number;
  readonly box: SecretBox;
  /** From 0 to 1. */
  readonly random: () => number;
}

const asSender = (tenantId: string): Principal => servicePrincipal(tenantId, 'actions.webhooks', []);

const originOf = (tenantId: string): EventOrigin => ({ principal: asSender(tenantId), correlationId: newId() });
