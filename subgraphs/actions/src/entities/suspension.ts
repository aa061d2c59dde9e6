import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { User } from './references.ts';

export enum SuspensionScope {
  TENANT = 'TENANT',
  CONNECTOR = 'CONNECTOR',
  TOOL = 'TOOL',
}

registerEnumType(SuspensionScope, {
  name: 'SuspensionScope',
  description: 'How much is stopped.',
  valuesConfig: {
    TENANT: { description: 'Everything.' },
    CONNECTOR: { description: 'All tools of one connector.' },
    TOOL: { description: 'One tool.' },
  },
});

/** While it stands nothing that it covers is begun: neither executed, nor tried again, nor undone. */
@ObjectType({
  description: 'While it stands nothing that it covers is begun: neither executed, nor tried again, nor undone.',
})
@Entity({ schema: 'actions', tableName: 'suspension' })
export class Suspension {
  [OptionalProps]?: 'suspendedBy';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field(() => SuspensionScope, { description: 'How much is stopped.' })
  @Property({ type: 'text' })
  scope!: SuspensionScope;

  @Field({ description: 'The connector or the tool; `*` for everything.' })
  @Property({ type: 'text' })
  name!: string;

  @Field({ description: 'Why, in the words of who stopped it.' })
  @Property({ type: 'text' })
  reason!: string;

  @Property({ type: 'text' })
  suspendedByKind!: string;

  @Property({ type: 'text' })
  suspendedById!: string;

  @Field(() => Date, { description: 'Since when.' })
  @Property({ type: 'datetime' })
  since!: Date;

  @Field(() => User, { nullable: true, description: 'Who stopped it; null for a machine.' })
  get suspendedBy(): User | null {
    return this.suspendedByKind === 'user' ? { id: this.suspendedById } : null;
  }
}
