import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

/** What a machine signs in with, in the name of the person who answers for it. */
@ObjectType({
  description: 'What a machine signs in with. It may do what it names, and never more than its owner may at that time.',
})
@Entity({ schema: 'tenants', tableName: 'api_key' })
export class ApiKey {
  [OptionalProps]?: 'lastUsedAt' | 'revokedAt' | 'rotatedFrom';

  @Field(() => ID, { description: 'Stable id; the principal of whoever signs in with it has it, too.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'What it is called.' })
  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'uuid' })
  ownerId!: string;

  @Field(() => [String], { description: 'Permission patterns `subgraph:resource:verb`; `*` stands for any part.' })
  @Property({ type: 'text[]' })
  permissions!: string[];

  @Field(() => String, { nullable: true, description: 'The connector that it is for; null for any other machine.' })
  @Property({ type: 'text', nullable: true })
  connector!: string | null;

  /** SHA-256 of the whole secret. Read by statements alone, so that it is in no object that could be written out. */
  @Property({ type: 'text', lazy: true })
  secretHash!: string;

  @Field(() => Date, { description: 'When it was made.' })
  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it ends by itself.' })
  @Property({ type: 'datetime' })
  expiresAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'When it was last signed in with, to the minute; null when it never was.',
  })
  @Property({ type: 'datetime', nullable: true })
  lastUsedAt?: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was revoked; null when it was not.' })
  @Property({ type: 'datetime', nullable: true })
  revokedAt?: Date | null;

  @Field(() => ID, { nullable: true, description: 'The key that it took the place of; null for the first.' })
  @Property({ type: 'uuid', nullable: true })
  rotatedFrom?: string | null;
}
