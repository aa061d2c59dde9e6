import { buildSchema, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';

/** How many actions the operation lists. */
export const entities = 50;

/**
 * A graph of objects in memory, as the federation bench's: what rules cost is clearest where everything else costs next to
 * nothing. Its roots are asynchronous, as those of every subgraph are.
 */
export function graphInMemory(): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const [typeName, fields] of Object.entries(resolvers())) {
    const type = schema.getType(typeName);
    for (const [name, resolve] of Object.entries(fields)) {
      const field = isObjectType(type) ? type.getFields()[name] : undefined;
      if (!field) throw new Error(`The schema has no ${typeName}.${name}.`);
      field.resolve = resolve;
    }
  }
  return schema;
}

/** Three ways in, and 17 fields for each of the actions. */
export const operation = `query Bench {
  viewer { id name permissions tenant { id name region } }
  answer(id: "answer-1") { id question text confidence document { id title } }
  actions(first: ${entities}) {
    edges {
      cursor
      node {
        id status title createdAt
        maker { id name email }
        document { id title source passage { id quote } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** How many fields an answer holds, those of its lists included. */
export function fieldsIn(answer: unknown): number {
  if (Array.isArray(answer)) return answer.reduce((sum: number, each) => sum + fieldsIn(each), 0);
  if (typeof answer !== 'object' || answer === null) return 0;
  return Object.values(answer).reduce((sum: number, value) => sum + 1 + fieldsIn(value), 0);
}

type Row = Readonly<Record<string, unknown>>;
type Resolvers = Readonly<Record<string, Readonly<Record<string, GraphQLFieldResolver<Row, unknown>>>>>;

function resolvers(): Resolvers {
  const numbers = Array.from({ length: entities }, (_, index) => index);
  const table = (row: (index: number) => Row) => new Map<unknown, Row>(numbers.map((index) => [index, row(index)]));
  const users = table((index) => ({
    id: `user-${index}`,
    name: `User ${index}`,
    email: `user-${index}@example.test`,
    permissions: ['knowledge:document:read', 'actions:action:read'],
    tenant: { id: 'tenant-1', name: 'Acme', region: 'eu' },
  }));
  const passages = table((index) => ({ id: `passage-${index}`, quote: `What page ${index} says.` }));
  const documents = table((index) => ({ id: `document-${index}`, title: `Page ${index}`, source: 'Handbook', index }));
  const actions = numbers.map((index) => ({
    id: `action-${index}`,
    status: 'PROPOSED',
    title: `Order ${index}`,
    createdAt: '2026-11-24T09:30:00.000Z',
    index,
  }));
  const edges = actions.map((node) => ({ node, cursor: `after ${node.id}` }));
  const document = ({ index }: Row) => documents.get(index);
  return {
    Query: {
      viewer: async () => users.get(0),
      answer: async (_root, { id }) => ({ id, question: 'How long?', text: 'A day.', confidence: 0.9, index: 0 }),
      actions: async (_root, { first }) => ({
        edges: edges.slice(0, Number(first)),
        pageInfo: { hasNextPage: false, endCursor: edges.at(-1)?.cursor },
      }),
    },
    Action: { maker: ({ index }) => users.get(index), document },
    Answer: { document },
    Document: { passage: ({ index }) => passages.get(index) },
  };
}

const sdl = `
  type Query {
    viewer: User!
    answer(id: ID!): Answer
    actions(first: Int!): ActionConnection!
  }
  type User { id: ID! name: String! email: String permissions: [String!]! tenant: Tenant! }
  type Tenant { id: ID! name: String! region: String! }
  type Answer { id: ID! question: String! text: String! confidence: Float! document: Document }
  type ActionConnection { edges: [ActionEdge!]! pageInfo: PageInfo! }
  type ActionEdge { cursor: String! node: Action! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Action { id: ID! status: String! title: String! createdAt: String! maker: User document: Document }
  type Document { id: ID! title: String! source: String! passage: Passage }
  type Passage { id: ID! quote: String! }
`;
