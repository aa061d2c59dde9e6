import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Document, Passage } from './references.ts';

/** A cited passage that a proposal rests on, as it was read again for its maker. Never changed. */
@ObjectType({ description: 'A cited passage that an action rests on, as it was read again for its maker.' })
@Entity({ schema: 'actions', tableName: 'evidence' })
export class Evidence {
  [OptionalProps]?: 'document' | 'passage';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'uuid' })
  actionId!: string;

  @Property({ type: 'integer' })
  ordinal!: number;

  @Field(() => ID, { description: 'The answer that cites it.' })
  @Property({ type: 'text' })
  answerId!: string;

  @Field(() => Int, { description: 'The number of the citation in the answer.' })
  @Property({ type: 'integer' })
  marker!: number;

  @Field(() => String, {
    nullable: true,
    description: 'What was cited, word for word; masked or refused to who may not see it.',
  })
  @Property({ type: 'text' })
  quote!: string;

  @Field({ description: 'SHA-256 of the quote in UTF-8, in hex: shows whether the source still says so.' })
  @Property({ type: 'text' })
  sha256!: string;

  @Property({ type: 'text', nullable: true })
  documentId!: string | null;

  @Property({ type: 'text', nullable: true })
  passageId!: string | null;

  @Field(() => Document, { nullable: true, description: 'The document that it stands in.' })
  get document(): Document | null {
    return this.documentId === null ? null : { id: this.documentId };
  }

  @Field(() => Passage, { nullable: true, description: 'The passage that it stands in.' })
  get passage(): Passage | null {
    return this.passageId === null ? null : { id: this.passageId };
  }
}
