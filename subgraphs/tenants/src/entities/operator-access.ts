import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

/** That the tenant lets one of the platform's operators in, for a time. */
@ObjectType({
  description: "That the tenant lets one of the platform's operators in, to do what it names and for a time.",
})
@Entity({ schema: 'tenants', tableName: 'operator_access' })
export class OperatorAccess {
  [OptionalProps]?: 'revokedAt';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Address of the operator, in small letters.' })
  @Property({ type: 'text' })
  operator!: string;

  @Field(() => [String], { description: 'Permission patterns: all that the operator may do here, by this grant.' })
  @Property({ type: 'text[]' })
  permissions!: string[];

  @Field({ description: 'What it is for.' })
  @Property({ type: 'text' })
  reason!: string;

  @Field({ description: 'Who granted it, as `kind:id`.' })
  @Property({ type: 'text' })
  grantedBy!: string;

  @Field(() => Date, { description: 'When it was granted.' })
  @Property({ type: 'datetime' })
  grantedAt!: Date;

  @Field(() => Date, { description: 'When it ends by itself.' })
  @Property({ type: 'datetime' })
  expiresAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was taken back; null when it was not.' })
  @Property({ type: 'datetime', nullable: true })
  revokedAt?: Date | null;
}
