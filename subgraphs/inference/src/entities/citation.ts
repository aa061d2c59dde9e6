import { Field, Int, ObjectType } from 'type-graphql';
import { Document, Passage } from './references.ts';

/** A quote that bears out what stands before its marker. Stored with its answer, in this shape. */
@ObjectType({ description: "A quote that bears out what stands before its marker: the document's own words." })
export class Citation {
  @Field(() => Int, { description: "The n of `[n]` in the answer's text, from 1." })
  marker!: number;

  @Field({ description: 'The words, exactly as the document had them when the question was answered.' })
  quote!: string;

  @Field(() => Int, { description: "Where the quote begins in the document's text, in UTF-16 code units." })
  start!: number;

  @Field(() => Int, { description: "Where the quote ends in the document's text (exclusive), in UTF-16 code units." })
  end!: number;

  // Nullable: a document that was withdrawn since must not take the whole answer with it.
  @Field(() => Document, { nullable: true, description: 'The document; null once it is gone or may not be read.' })
  document!: Document | null;

  @Field(() => Passage, {
    nullable: true,
    description: 'The passage that was read; null once it is gone or may not be read.',
  })
  passage!: Passage | null;
}
