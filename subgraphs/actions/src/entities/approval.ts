import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { User } from './references.ts';

export enum ApprovalDecision {
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
}

registerEnumType(ApprovalDecision, {
  name: 'ApprovalDecision',
  description: 'What a checker decided.',
  valuesConfig: {
    APPROVED: { description: 'The plan may be executed.' },
    REJECTED: { description: 'The plan may not be executed, or its maker took it back.' },
  },
});

/** One person's decision on one plan. Never changed. */
@ObjectType({ description: "One person's decision on one plan." })
@Entity({ schema: 'actions', tableName: 'approval' })
export class Approval {
  [OptionalProps]?: 'approver' | 'onBehalfOf';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'uuid' })
  actionId!: string;

  @Field(() => ApprovalDecision, { description: 'What was decided.' })
  @Property({ type: 'text' })
  decision!: ApprovalDecision;

  @Field({ description: 'The plan that was decided on: SHA-256 over call and preview, in hex.' })
  @Property({ type: 'text' })
  planHash!: string;

  @Property({ type: 'text' })
  approverKind!: string;

  @Property({ type: 'text' })
  approverId!: string;

  /** The user behind the approver. */
  @Property({ type: 'text', nullable: true })
  approverPerson!: string | null;

  // As the approver was then: gates ask for it.
  @Property({ type: 'text[]' })
  approverRoles!: string[];

  @Property({ type: 'text[]' })
  approverGroups!: string[];

  @Property({ type: 'text', nullable: true })
  approverDepartment!: string | null;

  @Property({ type: 'boolean' })
  seesAll!: boolean;

  /** Users in whose place, too, the approver decided. */
  @Property({ type: 'text[]', fieldName: 'on_behalf_of' })
  onBehalfOfIds!: string[];

  @Field(() => String, { nullable: true, description: 'What the checker wrote.' })
  @Property({ type: 'text', nullable: true })
  comment!: string | null;

  @Field(() => Date, { description: 'When.' })
  @Property({ type: 'datetime' })
  at!: Date;

  @Field(() => User, { nullable: true, description: 'Who decided; null for a machine.' })
  get approver(): User | null {
    return this.approverKind === 'user' ? { id: this.approverId } : null;
  }

  @Field(() => [User], { description: 'In whose place it counts, too: of those who had given theirs to the approver.' })
  get onBehalfOf(): User[] {
    return this.onBehalfOfIds.map((id) => ({ id }));
  }
}
