import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';

/** A piece of a document, of about 120 to 220 tokens: what search finds and answers cite. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'A piece of a document: what search finds and answers cite.' })
@Entity({ schema: 'knowledge', tableName: 'passage' })
export class Passage {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'uuid' })
  documentId!: string;

  @Field(() => Int, { description: 'Its place among the passages of the document, from 0.' })
  @Property({ type: 'integer' })
  ordinal!: number;

  @Field(() => Int, { description: "Where it begins in the document's text, in UTF-16 code units." })
  @Property({ type: 'integer', fieldName: 'start_offset' })
  start!: number;

  @Field(() => Int, {
    description: "Where it ends in the document's text, in UTF-16 code units; the first one after it.",
  })
  @Property({ type: 'integer', fieldName: 'end_offset' })
  end!: number;

  @Field({ description: "Its words: exactly the document's text from `start` to `end`." })
  @Property({ type: 'text' })
  quote!: string;
}
