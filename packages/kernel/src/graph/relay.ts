import { ArgsType, Directive, Field, Int, ObjectType } from 'type-graphql';
import { CountersignError } from '../errors.ts';

@Directive('@shareable')
@ObjectType({ description: 'Where a page stands in its list (Relay).' })
export class PageInfo {
  @Field({ description: 'Whether there are more after this page.' })
  hasNextPage!: boolean;

  @Field({ description: 'Whether there are some before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last item; null on an empty page.' })
  endCursor!: string | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: 'How many items at most, 1 to 100; 20 unless told.' })
  first?: number;

  @Field(() => String, { nullable: true, description: 'The cursor after which the page begins.' })
  after?: string;
}

export interface Page {
  readonly first: number;
  readonly after: Readonly<Record<string, unknown>> | undefined;
}

export interface Edge<Node> {
  readonly node: Node;
  readonly cursor: string;
}

export interface Connection<E> {
  readonly edges: E[];
  readonly pageInfo: PageInfo;
}

/** Reads paging arguments. Throws `BAD_REQUEST` for a size out of range or a cursor that is not one of ours. */
export function parsePage(args: PageArgs): Page {
  const first = args.first ?? 20;
  if (first < 1 || first > 100) throw new CountersignError('BAD_REQUEST', '`first` must be between 1 and 100.');
  return { first, after: args.after ? decodeCursor(args.after) : undefined };
}

/** Builds a connection out of up to `first + 1` rows: the one too many says that there is a next page. */
export function connection<Row, E extends Edge<unknown>>(
  rows: readonly Row[],
  page: Page,
  toEdge: (row: Row, cursor: (position: object) => string) => E,
): Connection<E> {
  const edges = rows.slice(0, page.first).map((row) => toEdge(row, encodeCursor));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

export const encodeCursor = (position: object): string => Buffer.from(JSON.stringify(position)).toString('base64url');

function decodeCursor(cursor: string): Record<string, unknown> {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof position === 'object' && position !== null) return position as Record<string, unknown>;
  } catch {
    // Answered below: whatever is wrong with it, it is not one of ours.
  }
  throw new CountersignError(
    'BAD_REQUEST',
    '`after` is not a cursor of this list; use an `endCursor` that it returned.',
  );
}
