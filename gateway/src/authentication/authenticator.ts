import { createHash } from 'node:crypto';
import { CountersignError, type Principal, tenantId } from '@countersign/kernel';
import { LRUCache } from 'lru-cache';
import type { TokenSubject } from './demo-issuer.ts';

export interface TokenVerifier {
  verify(token: string): Promise<TokenSubject>;
}

/** Answers who an address of a tenant is; null for one that may not sign in. */
export type PrincipalLookup = (subject: TokenSubject) => Promise<Omit<Principal, 'kind' | 'tenantId'> | null>;

/** How long a change of a user's roles may take to be in force on another process, in milliseconds. */
const principalLifetimeMs = 10_000;

/** Turns a bearer token into a principal. Both the token's check and the principal are remembered for ten seconds. */
export class Authenticator {
  readonly #verifier: TokenVerifier | undefined;
  readonly #lookup: PrincipalLookup;
  readonly #known = new LRUCache<string, Promise<Principal>>({ max: 50_000, ttl: principalLifetimeMs });

  constructor(verifier: TokenVerifier | undefined, lookup: PrincipalLookup) {
    this.#verifier = verifier;
    this.#lookup = lookup;
  }

  /** Throws `UNAUTHENTICATED` when there is no token, a bad one, or one whose person may not sign in. */
  authenticate(authorization: string | undefined): Promise<Principal> {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (!token) {
      return Promise.reject(new CountersignError('UNAUTHENTICATED', 'Send a token: `Authorization: Bearer TOKEN`.'));
    }
    const key = createHash('sha256').update(token).digest('base64url');
    let principal = this.#known.get(key);
    if (!principal) {
      principal = this.#resolve(token, key);
      this.#known.set(key, principal);
      principal.catch(() => this.#known.delete(key));
    }
    return principal;
  }

  /** Forgets every remembered principal; called when permissions change. */
  forget(): void {
    this.#known.clear();
  }

  async #resolve(token: string, key: string): Promise<Principal> {
    if (!this.#verifier) throw new CountersignError('UNAUTHENTICATED', 'No token issuer is configured on this server.');
    const subject = await this.#verifier.verify(token);
    const found = await this.#lookup(subject);
    if (!found) throw new CountersignError('UNAUTHENTICATED', 'The token names someone who may not sign in here.');
    const remaining = subject.expiresAt - Date.now();
    if (remaining < principalLifetimeMs) setTimeout(() => this.#known.delete(key), Math.max(0, remaining)).unref();
    return { kind: 'user', tenantId: tenantId(subject.tenantId), ...found };
  }
}
