import type { RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { Price } from '../entities/price.ts';
import { UnitEconomics } from '../entities/unit-economics.ts';
import type { Economics } from '../services/economics.ts';
import type { Prices } from '../services/prices.ts';

@Resolver()
export class EconomicsResolver {
  readonly #economics: Economics;
  readonly #prices: Prices;

  constructor(economics: Economics, prices: Prices) {
    this.#economics = economics;
    this.#prices = prices;
  }

  @Query(() => UnitEconomics, { nullable: true, description: 'What the work of a period cost and what came of it.' })
  unitEconomics(
    @Arg('from', () => Date, {
      nullable: true,
      description: 'Start of the period; of the month that `to` ends, unless told.',
    })
    from: Date | null | undefined,
    @Arg('to', () => Date, {
      nullable: true,
      description: 'End of the period, not included; the end of this month (UTC) unless told.',
    })
    to: Date | null | undefined,
    @Ctx() { principal }: RequestContext,
  ): Promise<UnitEconomics> {
    return this.#economics.of(principal, { from: from ?? undefined, to: to ?? undefined });
  }

  @Query(() => [Price], { description: 'The prices in force now, by meter.' })
  prices(@Ctx() { principal }: RequestContext): Promise<Price[]> {
    return this.#prices.current(principal);
  }
}
