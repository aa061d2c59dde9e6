import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { CountersignError } from '../errors.ts';
import { tenantId } from '../ids.ts';
import type { RequestOrigin } from './origin.ts';
import { type Principal, principalKinds } from './principal.ts';

/** The header that carries the signed principal between processes. */
export const principalHeader = 'x-countersign-principal';

/** How long a signed principal may be used after it was made, in seconds. */
const lifetimeSeconds = 15;

const envelope = z.object({
  audience: z.string(),
  body: z.string(),
  issuedAt: z.number(),
  nonce: z.string().min(16),
  origin: z.object({
    correlationId: z.string().optional(),
    workflow: z.string().optional(),
    surface: z.string().optional(),
  }),
  principal: z.object({
    kind: z.enum(principalKinds),
    tenantId: z.string().transform(tenantId),
    id: z.string(),
    person: z.string().optional(),
    email: z.string().optional(),
    roles: z.array(z.string()),
    groups: z.array(z.string()).optional(),
    permissions: z.array(z.string()),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
    revision: z.number().optional(),
    until: z.number().optional(),
    session: z.string().optional(),
    schema: z.literal('PERMITTED').optional(),
  }),
});

export interface SignedPrincipal {
  readonly principal: Principal;
  readonly origin: RequestOrigin;
}

/**
 * Signs and checks principals between processes. A signature is bound to one audience (the subgraph's name), to the
 * request's body and to fifteen seconds, and is accepted once: it cannot be moved, altered, kept or replayed.
 */
export class PrincipalSigner {
  readonly #key: string;
  readonly #now: () => number;
  readonly #seen = new LRUCache<string, true>({ max: 200_000, ttl: lifetimeSeconds * 2_000 });

  constructor(key: string, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  sign(signed: SignedPrincipal, audience: string, body: string): string {
    const payload = Buffer.from(
      JSON.stringify({
        audience,
        body: digest(body),
        issuedAt: Math.floor(this.#now() / 1000),
        nonce: randomUUID(),
        origin: signed.origin,
        principal: signed.principal,
      }),
    ).toString('base64url');
    return `v1.${payload}.${this.#mac(payload)}`;
  }

  /** Throws `UNAUTHENTICATED` for a header that is missing, forged, stale, replayed, or made for another request. */
  verify(header: string | undefined, audience: string, body: string): SignedPrincipal {
    const [version, payload, mac] = header?.split('.') ?? [];
    if (version !== 'v1' || !payload || !mac || !sameText(mac, this.#mac(payload)))
      throw refused('is not signed by us');
    const content = envelope.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    if (content.audience !== audience) throw refused('was made for another service');
    if (content.body !== digest(body)) throw refused('was made for another request');
    if (Math.abs(this.#now() / 1000 - content.issuedAt) > lifetimeSeconds) throw refused('is stale');
    if (this.#seen.has(content.nonce)) throw refused('was used before');
    this.#seen.set(content.nonce, true);
    return { principal: content.principal, origin: content.origin };
  }

  #mac(payload: string): string {
    return createHmac('sha256', this.#key).update(payload).digest('base64url');
  }
}

const digest = (body: string): string => createHash('sha256').update(body).digest('base64url');
const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
const refused = (why: string): CountersignError =>
  new CountersignError('UNAUTHENTICATED', `The signed principal ${why}.`);
