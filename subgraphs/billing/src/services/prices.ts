import type { Database, EntityManager, Principal } from '@countersign/kernel';
import { Price } from '../entities/price.ts';

/** The prices in force now for the caller's tenant, by meter. */
export class Prices {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  async current(principal: Principal): Promise<Price[]> {
    const begun = await this.#database.read(principal, (em) => begunBy(em, this.#now()));
    return [...begun.values()].flatMap((ofMeter) => inForce(ofMeter) ?? []);
  }
}

/** A meter's price at a moment: the tenant's own before the list's, the latest of them. */
export type PriceAt = (meter: string, moment: Date) => Price | undefined;

/** The prices at every moment up to the one that is given. */
export async function pricesUpTo(em: EntityManager, latest: Date): Promise<PriceAt> {
  const begun = await begunBy(em, latest);
  return (meter, moment) => {
    const begunThen = begun.get(meter)?.filter(({ effectiveFrom }) => effectiveFrom <= moment);
    return begunThen && inForce(begunThen);
  };
}

/** Of those of a meter that have begun, the latest first. */
const inForce = (begun: readonly Price[]): Price | undefined =>
  begun.find(({ tenantId }) => tenantId !== null) ?? begun[0];

/** By meter, the latest first. */
async function begunBy(em: EntityManager, latest: Date): Promise<Map<string, Price[]>> {
  const orderBy = { meter: 'asc', effectiveFrom: 'desc' } as const;
  return Map.groupBy(await em.find(Price, { effectiveFrom: { $lte: latest } }, { orderBy }), ({ meter }) => meter);
}
