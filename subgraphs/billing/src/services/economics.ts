import type { Database, Principal } from '@countersign/kernel';
import type { UnitEconomics } from '../entities/unit-economics.ts';
import { meterTotals, outcomeCounts } from '../statements.ts';
import { type Period, periodOf } from './period.ts';

/** What work cost and what came of it. */
export class Economics {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /** A period's unit economics; of the current month unless told. Throws `BAD_REQUEST` for a period that ends before it begins. */
  async of(principal: Principal, asked: Partial<Period>): Promise<UnitEconomics> {
    const period = periodOf(asked, this.#now());
    const { meters, outcomes } = await this.#database.read(principal, async (em) => ({
      meters: await meterTotals(em, period),
      outcomes: await outcomeCounts(em, period),
    }));
    const totalCostUsd = Number(meters[0]?.total_usd ?? 0);
    return {
      ...period,
      successfulActions: outcomes.succeeded,
      undoneActions: outcomes.undone,
      totalCostUsd,
      costPerSuccessfulActionUsd: outcomes.succeeded > 0 ? totalCostUsd / outcomes.succeeded : null,
      meters: meters.map((total) => ({
        meter: total.meter,
        unit: total.unit,
        quantity: Number(total.quantity),
        unitPriceUsd: Number(total.unit_price_usd),
        costUsd: Number(total.cost_usd),
      })),
    };
  }
}
