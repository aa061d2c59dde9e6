import {
  type Database,
  type EntityManager,
  type EventOrigin,
  joinAudience,
  newId,
  type Principal,
  problem,
  type SecretBox,
} from '@countersign/kernel';
import type { WebhookDelivery } from '../../entities/webhook-delivery.ts';
import { WebhookDisabledBecause, WebhookEndpoint } from '../../entities/webhook-endpoint.ts';
import { WebhookEventType } from '../../entities/webhook-event-type.ts';
import type { LogWriter } from '../log-writer.ts';
import { assertStorable } from '../storable.ts';
import { disable, insistEnabled, lockEndpoint, recordEndpoint } from './endpoint-rows.ts';
import type { WebhookFanOut } from './fan-out.ts';
import { newSecret, rotationMs } from './signature.ts';
import { webhookBody } from './webhook-body.ts';
import { webhookAudience } from './webhook-consumers.ts';
import { checkWebhookUrl } from './webhook-url.ts';

/** What somebody sets of a webhook; what is undefined stays as it is. */
export interface EndpointChange {
  readonly url?: string;
  readonly description?: string;
  /** Null for everything. */
  readonly eventTypes?: readonly WebhookEventType[] | null;
}

/** An endpoint with its secret, which is shown this once. */
export interface Revealed {
  readonly webhook: WebhookEndpoint;
  readonly secret: string;
}

const mostEndpoints = 50;
const longestDescription = 200;

/** The webhooks of a tenant, as its administrators set them. */
export class WebhookEndpoints {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The oldest first. */
  all(principal: Principal): Promise<WebhookEndpoint[]> {
    return this.#parts.database.read(principal, (em) => em.find(WebhookEndpoint, {}, { orderBy: { id: 'asc' } }));
  }

  /** Refuses with `WEBHOOK_URL_INVALID`, `WEBHOOK_ADDRESS_FORBIDDEN`, `DESCRIPTION_TOO_LONG`, `INVALID_TEXT`, `TOO_MANY`. */
  async create(wanted: EndpointChange & { readonly url: string }, origin: EventOrigin): Promise<Revealed> {
    const { database, log, box } = this.#parts;
    const checked = { description: '', eventTypes: null, ...(await this.#checked(wanted)) };
    const url = checked.url ?? wanted.url;
    const { tenantId } = origin.principal;
    const id = newId();
    const secret = newSecret();
    const sealed = box.seal(secret, ownerOf({ id, tenantId }));
    const webhook = await database.withTenant(origin.principal, async (em) => {
      await insistRoom(em);
      await joinAudience(em, webhookAudience, tenantId);
      const now = log.now();
      const endpoint = em.create(WebhookEndpoint, {
        id,
        tenantId,
        ...checked,
        url,
        secret: sealed,
        previousSecret: null,
        previousSecretUntil: null,
        disabledAt: null,
        disabledBecause: null,
        failingSince: null,
        lastFailedAt: null,
        createdAt: now,
        updatedAt: now,
      });
      em.persist(endpoint);
      recordEndpoint(em, origin, log, { state: 'ADDED', endpoint });
      return endpoint;
    });
    return { webhook, secret };
  }

  /** Refuses like `create`, and with `WEBHOOK_NOT_FOUND`. */
  async update(id: string, change: EndpointChange, origin: EventOrigin): Promise<WebhookEndpoint> {
    const checked = await this.#checked(change);
    return this.#change(id, origin, 'CHANGED', async (endpoint) => {
      Object.assign(endpoint, checked);
      return { changed: Object.keys(checked) };
    });
  }

  /** With all that it was sent. Refuses with `WEBHOOK_NOT_FOUND`. */
  remove(id: string, origin: EventOrigin): Promise<string> {
    const { database, log } = this.#parts;
    return database.withTenant(origin.principal, async (em) => {
      const endpoint = await lockEndpoint(em, id);
      recordEndpoint(em, origin, log, { state: 'REMOVED', endpoint });
      em.remove(endpoint);
      return id;
    });
  }

  /** A new secret. The one of before signs, too, for a day; one of before that no more. Refuses with `WEBHOOK_NOT_FOUND`. */
  async rotate(id: string, origin: EventOrigin): Promise<Revealed> {
    const { box, log } = this.#parts;
    const secret = newSecret();
    const webhook = await this.#change(id, origin, 'SECRET_ROTATED', async (endpoint) => {
      const until = new Date(log.now().getTime() + rotationMs);
      endpoint.previousSecret = endpoint.secret;
      endpoint.previousSecretUntil = until;
      endpoint.secret = box.seal(secret, ownerOf(endpoint));
      return { previousUntil: until.toISOString() };
    });
    return { webhook, secret };
  }

  /** It is told again of what happens from now on; what it missed can be replayed. Refuses with `WEBHOOK_NOT_FOUND`. */
  enable(id: string, origin: EventOrigin): Promise<WebhookEndpoint> {
    return this.#change(id, origin, 'ENABLED', async (endpoint) => {
      if (endpoint.disabledAt === null) return null;
      Object.assign(endpoint, { disabledAt: null, disabledBecause: null, failingSince: null, lastFailedAt: null });
      return {};
    });
  }

  /** It gets nothing more. Refuses with `WEBHOOK_NOT_FOUND`. */
  disable(id: string, origin: EventOrigin): Promise<WebhookEndpoint> {
    const { log } = this.#parts;
    return this.#change(id, origin, 'DISABLED', async (endpoint, em) => {
      const because = WebhookDisabledBecause.REQUESTED;
      if (endpoint.disabledAt === null) await disable(em, origin, { endpoint, because, log });
      return null; // Recorded with it.
    });
  }

  /** Sends a `webhook.test`. Refuses with `WEBHOOK_NOT_FOUND`, `WEBHOOK_DISABLED`. */
  test(id: string, origin: EventOrigin): Promise<WebhookDelivery> {
    const { database, log, fanOut } = this.#parts;
    return database.withTenant(origin.principal, async (em) => {
      const endpoint = await lockEndpoint(em, id);
      insistEnabled(endpoint);
      const { tenantId } = endpoint;
      const type = WebhookEventType.WEBHOOK_TEST;
      const body = webhookBody(type, log.now(), { tenantId, webhookId: id });
      return fanOut.tellOne(em, endpoint, { eventId: newId(), type, body });
    });
  }

  /** `change` answers what the log keeps of it; null when there is nothing to keep. */
  #change(
    id: string,
    origin: EventOrigin,
    state: string,
    change: (endpoint: WebhookEndpoint, em: EntityManager) => Promise<object | null>,
  ): Promise<WebhookEndpoint> {
    const { database, log } = this.#parts;
    return database.withTenant(origin.principal, async (em) => {
      const endpoint = await lockEndpoint(em, id);
      const facts = await change(endpoint, em);
      if (!facts) return endpoint;
      endpoint.updatedAt = log.now();
      recordEndpoint(em, origin, log, { state, endpoint, facts });
      return endpoint;
    });
  }

  /** Outside any transaction: a name is resolved. */
  async #checked({ url, description, eventTypes }: EndpointChange): Promise<Checked> {
    const checked: Checked = {};
    if (description !== undefined) checked.description = checkDescription(description);
    if (eventTypes !== undefined) checked.eventTypes = eventTypes && [...new Set(eventTypes)];
    if (url !== undefined) checked.url = await checkWebhookUrl(url, this.#parts.allowed);
    return checked;
  }
}

interface Parts {
  readonly database: Database;
  readonly log: LogWriter;
  readonly box: SecretBox;
  readonly fanOut: WebhookFanOut;
  /** Origins inside the house that webhooks may go to. */
  readonly allowed: ReadonlySet<string>;
}

type Checked = {
  -readonly [Key in keyof EndpointChange]: Key extends 'eventTypes' ? WebhookEventType[] | null : string;
};

/** Whom a secret is sealed for: it opens for this endpoint of this tenant alone. */
export const ownerOf = ({ tenantId, id }: Pick<WebhookEndpoint, 'tenantId' | 'id'>): string => `${tenantId}:${id}`;

function checkDescription(text: string): string {
  assertStorable(text, ['input', 'description']);
  if (text.length <= longestDescription) return text.trim();
  const message = `The description has ${text.length} characters; at most ${longestDescription} are kept.`;
  throw problem('DESCRIPTION_TOO_LONG', message, ['input', 'description'], { longest: longestDescription });
}

async function insistRoom(em: EntityManager): Promise<void> {
  if ((await em.count(WebhookEndpoint)) < mostEndpoints) return;
  const message = `A tenant has at most ${mostEndpoints} webhooks: remove one.`;
  throw problem('TOO_MANY', message, ['input', 'url'], { most: mostEndpoints });
}
