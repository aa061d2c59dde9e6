import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum BundleRisk {
  LOW = 'LOW',
  MEDIUM = 'MEDIUM',
  HIGH = 'HIGH',
}

registerEnumType(BundleRisk, {
  name: 'BundleRisk',
  description: 'How much harm the tools of a bundle could do.',
  valuesConfig: {
    LOW: { description: 'Little.' },
    MEDIUM: { description: 'Some.' },
    HIGH: { description: 'Much.' },
  },
});

@ObjectType({ description: 'A sum of money.' })
export class BundleAmount {
  @Field(() => String, { nullable: true, description: 'Its currency, as the tools name it; null where they do not.' })
  currency!: string | null;

  @Field({ description: 'Decimal text, exact, such as `12.5`.' })
  amount!: string;
}

@ObjectType({ description: 'What steps come to together.' })
export class BundleTotals {
  @Field(() => Int, { description: 'How many there are.' })
  steps!: number;

  @Field(() => Int, { description: 'How many changes on the other side are previewed.' })
  changes!: number;

  @Field(() => String, {
    nullable: true,
    description: 'What they cost on the other side in US dollars, decimal text; null where none says.',
  })
  costUsd!: string | null;

  @Field(() => [BundleAmount], { description: 'How much money they are about, by currency, without signs.' })
  amounts!: readonly BundleAmount[];

  @Field(() => BundleRisk, { description: 'The highest risk of any of them.' })
  risk!: `${BundleRisk}`;
}
