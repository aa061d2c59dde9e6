/** Somebody waits for what is interactive; batches take what is left, and a little of what is not. */
export type Lane = 'INTERACTIVE' | 'BATCH';

export interface Job {
  readonly tenant: string;
  /** What no more than `perUnit` jobs are at work on at once, such as one tenant's connector. */
  readonly unit: string;
  readonly lane: Lane;
}

/** How many jobs are at work at once: in all, of one tenant, on one unit. */
export interface AtOnce {
  readonly inAll: number;
  readonly perTenant: number;
  readonly perUnit: number;
}

/** After so many interactive jobs in a row one of a batch has its turn. */
const interactiveInARow = 4;

/**
 * Who goes next. Tenants take turns, so that none waits for more than one job of each other one; a tenant's jobs on one
 * unit go in the order in which they came; interactive ones go before batches, which never take more than half of the
 * room and never starve. Holds no promises and reads no clock: who calls it starts what it gives.
 */
export class FairQueue<T extends Job> {
  readonly #most: AtOnce;
  /** By lane and tenant; the tenant whose turn is next comes first. */
  readonly #waiting: Readonly<Record<Lane, Map<string, T[]>>> = { INTERACTIVE: new Map(), BATCH: new Map() };
  readonly #atWork = new Map<string, number>();
  #inARow = 0;

  constructor(most: AtOnce) {
    this.#most = most;
  }

  offer(job: T): void {
    const lane = this.#waiting[job.lane];
    const ofTenant = lane.get(job.tenant);
    if (ofTenant) ofTenant.push(job);
    else lane.set(job.tenant, [job]);
  }

  /** The next job, which is at work from now on until it is `done`; undefined while there is none, or no room. */
  take(): T | undefined {
    const batchFirst = this.#inARow >= interactiveInARow;
    const job =
      this.#takeOf(batchFirst ? 'BATCH' : 'INTERACTIVE') ?? this.#takeOf(batchFirst ? 'INTERACTIVE' : 'BATCH');
    if (!job) return undefined;
    this.#inARow = job.lane === 'INTERACTIVE' && this.#waiting.BATCH.size > 0 ? this.#inARow + 1 : 0;
    for (const key of placesOf(job)) this.#count(key, 1);
    return job;
  }

  /** The job is not at work any more. */
  done(job: T): void {
    for (const key of placesOf(job)) this.#count(key, -1);
  }

  /** Takes back what was not taken yet. Answers whether it was there. */
  withdraw(job: T): boolean {
    const lane = this.#waiting[job.lane];
    const ofTenant = lane.get(job.tenant);
    const place = ofTenant?.indexOf(job) ?? -1;
    if (!ofTenant || place < 0) return false;
    ofTenant.splice(place, 1);
    if (ofTenant.length === 0) lane.delete(job.tenant);
    return true;
  }

  /** How many jobs of the tenant wait. */
  waitingOf(tenant: string): number {
    const { INTERACTIVE, BATCH } = this.#waiting;
    return (INTERACTIVE.get(tenant)?.length ?? 0) + (BATCH.get(tenant)?.length ?? 0);
  }

  #takeOf(lane: Lane): T | undefined {
    const waiting = this.#waiting[lane];
    for (const [tenant, jobs] of waiting) {
      const place = jobs.findIndex((job) => this.#hasRoom(job));
      if (place < 0) continue;
      const [job] = jobs.splice(place, 1);
      // Its next turn comes after everybody else's.
      waiting.delete(tenant);
      if (jobs.length > 0) waiting.set(tenant, jobs);
      return job;
    }
    return undefined;
  }

  #hasRoom({ tenant, unit, lane }: T): boolean {
    const { inAll, perTenant, perUnit } = this.#most;
    const bounds: [string, number][] = [
      ['all', inAll],
      [`tenant ${tenant}`, perTenant],
      [`unit ${unit}`, perUnit],
    ];
    return bounds.every(
      ([key, most]) =>
        this.#countOf(key) < most && (lane === 'INTERACTIVE' || this.#countOf(`BATCH ${key}`) < halfOf(most)),
    );
  }

  #countOf(key: string): number {
    return this.#atWork.get(key) ?? 0;
  }

  #count(key: string, by: 1 | -1): void {
    const count = this.#countOf(key) + by;
    if (count === 0) this.#atWork.delete(key);
    else this.#atWork.set(key, count);
  }
}

const halfOf = (most: number): number => Math.max(1, Math.floor(most / 2));

/** What a job at work counts for. */
function placesOf({ tenant, unit, lane }: Job): string[] {
  const keys = ['all', `tenant ${tenant}`, `unit ${unit}`];
  return lane === 'BATCH' ? [...keys, ...keys.map((key) => `BATCH ${key}`)] : keys;
}
