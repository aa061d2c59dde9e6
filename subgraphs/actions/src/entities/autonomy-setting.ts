import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { Level, Scope } from '../services/autonomy/index.ts';
import { AutonomyLevel } from './autonomy-level.ts';
import { User } from './references.ts';

export enum AutonomyScope {
  TENANT = 'TENANT',
  RISK = 'RISK',
  CONNECTOR = 'CONNECTOR',
  TOOL = 'TOOL',
}

registerEnumType(AutonomyScope, {
  name: 'AutonomyScope',
  description: 'Which tools a level is set for.',
  valuesConfig: {
    TENANT: { description: 'All.' },
    RISK: { description: 'Those of one risk.' },
    CONNECTOR: { description: 'Those of one connector.' },
    TOOL: { description: 'One.' },
  },
});

/** How far an administrator lets tools go at most. Of several that cover a tool the lowest holds. */
@ObjectType({
  description: 'How far an administrator lets tools go at most. Of several that cover a tool the lowest holds.',
})
@Entity({ schema: 'actions', tableName: 'autonomy_setting' })
export class AutonomySetting {
  [OptionalProps]?: 'setBy';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field(() => AutonomyScope, { description: 'Which tools it is set for.' })
  @Property({ type: 'text' })
  scope!: Scope;

  @Field({ description: 'The tool, the connector or the risk; `*` for all tools.' })
  @Property({ type: 'text' })
  name!: string;

  @Field(() => AutonomyLevel, { description: 'How far they go at most.' })
  @Property({ type: 'text' })
  level!: Level;

  @Field({ description: 'Why, in the words of who set it.' })
  @Property({ type: 'text' })
  reason!: string;

  @Property({ type: 'text' })
  setByKind!: string;

  @Property({ type: 'text' })
  setById!: string;

  @Field(() => Date, { description: 'Since when.' })
  @Property({ type: 'datetime' })
  since!: Date;

  @Field(() => User, { nullable: true, description: 'Who set it; null for a machine.' })
  get setBy(): User | null {
    return this.setByKind === 'user' ? { id: this.setById } : null;
  }
}
