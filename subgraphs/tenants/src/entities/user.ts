import { type Attributes, JsonScalar } from '@countersign/kernel';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** A person of one tenant. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'A person of one tenant.' })
@Entity({ schema: 'tenants', tableName: 'app_user' })
export class User {
  [OptionalProps]?: 'updatedAt' | 'version' | 'listPosition';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Address that the person signs in with; masked or refused to who may not see it.',
  })
  @Property()
  email!: string;

  @Field({ description: 'Name as the person writes it.' })
  @Property()
  name!: string;

  /** The person's id in the directory that provisions them. */
  @Property({ type: 'text', nullable: true })
  externalId?: string | null;

  @Property({ type: 'text', nullable: true })
  givenName?: string | null;

  @Property({ type: 'text', nullable: true })
  familyName?: string | null;

  @Field(() => JsonScalar, { description: "What policies look at, by name, as the tenant's attribute schema has it." })
  @Property({ type: 'jsonb' })
  attributes: Attributes = {};

  @Field({ description: 'Whether the person may sign in.' })
  @Property()
  active: boolean = true;

  /** Set once the directory took the person away for good: the row stays for what names it. */
  @Property({ type: 'datetime', nullable: true })
  deletedAt?: Date | null;

  @Property({ type: 'datetime', onCreate: () => new Date() })
  createdAt!: Date;

  @Property({ type: 'datetime', onCreate: () => new Date(), onUpdate: () => new Date() })
  updatedAt!: Date;

  @Property({ type: 'integer', version: true })
  version!: number;

  /** Where the person stands in lists: by name. The database works it out. */
  @Property({ type: 'text', generated: 'lower(name) || chr(1) || id::text' })
  listPosition!: string;
}
