import { CountersignError } from '@countersign/kernel';
import { LRUCache } from 'lru-cache';
import { network } from './network.ts';

export type Attempt = 'login' | 'bearer';

export interface ThrottleOptions {
  /** Failures of one address a window. */
  readonly perAddress?: number;
  /** Failures against one tenant a window, from all addresses together, after which each address has fewer. */
  readonly perTenant?: number;
  readonly perAddressUnderAttack?: number;
  readonly windowMs?: number;
  readonly now?: () => number;
}

interface Window {
  failures: number;
  readonly ends: number;
}

/**
 * Counts failed sign-ins in fixed windows of a minute and refuses further tries with `RATE_LIMITED`. Ten failures close
 * an address, for logins and bearer tokens apart, so that a forgotten client with an old token keeps nobody from
 * signing in. A hundred against one tenant never close the tenant, which would let a stranger lock its people out; they
 * leave each address two failures instead of ten. An address that has not failed is always heard. Successes are not
 * counted. One process counts for itself.
 */
export class SignInThrottle {
  readonly #addresses = new LRUCache<string, Window>({ max: 100_000 });
  readonly #tenants = new LRUCache<string, Window>({ max: 10_000 });
  readonly #options: Required<ThrottleOptions>;

  constructor(options: ThrottleOptions = {}) {
    const standard = { perAddress: 10, perTenant: 100, perAddressUnderAttack: 2, windowMs: 60_000, now: Date.now };
    this.#options = { ...standard, ...options };
  }

  /** Throws `RATE_LIMITED` with `retryAfter` in seconds when the address has failed too often. */
  check(attempt: Attempt, address: string, tenant?: string): void {
    const { perAddress, perTenant, perAddressUnderAttack, now } = this.#options;
    const attacked = tenant !== undefined && this.#failures(this.#tenants, keyOf(attempt, tenant)) >= perTenant;
    const key = keyOf(attempt, network(address));
    if (this.#failures(this.#addresses, key) < (attacked ? perAddressUnderAttack : perAddress)) return;
    const ends = this.#addresses.get(key)?.ends ?? now();
    const retryAfter = Math.max(1, Math.ceil((ends - now()) / 1000));
    throw new CountersignError('RATE_LIMITED', `Too many failed sign-ins; try again in ${retryAfter} s.`, {
      extensions: { retryAfter },
    });
  }

  failed(attempt: Attempt, address: string, tenant?: string): void {
    this.#count(this.#addresses, keyOf(attempt, network(address)));
    if (tenant !== undefined) this.#count(this.#tenants, keyOf(attempt, tenant));
  }

  #failures(windows: LRUCache<string, Window>, key: string): number {
    const window = windows.get(key);
    return window && window.ends > this.#options.now() ? window.failures : 0;
  }

  #count(windows: LRUCache<string, Window>, key: string): void {
    const failures = this.#failures(windows, key);
    const window = windows.get(key);
    if (failures > 0 && window) window.failures = failures + 1;
    else windows.set(key, { failures: 1, ends: this.#options.now() + this.#options.windowMs });
  }
}

const keyOf = (attempt: Attempt, whose: string): string => `${attempt} ${whose.toLowerCase()}`;
