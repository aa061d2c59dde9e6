import { network } from '../authentication/network.ts';

/** How many sockets there may be of which it is not known yet whose they are. */
export interface AnonymousLimits {
  readonly inAll: number;
  /** Of one address; of IPv6 its network of 64 bits counts. */
  readonly perAddress: number;
}

/** Who has not said yet who they are costs memory all the same: so many may be in at once, and no more. */
export class AnonymousSockets {
  readonly #limits: AnonymousLimits;
  readonly #within = new Map<string, number>();
  #count = 0;

  constructor(limits: AnonymousLimits) {
    this.#limits = limits;
  }

  /** How many are in. */
  get size(): number {
    return this.#count;
  }

  /** Answers how they leave, by being known or by going, which may be said twice; null where there is no room. */
  enter(address: string): (() => void) | null {
    const { inAll, perAddress } = this.#limits;
    const from = network(address);
    const already = this.#within.get(from) ?? 0;
    if (this.#count >= inAll || already >= perAddress) return null;
    this.#count += 1;
    this.#within.set(from, already + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#count -= 1;
      const left = (this.#within.get(from) ?? 1) - 1;
      if (left > 0) this.#within.set(from, left);
      else this.#within.delete(from);
    };
  }
}
