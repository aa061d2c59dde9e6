import {
  type Connection,
  loadTogether,
  notFound,
  PageArgs,
  PageInfo,
  parsePage,
  payload,
  type RequestContext,
  UserError,
} from '@countersign/kernel';
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Classification, classificationOf, levelOf } from '../entities/classification.ts';
import { Document, DocumentAccess } from '../entities/document.ts';
import type { Documents } from '../services/documents.ts';
import type { Ingestion } from '../services/ingestion.ts';

@InputType({ description: 'Who may read a document.' })
export class DocumentAccessInput {
  @Field(() => [String], { description: 'Names of roles, at least one: whoever holds one of them may read it.' })
  roles!: string[];

  @Field(() => Classification, { nullable: true, description: 'How closely it is kept; `PUBLIC` unless told.' })
  classification?: Classification | null;

  @Field(() => String, { nullable: true, description: 'The department that it belongs to; 1 to 100 characters.' })
  department?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The region that it is about or must stay in, such as `eu`; 1 to 100 characters.',
  })
  region?: string | null;
}

@InputType({ description: 'A text that answers can be grounded in.' })
export class IngestDocumentInput {
  @Field({ description: 'Where it comes from, such as the name of a handbook; 1 to 300 characters.' })
  source!: string;

  @Field({ description: 'Its title; 1 to 300 characters.' })
  title!: string;

  @Field({ description: 'Its words, as plain text or Markdown; at most 1 MB of UTF-8.' })
  text!: string;

  @Field({ description: 'Who may read it. Whoever ingests it may, too.' })
  access!: DocumentAccessInput;
}

@ObjectType({ description: 'What came of ingesting a document.' })
export class IngestDocumentPayload {
  @Field(() => Document, {
    nullable: true,
    description: 'The document, which can be found from now on; null when it was refused.',
  })
  document?: Document | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it worked.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'A document at its place in a list.' })
export class DocumentEdge {
  @Field({ description: 'Names the place, for paging.' })
  cursor!: string;

  @Field(() => Document, { description: 'The document.' })
  node!: Document;
}

@ObjectType({ description: 'A page of documents.' })
export class DocumentConnection {
  @Field(() => [DocumentEdge], { description: 'The documents of the page, in order.' })
  edges!: DocumentEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands in the list.' })
  pageInfo!: PageInfo;
}

@Resolver(() => Document)
export class DocumentResolver {
  readonly #documents: Documents;
  readonly #ingestion: Ingestion;

  constructor(documents: Documents, ingestion: Ingestion) {
    this.#documents = documents;
    this.#ingestion = ingestion;
  }

  @Mutation(() => IngestDocumentPayload, {
    nullable: true,
    description: 'Adds a document. It can be found, by those whom it names, once this has returned.',
  })
  ingestDocument(
    @Arg('input', () => IngestDocumentInput, { description: 'The document.' }) input: IngestDocumentInput,
    @Ctx() context: RequestContext,
  ): Promise<IngestDocumentPayload> {
    const { source, title, text, access } = input;
    return payload(async () => ({
      document: await this.#ingestion.ingest(context, {
        source,
        title,
        text,
        roles: access.roles,
        classification: levelOf(access.classification ?? Classification.PUBLIC),
        department: access.department ?? null,
        region: access.region ?? null,
      }),
    }));
  }

  @Query(() => Document, {
    nullable: true,
    description: 'One document; null when there is none that the caller may read.',
  })
  async document(
    @Arg('id', () => ID, { description: "The document's id." }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Document | null> {
    const [document = null] = await this.#documents.byIds(context, [id]);
    return document;
  }

  @Query(() => DocumentConnection, { description: 'The documents that the caller may read, newest first.' })
  documents(@Args(() => PageArgs) page: PageArgs, @Ctx() context: RequestContext): Promise<Connection<DocumentEdge>> {
    return this.#documents.list(context, parsePage(page));
  }

  @FieldResolver(() => DocumentAccess, { description: 'Who may read it.' })
  access(@Root() { roles, classification, department, region }: Document): DocumentAccess {
    return { roles, classification: classificationOf(classification), department, region };
  }

  @FieldResolver(() => String, { description: 'All of its words, exactly as ingested.' })
  async text(@Root() document: Document, @Ctx() context: RequestContext): Promise<string> {
    if (document.text !== undefined) return document.text;
    const load = (ids: readonly string[]) => this.#documents.texts(context, ids);
    const text = await loadTogether(context, 'Document.text', document.id, load);
    if (text === null) throw notFound('document');
    return text;
  }
}
