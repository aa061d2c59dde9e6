import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import type { Graph } from './graph.ts';

export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** What the monolith is made of: the graph's own schema, and rows as tables have them, without anything joined. */
export interface Rows {
  readonly introspection: IntrospectionQuery;
  readonly viewerId: string;
  readonly users: readonly Row[];
  readonly roles: readonly Row[];
  readonly tenants: readonly Row[];
  /** By tenant: its id is the tenant's. */
  readonly budgets: readonly Row[];
  readonly documents: readonly Row[];
  readonly passages: readonly Row[];
  readonly answers: readonly Row[];
  /** As the graph lists them, newest first. */
  readonly actions: readonly (Row & { readonly cursor: string })[];
}

/** Reads the rows out of the product, over its graph: another object is an id in them, never the object itself. */
export async function readRows(
  viewer: Graph,
  others: readonly Graph[],
  { entities, answerId }: { readonly entities: number; readonly answerId: string },
): Promise<Rows> {
  const people = await Promise.all([viewer, ...others].map((graph) => graph<PersonAnswer>(personQuery)));
  const { actions } = await viewer<ActionsAnswer>(actionsQuery, { first: entities });
  const { answer } = await viewer<{ answer: Row & { citations: { document: Row; passage: Row }[] } }>(answerQuery, {
    id: answerId,
  });
  const nodes = actions.edges.map(({ cursor, node }) => ({ ...node, cursor }));
  const evidence = nodes.flatMap((node) => node.evidence);
  const passages = [...evidence, ...answer.citations].map(({ passage }) => passage);
  const documents = [...evidence, ...answer.citations].map(({ document }) => document);
  const [self] = people;
  if (!self) throw new Error('Nobody looks at the graph.');
  const { budget, ...tenant } = self.viewer.tenant;
  return {
    introspection: await viewer<IntrospectionQuery>(getIntrospectionQuery()),
    viewerId: self.viewer.id,
    users: people.map(({ viewer: { roles, tenant, ...user } }) => ({
      ...user,
      tenant: tenant.id,
      roles: roles.map((role) => role.id),
    })),
    roles: distinct(people.flatMap((each) => each.viewer.roles)),
    tenants: [tenant],
    budgets: [{ id: tenant.id, ...budget }],
    documents: distinct(documents),
    passages: distinct(passages).map(joinsToIds),
    answers: [{ ...answer, citations: answer.citations.map(joinsToIds) }],
    actions: nodes.map((node) => ({
      ...joinsToIds(node),
      evidence: node.evidence.map(joinsToIds),
      approvals: node.approvals.map(joinsToIds),
    })),
  };
}

const joins = ['document', 'passage', 'maker', 'approver'];

/** A row whose joined objects are their ids. */
function joinsToIds<R extends object>(row: R): R {
  const ids = Object.entries(row).map(([name, value]) => {
    const joined = joins.includes(name) && typeof value === 'object' && value !== null && 'id' in value;
    return [name, joined ? value.id : value] as const;
  });
  return Object.fromEntries(ids) as R; // The same fields; what is joined is read by the monolith alone.
}

const distinct = (rows: readonly Row[]): Row[] => [...new Map(rows.map((row) => [row.id, row])).values()];

interface PersonAnswer {
  viewer: Row & { roles: Row[]; tenant: Row & { budget: object } };
}

interface ActionsAnswer {
  actions: {
    edges: { cursor: string; node: Row & { evidence: { document: Row; passage: Row }[]; approvals: object[] } }[];
  };
}

const personQuery = `{
  viewer {
    id email name permissions
    roles { id name description permissions }
    tenant { id name region budget { monthlyUsd spentUsd remainingUsd } }
  }
}`;

const sources = `document { id title source createdAt access { roles } } passage { id ordinal start end quote document { id } }`;

const answerQuery = `query Answer($id: ID!) {
  answer(id: $id) {
    id question status text confidence createdAt
    route { tier provider model reason costUsd latencyMs }
    citations { marker quote start end ${sources} }
  }
}`;

const actionsQuery = `query Actions($first: Int!) {
  actions(first: $first) {
    edges {
      cursor
      node {
        id status tool title reversible planHash attempts createdAt updatedAt
        maker { id }
        preview { summary changes { path before after } }
        policy { decision reasons }
        evidence { id marker quote sha256 ${sources} }
        approvals { id decision comment at approver { id } }
      }
    }
  }
}`;
