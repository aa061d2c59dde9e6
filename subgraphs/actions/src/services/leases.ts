import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

const shortestPauseMs = 2_000;
const longestPauseMs = 300_000;

/** What one process at a time works on. */
export interface Leased {
  leaseOwner: string | null;
  leaseUntil: Date | null;
  fence: number;
  checks: number;
}

/** Who works on an action, or a bundle, until when, and under which fence. A lease that ran out says that its holder is gone. */
export class Leases {
  /** This process, in this life of it. */
  readonly owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  /** No other process works on this database, so whatever another one held is free. */
  readonly alone: boolean;
  readonly #leaseMs: number;

  constructor(options: { leaseMs: number; alone: boolean }) {
    this.#leaseMs = options.leaseMs;
    this.alone = options.alone;
  }

  isHeld({ leaseOwner, leaseUntil }: Pick<Leased, 'leaseOwner' | 'leaseUntil'>, now: Date): boolean {
    if (leaseOwner === null || leaseUntil === null || leaseUntil <= now) return false;
    return leaseOwner === this.owner || !this.alone;
  }

  /** Takes what is locked and nobody holds; the fence goes with everything that is brought in under the lease. */
  take(action: Leased, now: Date): number {
    action.leaseOwner = this.owner;
    action.fence += 1;
    this.renew(action, now);
    return action.fence;
  }

  renew(action: Leased, now: Date): void {
    action.leaseUntil = new Date(now.getTime() + this.#leaseMs);
  }

  /** Whether what was begun under the fence may still be brought in. */
  holds(action: Leased, fence: number): boolean {
    return action.fence === fence && action.leaseOwner === this.owner;
  }

  /** Lets go: there is nothing more to be done. */
  end(action: Leased): void {
    action.leaseOwner = null;
    action.leaseUntil = null;
    action.checks = 0;
  }

  /** Lets go till later: it is due again after a pause that doubles up to `longestMs`, five minutes unless told. */
  putOff(action: Leased, now: Date, longestMs = longestPauseMs): void {
    const pause = Math.min(longestMs, shortestPauseMs * 2 ** Math.min(action.checks, 12));
    action.leaseOwner = null;
    action.leaseUntil = new Date(now.getTime() + pause);
    action.checks += 1;
  }
}
