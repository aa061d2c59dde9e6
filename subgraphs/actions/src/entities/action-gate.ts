import { JsonScalar } from '@countersign/kernel';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { explainRequirements, type Gate, sumOf } from '../services/gates/index.ts';

/** What a tenant asks of actions of some tools. */
@ObjectType({
  description: 'What a tenant asks of actions of some tools, beyond that their maker does not approve them.',
})
@Entity({ schema: 'actions', tableName: 'gate' })
export class ActionGate {
  [OptionalProps]?: 'version' | 'sentences';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Its name, which sentences about it give as their reason.' })
  @Property({ type: 'text' })
  name!: string;

  @Field(() => JsonScalar, { description: 'What it asks for, as `setActionGate` took it.' })
  @Property({ type: 'jsonb' })
  definition!: Omit<Gate, 'id' | 'name'>;

  @Field(() => Int, { description: 'How often it was set.' })
  @Property({ type: 'integer', version: true })
  version!: number;

  @Field(() => Date, { description: 'When it was last set.' })
  @Property({ type: 'datetime' })
  updatedAt!: Date;

  @Field(() => [String], { description: 'What it asks for, in words.' })
  get sentences(): string[] {
    return explainRequirements(sumOf([gateOf(this)], gateOf(this).undos === true));
  }
}

/** A row as the rules have it: its definition was checked when it was set. */
export const gateOf = ({ id, name, definition }: Pick<ActionGate, 'id' | 'name' | 'definition'>): Gate => ({
  ...definition,
  id,
  name,
});
