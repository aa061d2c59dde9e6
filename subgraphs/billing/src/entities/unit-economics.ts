import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What one meter counted at one price.' })
export class MeterTotal {
  @Field({ description: 'What is counted, such as `tool.call.execute`.' })
  meter!: string;

  @Field({ description: 'What one of it is, such as `call` or `millisecond`.' })
  unit!: string;

  @Field(() => Float, { description: 'How many units were used.' })
  quantity!: number;

  @Field(() => Float, {
    description:
      'Price of one unit, in USD, as it was when the work was done; a meter whose price changed is listed once for each.',
  })
  unitPriceUsd!: number;

  @Field(() => Float, { description: 'Quantity times price, in USD.' })
  costUsd!: number;
}

@ObjectType({ description: 'What the work of a period cost, and what came of it.' })
export class UnitEconomics {
  @Field(() => Date, { description: 'Start of the period, which it includes.' })
  from!: Date;

  @Field(() => Date, { description: 'End of the period, which it does not include.' })
  to!: Date;

  @Field(() => Int, {
    description: 'Actions that succeeded, also when undone since; undoing is not counted as an action.',
  })
  successfulActions!: number;

  @Field(() => Int, { description: 'Actions that were undone.' })
  undoneActions!: number;

  @Field(() => Float, { description: 'All metered work, in USD, whether or not an action came of it.' })
  totalCostUsd!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Total cost divided by the successful actions, in USD; null when there was none.',
  })
  costPerSuccessfulActionUsd!: number | null;

  @Field(() => [MeterTotal], { description: 'What the total is made of, the dearest first.' })
  meters!: MeterTotal[];
}
