import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

/** That a user, or everybody in a group, holds a role. */
@ObjectType('RoleAssignment', { description: 'That a person, or everybody in a group, holds a role.' })
@Entity({ schema: 'tenants', tableName: 'assignment' })
export class Assignment {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'uuid' })
  roleId!: string;

  @Property({ type: 'uuid', nullable: true })
  userId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  groupId!: string | null;

  @Field(() => Date, { description: 'When it was assigned.' })
  @Property({ type: 'datetime', onCreate: () => new Date() })
  since!: Date;

  /** Null: until it is revoked. */
  @Field(() => Date, { nullable: true, description: 'When it ends by itself; null: when it is revoked.' })
  @Property({ type: 'datetime', nullable: true })
  expiresAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why, in the words of who assigned it.' })
  @Property({ type: 'text', nullable: true })
  reason!: string | null;

  /** `kind:id` of the principal. */
  @Field({ description: 'Who assigned it last, as `kind:id`.' })
  @Property({ type: 'text' })
  assignedBy!: string;
}
