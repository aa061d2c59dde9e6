import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum AccessPolicyEffect {
  PERMIT = 'PERMIT',
  FORBID = 'FORBID',
}

registerEnumType(AccessPolicyEffect, {
  name: 'AccessPolicyEffect',
  description: 'What a statement does where it applies.',
  valuesConfig: {
    PERMIT: { description: 'It allows, also where no role does.' },
    FORBID: { description: 'It refuses, whatever else allows.' },
  },
});

export enum AccessPolicyClauseKind {
  WHEN = 'WHEN',
  UNLESS = 'UNLESS',
}

registerEnumType(AccessPolicyClauseKind, {
  name: 'AccessPolicyClauseKind',
  description: 'Whether a condition has to hold or must not hold.',
  valuesConfig: {
    WHEN: { description: 'The statement applies only where it holds.' },
    UNLESS: { description: 'The statement applies only where it does not hold.' },
  },
});

@ObjectType({ description: 'A condition of a statement.' })
export class AccessPolicyClause {
  @Field(() => AccessPolicyClauseKind, { description: 'Whether it has to hold or must not hold.' })
  kind!: AccessPolicyClauseKind;

  @Field({ description: 'The condition in Cedar, with its `when` or `unless`.' })
  text!: string;
}

@ObjectType({ description: 'One permit or forbid of a policy.' })
export class AccessPolicyStatement {
  @Field(() => AccessPolicyEffect, { description: 'What it does where it applies.' })
  effect!: AccessPolicyEffect;

  @Field(() => [String], { description: 'The permissions that it is about.' })
  permissions!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description: 'The type of object that it is about; null where its permissions alone say so.',
  })
  objectType!: string | null;

  @Field(() => [AccessPolicyClause], { description: 'Its conditions, in their order.' })
  clauses!: readonly AccessPolicyClause[];

  @Field(() => [String], { description: 'The attributes that it looks at, such as `principal.department`.' })
  attributes!: readonly string[];
}

/** A policy of the tenant's about who may do what, in Cedar. */
@ObjectType({ description: "A policy of the tenant's about who may do what, in Cedar." })
@Entity({ schema: 'tenants', tableName: 'policy' })
export class AccessPolicy {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Name, unique within the tenant.' })
  @Property({ type: 'text' })
  name!: string;

  @Field(() => Int, { description: 'Number of its newest version; the first is 1.' })
  @Property({ type: 'integer' })
  version!: number;

  @Field(() => Date, { nullable: true, description: 'When it was retired; null while it is in force.' })
  @Property({ type: 'datetime', nullable: true })
  retiredAt!: Date | null;
}

/** One version of a policy. A version is never changed. */
@ObjectType({ description: 'One version of a policy. A version is never changed.' })
export class AccessPolicyVersion {
  readonly policyId!: string;

  @Field(() => Int, { description: 'Its number.' })
  readonly version!: number;

  @Field({ description: 'Its text, in Cedar.' })
  readonly source!: string;

  @Field(() => String, { nullable: true, description: 'What its author had to say about it.' })
  readonly note!: string | null;

  @Field({ description: 'Who published it, as `kind:id`.' })
  readonly author!: string;

  @Field(() => Date, { description: 'When it was published.' })
  readonly publishedAt!: Date;
}
