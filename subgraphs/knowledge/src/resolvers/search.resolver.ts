import {
  type Connection,
  loadTogether,
  notFound,
  PageArgs,
  PageInfo,
  parsePage,
  type RequestContext,
} from '@countersign/kernel';
import { Arg, Args, Ctx, Field, FieldResolver, Float, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { Document } from '../entities/document.ts';
import { Passage } from '../entities/passage.ts';
import type { Documents } from '../services/documents.ts';
import type { Search } from '../services/search.ts';

@ObjectType({ description: 'A passage that was found.' })
export class SearchEdge {
  @Field({ description: 'Names the place, for paging.' })
  cursor!: string;

  @Field(() => Float, {
    description: 'How it ranks beside the others of this search, 0 to 1; 1 leads by words and by likeness.',
  })
  score!: number;

  @Field(() => Float, { description: 'How likely the query is about what this passage is about, 0 to 1.' })
  confidence!: number;

  @Field(() => Passage, { description: 'The passage.' })
  node!: Passage;
}

@ObjectType({ description: 'A page of what was found.' })
export class SearchConnection {
  @Field(() => [SearchEdge], { description: 'The passages of the page, best first.' })
  edges!: SearchEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands in the list.' })
  pageInfo!: PageInfo;
}

@Resolver(() => Passage)
export class SearchResolver {
  readonly #search: Search;
  readonly #documents: Documents;

  constructor(search: Search, documents: Documents) {
    this.#search = search;
    this.#documents = documents;
  }

  @Query(() => SearchConnection, {
    description: 'Finds passages by words and by likeness, among those that the caller may read. Best first.',
  })
  search(
    @Arg('query', () => String, { description: 'What is looked for, in words; at most 2,000 characters.' })
    query: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<SearchEdge>> {
    return this.#search.find(context, query, parsePage(page));
  }

  @FieldResolver(() => Document, { description: 'The document that it is a piece of.' })
  async document(@Root() passage: Passage, @Ctx() context: RequestContext): Promise<Document> {
    const load = (ids: readonly string[]) => this.#documents.byIds(context, ids);
    const document = await loadTogether(context, 'Passage.document', passage.documentId, load);
    if (!document) throw notFound('document');
    return document;
  }
}
