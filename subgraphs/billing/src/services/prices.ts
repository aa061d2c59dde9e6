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
    const prices = await this.#database.read(principal, (em) => pricesAt(em, this.#now()));
    return [...prices.values()];
  }
}

/** Each meter's price at a moment, by the meter's name: the tenant's own before the list's, the latest of them. */
export async function pricesAt(em: EntityManager, moment: Date): Promise<Map<string, Price>> {
  const orderBy = { meter: 'asc', effectiveFrom: 'desc' } as const;
  const begun = await em.find(Price, { effectiveFrom: { $lte: moment } }, { orderBy });
  const prices = new Map<string, Price>();
  for (const price of begun) {
    const known = prices.get(price.meter);
    if (!known || (known.tenantId === null && price.tenantId !== null)) prices.set(price.meter, price);
  }
  return prices;
}
