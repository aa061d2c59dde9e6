import type { Principal } from '@countersign/kernel';
import { LRUCache } from 'lru-cache';
import type { SignedIn } from './sign-in-desk.ts';

/** How long a change of a user's roles may take to be in force on another process, in milliseconds. */
const lifetimeMs = 10_000;
const vouchedMs = 600_000;

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
}

/** Whom which token named, by the token's hash. */
export class PrincipalMemory {
  readonly #now: () => number;
  readonly #known = new LRUCache<string, Remembered>({ max: 50_000 });
  readonly #underWay = new Map<string, Promise<Principal>>();
  readonly #vouched = new LRUCache<string, number>({ max: 50_000 });

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  recall(key: string): Principal | undefined {
    const known = this.#known.get(key);
    return known && known.until > this.#now() ? known.principal : undefined;
  }

  /** Looks up once for all who wait with the same token, and remembers from the moment the look-up began. */
  shared(key: string, lookUp: () => Promise<SignedIn>): Promise<Principal> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const began = this.#now();
    const mine: Promise<Principal> = lookUp().then(
      ({ principal, expiresAt }) => {
        const until = Math.min(began + lifetimeMs, expiresAt ?? Number.POSITIVE_INFINITY);
        // What was forgotten meanwhile may have changed after it was read: it is answered once and not remembered.
        if (this.#underWay.get(key) === mine && until > this.#now()) this.#known.set(key, { principal, until });
        this.vouchFor(key);
        this.#finish(key, mine);
        return principal;
      },
      (error: unknown) => {
        this.#finish(key, mine);
        throw error;
      },
    );
    this.#underWay.set(key, mine);
    return mine;
  }

  /** Of a look-up under way the tenant is not known yet, so that all of those are begun anew by whoever comes next. */
  forget(tenant?: string): void {
    this.#underWay.clear();
    for (const [key, { principal }] of this.#known.entries()) {
      if (tenant === undefined || principal.tenantId === tenant) this.#known.delete(key);
    }
  }

  forgetToken(key: string): void {
    this.#underWay.delete(key);
    this.#known.delete(key);
    this.#vouched.delete(key);
  }

  vouchFor(key: string): void {
    this.#vouched.set(key, this.#now() + vouchedMs);
  }

  /** Whether the token was good in the last ten minutes. It says nothing of now, and lets nobody in. */
  vouchedFor(key: string): boolean {
    return (this.#vouched.get(key) ?? 0) > this.#now();
  }

  #finish(key: string, mine: Promise<Principal>): void {
    if (this.#underWay.get(key) === mine) this.#underWay.delete(key);
  }
}
