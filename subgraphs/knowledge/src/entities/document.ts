import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { Classification } from './classification.ts';

@ObjectType({ description: 'Who may read a document.' })
export class DocumentAccess {
  @Field(() => [String], { description: 'Names of the roles of which a reader holds at least one.' })
  roles!: string[];

  @Field(() => Classification, { description: 'How closely it is kept.' })
  classification!: Classification;

  @Field(() => String, { nullable: true, description: 'The department that it belongs to; null for none.' })
  department!: string | null;

  @Field(() => String, { nullable: true, description: 'The region that it is about or must stay in; null for none.' })
  region!: string | null;
}

/** A text that answers can be grounded in, and who may read it. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'A text that answers can be grounded in, and who may read it.' })
@Entity({ schema: 'knowledge', tableName: 'document' })
export class Document {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Where it comes from.' })
  @Property({ type: 'text' })
  source!: string;

  @Field({ description: 'Title as the source has it.' })
  @Property({ type: 'text' })
  title!: string;

  /** Up to 1 MB: read only when it is asked for. */
  @Property({ type: 'text', lazy: true })
  text?: string;

  @Property({ type: 'text[]' })
  roles!: string[];

  /** 0 to 3: see `Classification`. */
  @Property({ type: 'integer' })
  classification!: number;

  @Property({ type: 'text', nullable: true })
  department!: string | null;

  @Property({ type: 'text', nullable: true })
  region!: string | null;

  /** `kind:id` of the principal. */
  @Property({ type: 'text' })
  ingestedBy!: string;

  /** What the statistics of a search are added up from: passages, and terms in them. */
  @Property({ type: 'integer' })
  passageCount!: number;

  @Property({ type: 'integer' })
  termCount!: number;

  @Field(() => Date, { description: 'When it was ingested.' })
  @Property({ type: 'datetime', onCreate: () => new Date() })
  createdAt!: Date;
}
