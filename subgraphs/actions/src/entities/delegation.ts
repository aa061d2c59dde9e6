import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';
import { User } from './references.ts';

/** While it is in force one person's approvals also count as those of another, who is away. */
@ObjectType({ description: "While it is in force one person's approvals also count as those of another, who is away." })
@Entity({ schema: 'actions', tableName: 'delegation' })
export class Delegation {
  [OptionalProps]?: 'from' | 'to';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'text' })
  fromId!: string;

  @Property({ type: 'text' })
  toId!: string;

  @Field(() => Date, { description: 'From when on, this moment included.' })
  @Property({ type: 'datetime' })
  since!: Date;

  @Field(() => Date, { description: 'Until when, this moment not included.' })
  @Property({ type: 'datetime' })
  until!: Date;

  @Field({ description: 'Why, in the words of who gave it.' })
  @Property({ type: 'text' })
  reason!: string;

  @Field(() => User, { description: 'Whose approvals they stand for.' })
  get from(): User {
    return { id: this.fromId };
  }

  @Field(() => User, { description: 'Who approves in their place.' })
  get to(): User {
    return { id: this.toId };
  }
}
