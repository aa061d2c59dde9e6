import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

/** That a person is signed in on one browser or device. */
@ObjectType({ description: 'That a person is signed in on one browser or device.' })
@Entity({ schema: 'tenants', tableName: 'session' })
export class Session {
  [OptionalProps]?: 'closedAt';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  /** SHA-256 of the whole token. Read by statements alone, so that it is in no object that could be written out. */
  @Property({ type: 'text', lazy: true })
  tokenHash!: string;

  @Field(() => String, { nullable: true, description: 'What the browser calls itself; null when it did not say.' })
  @Property({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Field(() => Date, { description: 'When the person signed in.' })
  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it ends by itself.' })
  @Property({ type: 'datetime' })
  expiresAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was closed; null while it is open.' })
  @Property({ type: 'datetime', nullable: true })
  closedAt?: Date | null;
}
