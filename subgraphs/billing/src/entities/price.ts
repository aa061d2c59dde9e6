import { DecimalType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, Float, ObjectType } from 'type-graphql';

/** What one unit of a meter costs from a date on. */
@ObjectType({ description: 'What one unit of a meter costs from a date on.' })
@Entity({ schema: 'billing', tableName: 'price' })
export class Price {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** Null on the price list; set on a price that one tenant has by contract. */
  @Property({ type: 'uuid', nullable: true })
  tenantId!: string | null;

  @Field({ description: 'What is counted, such as `tool.call.execute`.' })
  @Property()
  meter!: string;

  @Field({ description: 'What one of it is, such as `call` or `millisecond`.' })
  @Property()
  unit!: string;

  @Field(() => Float, { description: 'Price of one unit, in USD.' })
  @Property({ type: new DecimalType('number') })
  unitPriceUsd!: number;

  @Field(() => Date, { description: 'When this price began to hold.' })
  @Property({ type: 'datetime' })
  effectiveFrom!: Date;
}
