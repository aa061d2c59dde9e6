import { buildClientSchema, type ExecutionResult, type GraphQLFieldResolver, isObjectType, parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Row, Rows } from './rows.ts';

export interface GraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export type Monolith = (request: GraphRequest) => ExecutionResult | Promise<ExecutionResult>;

/**
 * The peer: the same schema as one graphql-jit process, each operation compiled once, over rows in memory. No network
 * between its parts, no database, no permissions: what a graph costs at the least.
 */
export function createMonolith(rows: Rows): Monolith {
  const schema = buildClientSchema(rows.introspection);
  for (const [typeName, fields] of Object.entries(resolversOver(rows))) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`The schema has no type ${typeName}.`);
    for (const [name, resolve] of Object.entries(fields)) {
      const field = type.getFields()[name];
      if (!field) throw new Error(`The schema has no ${typeName}.${name}.`);
      field.resolve = resolve;
    }
  }
  const compiled = new Map<string, Monolith>();
  return (request) => {
    const known = compiled.get(request.query);
    if (known) return known(request);
    const operation = compileQuery(schema, parse(request.query));
    if (!isCompiledQuery(operation)) return operation;
    const run: Monolith = ({ variables }) => operation.query(undefined, undefined, variables);
    compiled.set(request.query, run);
    return run(request);
  };
}

type Resolvers = Readonly<Record<string, Readonly<Record<string, GraphQLFieldResolver<Row, unknown>>>>>;

function resolversOver(rows: Rows): Resolvers {
  const [users, roles, tenants] = [byId(rows.users), byId(rows.roles), byId(rows.tenants)];
  const [documents, passages, answers] = [byId(rows.documents), byId(rows.passages), byId(rows.answers)];
  const budgets = byId(rows.budgets);
  const join =
    (table: ReadonlyMap<unknown, Row>, column: string): GraphQLFieldResolver<Row, unknown> =>
    (row) =>
      table.get(row[column]) ?? null;
  const sources = { document: join(documents, 'document'), passage: join(passages, 'passage') };
  return {
    Query: {
      viewer: () => users.get(rows.viewerId) ?? null,
      answer: (_root, { id }) => answers.get(id) ?? null,
      actions: (_root, { first }) => page(rows.actions, Number(first)),
    },
    User: {
      tenant: join(tenants, 'tenant'),
      // A user's row holds the ids of its roles.
      roles: (user) => (user.roles as string[]).map((id) => roles.get(id)),
    },
    Tenant: { budget: join(budgets, 'id') },
    Passage: { document: join(documents, 'document') },
    Citation: sources,
    Evidence: sources,
    Action: { maker: join(users, 'maker') },
    Approval: { approver: join(users, 'approver') },
  };
}

const byId = (rows: readonly Row[]): ReadonlyMap<unknown, Row> => new Map(rows.map((row) => [row.id, row]));

function page(rows: Rows['actions'], first: number) {
  const edges = rows.slice(0, first).map((node) => ({ node, cursor: node.cursor }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
