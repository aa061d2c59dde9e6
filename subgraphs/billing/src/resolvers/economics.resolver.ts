import type { RequestContext } from '@countersign/kernel';
import { Args, ArgsType, Ctx, Field, Query, Resolver } from 'type-graphql';
import { Price } from '../entities/price.ts';
import { UnitEconomics } from '../entities/unit-economics.ts';
import type { Economics } from '../services/economics.ts';
import type { Prices } from '../services/prices.ts';

@ArgsType()
export class PeriodArgs {
  @Field(() => Date, {
    nullable: true,
    description: 'Start of the period; of the month (UTC) that `to` ends, unless told.',
  })
  from?: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'End of the period, not included; the end of this month (UTC) unless told.',
  })
  to?: Date | null;
}

@Resolver()
export class EconomicsResolver {
  readonly #economics: Economics;
  readonly #prices: Prices;

  constructor(economics: Economics, prices: Prices) {
    this.#economics = economics;
    this.#prices = prices;
  }

  @Query(() => UnitEconomics, {
    nullable: true,
    description: 'What the work of a period cost and what came of it; `BAD_REQUEST` when it ends before it begins.',
  })
  unitEconomics(
    @Args(() => PeriodArgs) { from, to }: PeriodArgs,
    @Ctx() { principal }: RequestContext,
  ): Promise<UnitEconomics> {
    return this.#economics.of(principal, { from: from ?? undefined, to: to ?? undefined });
  }

  @Query(() => [Price], { description: 'The prices in force now, by meter.' })
  prices(@Ctx() { principal }: RequestContext): Promise<Price[]> {
    return this.#prices.current(principal);
  }
}
