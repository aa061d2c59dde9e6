import { type Executor, type RequestContext } from '@countersign/kernel';
import { buildSchema, GraphQLError, graphql } from 'graphql';

export interface KnownDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Passages of it, as search would find them. */
  readonly passages: readonly { readonly id: string; readonly start: number; readonly end: number }[];
}

export interface StandInGraph {
  readonly execute: Executor;
  /** The operations that were run, and as whom. */
  readonly asked: { readonly variables: unknown; readonly context: RequestContext }[];
  found: readonly KnownDocument[];
  confidence: number;
  budget: { monthlyUsd: number; spentUsd: number } | null;
  /** What the graph answers instead. */
  refusal?: { readonly code: string; readonly message: string };
}

/** The part of the whole graph that this subgraph asks, in the shapes that the graph has. */
export function standInGraph(found: readonly KnownDocument[]): StandInGraph {
  const graph: StandInGraph = {
    found,
    confidence: 0.9,
    budget: { monthlyUsd: 100, spentUsd: 1 },
    asked: [],
    execute: async ({ query, variables }, context) => {
      graph.asked.push({ variables, context });
      if (graph.refusal) {
        const { code, message } = graph.refusal;
        return { errors: [new GraphQLError(message, { extensions: { code } })] };
      }
      const { kind } = context.principal;
      const rootValue = {
        search: ({ query }: { query: string }) => searchConnection(graph, query),
        viewer: () => (kind === 'user' ? { tenant: { budget: graph.budget } } : null),
      };
      return graphql({ schema, source: query, rootValue, variableValues: variables });
    },
  };
  return graph;
}

function searchConnection({ found, confidence }: StandInGraph, query: string): object {
  if (query.length > 2_000) throw new GraphQLError('`query` is too long.', { extensions: { code: 'BAD_REQUEST' } });
  const nodes = found.flatMap((document) =>
    document.passages.map(({ id, start, end }, ordinal) => {
      return { id, quote: document.text.slice(start, end), start, end, ordinal, document };
    }),
  );
  return {
    edges: nodes.map((node, index) => ({ cursor: String(index), score: 1 / (index + 1), confidence, node })),
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  };
}

const schema = buildSchema(`
  type Query {
    search(query: String!, first: Int, after: String): SearchConnection!
    viewer: User
  }
  type SearchConnection { edges: [SearchEdge!]! pageInfo: PageInfo! }
  type SearchEdge { cursor: String! score: Float! confidence: Float! node: Passage! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Passage { id: ID! quote: String! start: Int! end: Int! ordinal: Int! document: Document! }
  type Document { id: ID! title: String! text: String! }
  type User { id: ID! email: String! tenant: Tenant! }
  type Tenant { id: ID! name: String! region: String! budget: Budget }
  type Budget { monthlyUsd: Float! spentUsd: Float! remainingUsd: Float! }
`);
