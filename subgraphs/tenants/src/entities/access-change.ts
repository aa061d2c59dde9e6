import { JsonScalar } from '@countersign/kernel';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';

export enum AccessChangeStatus {
  WAITING = 'WAITING',
  MADE = 'MADE',
  REJECTED = 'REJECTED',
}

registerEnumType(AccessChangeStatus, {
  name: 'AccessChangeStatus',
  description: 'Where a change of permissions that needs a second person stands.',
  valuesConfig: {
    WAITING: { description: 'Nothing has changed yet: a second person has to approve it.' },
    MADE: { description: 'A second person approved it, and it was made.' },
    REJECTED: { description: 'It was rejected or taken back; nothing changed.' },
  },
});

@ObjectType({ description: 'What a change of permissions changes.' })
export class AccessChangeSubject {
  @Field({ description: 'What it is, such as `Role`.' })
  type!: string;

  @Field(() => ID, { nullable: true, description: 'Its id; null for what would only be made.' })
  id!: string | null;

  @Field({ description: 'Its name, when the change was asked for.' })
  name!: string;
}

/** A change of permissions that waits, or waited, for a second person. */
@ObjectType({ description: 'A change of permissions that waits, or waited, for a second person.' })
@Entity({ schema: 'tenants', tableName: 'access_change' })
export class AccessChange {
  [OptionalProps]?: 'author';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'What it does, such as `role.create`.' })
  @Property({ type: 'text' })
  kind!: string;

  /** Shown without its secrets. */
  @Property({ type: 'jsonb' })
  input!: Record<string, unknown>;

  @Field(() => AccessChangeSubject, { description: 'What it changes.' })
  @Property({ type: 'jsonb' })
  subject!: AccessChangeSubject;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The subject as it was when the change was asked for; null where there was none.',
  })
  @Property({ type: 'jsonb', nullable: true })
  before!: object | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What the change would have made of it then; null where nothing would be left.',
  })
  @Property({ type: 'jsonb', nullable: true })
  after!: object | null;

  @Field(() => AccessChangeStatus, { description: 'Where it stands.' })
  @Property({ type: 'text' })
  status!: AccessChangeStatus;

  @Field(() => String, { nullable: true, description: 'Why, in the words of who asked for it.' })
  @Property({ type: 'text', nullable: true })
  reason!: string | null;

  @Property({ type: 'text' })
  authorKind!: string;

  @Property({ type: 'text' })
  authorId!: string;

  /** The user behind it: what one asks for with a key, one does not approve oneself. */
  @Property({ type: 'text', nullable: true })
  authorPerson!: string | null;

  @Field(() => Date, { description: 'When it was asked for.' })
  @Property({ type: 'datetime' })
  proposedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'Who approved or rejected it, as `kind:id`; null while it waits.',
  })
  @Property({ type: 'text', nullable: true })
  decidedBy!: string | null;

  @Field(() => Date, { nullable: true, description: 'When that was; null while it waits.' })
  @Property({ type: 'datetime', nullable: true })
  decidedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'What they had to say about it.' })
  @Property({ type: 'text', nullable: true })
  comment!: string | null;

  @Field({ description: 'Who asked for it, as `kind:id`.' })
  get author(): string {
    return `${this.authorKind}:${this.authorId}`;
  }
}
