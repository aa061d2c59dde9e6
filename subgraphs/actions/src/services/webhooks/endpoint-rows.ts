import { type EntityManager, type EventOrigin, isUuid, problem, publish } from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { type WebhookDisabledBecause, WebhookEndpoint } from '../../entities/webhook-endpoint.ts';
import { skipWebhooks } from '../../statements/webhooks.ts';
import type { LogWriter } from '../log-writer.ts';

/** The endpoint, its row locked until the transaction ends; null when there is none. */
export const findLocked = (em: EntityManager, id: string): Promise<WebhookEndpoint | null> =>
  isUuid(id)
    ? em.findOne(WebhookEndpoint, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
    : Promise.resolve(null);

/** The same. Refuses with `WEBHOOK_NOT_FOUND`. */
export async function lockEndpoint(em: EntityManager, id: string, path = ['input', 'id']): Promise<WebhookEndpoint> {
  const endpoint = await findLocked(em, id);
  if (!endpoint)
    throw problem('WEBHOOK_NOT_FOUND', 'There is no such webhook; `webhooks` lists those there are.', path);
  return endpoint;
}

/** Refuses with `WEBHOOK_DISABLED`. */
export function insistEnabled({ disabledAt }: WebhookEndpoint): void {
  if (disabledAt === null) return;
  const since = disabledAt.toISOString();
  throw problem('WEBHOOK_DISABLED', `It is disabled since ${since}: enable it first.`, ['input', 'id'], { since });
}

/** The locked endpoint gets nothing more, which the log and the tenant's other webhooks are told. */
export async function disable(
  em: EntityManager,
  origin: EventOrigin,
  { endpoint, because, log }: { endpoint: WebhookEndpoint; because: WebhookDisabledBecause; log: LogWriter },
): Promise<void> {
  const now = log.now();
  endpoint.disabledAt = now;
  endpoint.disabledBecause = because;
  await em.flush();
  await skipWebhooks(em, endpoint.id, now);
  recordEndpoint(em, origin, log, { state: 'DISABLED', endpoint, facts: { because } });
  await publish(em, origin, 'WebhookDisabled', { webhookId: endpoint.id, because });
}

/** An entry of the log about an endpoint. Of its address it keeps what is no query: there may be a token in one. */
export function recordEndpoint(
  em: EntityManager,
  origin: EventOrigin,
  log: LogWriter,
  { state, endpoint, facts = {} }: { state: string; endpoint: WebhookEndpoint; facts?: object },
): void {
  const { id, url, description, eventTypes } = endpoint;
  const { origin: place, pathname } = new URL(url);
  log.appendGeneral(em, origin, 'CONFIGURATION', {
    facts: { state, subject: { type: 'Webhook', id }, ...facts },
    values: { url: place + pathname, description, eventTypes },
  });
}
