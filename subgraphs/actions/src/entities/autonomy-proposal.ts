import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { Level } from '../services/autonomy/index.ts';
import { AutonomyLevel } from './autonomy-level.ts';
import { User } from './references.ts';

export enum AutonomyProposalStatus {
  OPEN = 'OPEN',
  ACCEPTED = 'ACCEPTED',
  DECLINED = 'DECLINED',
  LAPSED = 'LAPSED',
}

registerEnumType(AutonomyProposalStatus, {
  name: 'AutonomyProposalStatus',
  description: 'What became of a proposal to promote a tool.',
  valuesConfig: {
    OPEN: { description: 'An administrator is to decide.' },
    ACCEPTED: { description: 'The tool was promoted.' },
    DECLINED: { description: 'It was not; what counts began anew.' },
    LAPSED: { description: 'The tool was stepped down before anybody decided.' },
  },
});

/** A tool has earned the next level; it goes no further until an administrator says so. */
@ObjectType({ description: 'A tool has earned the next level; it goes no further until an administrator says so.' })
@Entity({ schema: 'actions', tableName: 'autonomy_proposal' })
export class AutonomyProposal {
  [OptionalProps]?: 'decidedBy';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Connector and tool, such as `fhir.createServiceRequest`.' })
  @Property({ type: 'text' })
  tool!: string;

  @Field(() => AutonomyLevel, { name: 'from', description: 'What it had earned before.' })
  @Property({ type: 'text' })
  fromLevel!: Level;

  @Field(() => AutonomyLevel, { name: 'to', description: 'What it has earned by now.' })
  @Property({ type: 'text' })
  toLevel!: Level;

  @Field(() => AutonomyProposalStatus, { description: 'What became of it.' })
  @Property({ type: 'text' })
  status!: keyof typeof AutonomyProposalStatus;

  @Field(() => Date, { description: 'Since when it was earned.' })
  @Property({ type: 'datetime' })
  openedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was decided; null before.' })
  @Property({ type: 'datetime', nullable: true })
  decidedAt!: Date | null;

  @Property({ type: 'text', nullable: true })
  decidedByKind!: string | null;

  @Property({ type: 'text', nullable: true })
  decidedById!: string | null;

  @Field(() => String, { nullable: true, description: 'Why, in the words of who decided; null before.' })
  @Property({ type: 'text', nullable: true })
  reason!: string | null;

  @Field(() => User, { nullable: true, description: 'Who decided; null before, and where it lapsed.' })
  get decidedBy(): User | null {
    return this.decidedByKind === 'user' && this.decidedById !== null ? { id: this.decidedById } : null;
  }
}
