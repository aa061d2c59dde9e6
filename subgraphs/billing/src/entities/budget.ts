import { DecimalType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, Float, ObjectType } from 'type-graphql';

/** What a tenant may spend in a calendar month (UTC), and what it has spent of it. */
@ObjectType({ description: 'What an organisation may spend in a calendar month (UTC), and what it has spent of it.' })
@Entity({ schema: 'billing', tableName: 'budget' })
export class Budget {
  @PrimaryKey({ type: 'uuid' })
  tenantId!: string;

  @Field(() => Float, { description: 'What may be spent in a month, in USD.' })
  @Property({ type: new DecimalType('number') })
  monthlyUsd!: number;

  @Property({ type: 'datetime' })
  changedAt!: Date;

  /** Computed from the meters whenever a budget is read; not a column. */
  @Field(() => Float, { description: 'What this month has cost so far, in USD.' })
  spentUsd!: number;

  @Field(() => Float, { description: 'What is left for this month, in USD; 0 once all of it is spent.' })
  get remainingUsd(): number {
    return Math.max(0, this.monthlyUsd - this.spentUsd);
  }
}
