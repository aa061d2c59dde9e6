import type { SubgraphLink } from '@countersign/gateway';
import type { Principal, RequestContext } from '@countersign/kernel';
import { type ExecutionResult, GraphQLError } from 'graphql';

/** A fault between the gateway and a subgraph, of a kind that products have had. */
export type Plant = (link: SubgraphLink) => SubgraphLink['execute'];

/** Stands between, and does what the test that is running says. */
export class Planting {
  plant: Plant | undefined;

  readonly between = (link: SubgraphLink): SubgraphLink => ({
    ...link,
    execute: (request, context) => (this.plant?.(link) ?? link.execute)(request, context),
  });
}

/** Whoever asks for such a field is given what somebody of another tenant was given last. */
export function answersRemembered(field: RegExp): Plant {
  const last = new Map<string, unknown>();
  return ofSubgraph((result, { principal: { tenantId } }) =>
    changed(result, (key, value) => {
      if (!field.test(key) || typeof value !== 'string') return value;
      const [foreign] = [...last].filter(([tenant]) => tenant !== tenantId);
      last.set(tenantId, value);
      return foreign ? foreign[1] : value;
    }),
  );
}

/** Reads with the product's own rights, and forgets whose answer it is. */
export const readsAsTheProduct: Plant = (link) => (request, context) =>
  link.execute(request, link.name === 'knowledge' ? { ...context, principal: almighty(context) } : context);

const almighty = ({ principal }: RequestContext): RequestContext['principal'] => ({
  kind: 'service',
  id: 'product',
  tenantId: principal.tenantId,
  roles: [],
  permissions: ['*:*:*'],
  attributes: { clearance: 3 },
});

/** Masks nothing from anybody. */
export const masksNothing: Plant = (link) => (request, context) =>
  link.execute(request, { ...context, principal: seesThrough(context) });

/** Not to be looked up again: it would be seen for what it is. */
const seesThrough = ({ principal: { revision: _revision, ...principal } }: RequestContext): Principal => ({
  ...principal,
  permissions: [...principal.permissions, '*:sensitive:read'],
});

/** Counts what it does not show. */
export const countsTheHidden: Plant = ofSubgraph((result) =>
  changed(result, (key, value) => (key === 'hasNextPage' ? true : value)),
);

/** Says in an error whom it found instead. */
export function errorsThatTell(secret: () => string): Plant {
  return ofSubgraph((result) => {
    const [error] = result.errors ?? [];
    if (!error) return result;
    return { ...result, errors: [new GraphQLError(`${error.message} Did you mean ${secret()}?`, error)] };
  });
}

function ofSubgraph(change: (result: ExecutionResult, context: RequestContext) => ExecutionResult): Plant {
  return (link) => async (request, context) => change(await link.execute(request, context), context);
}

function changed(result: ExecutionResult, change: (key: string, value: unknown) => unknown): ExecutionResult {
  const data = JSON.parse(JSON.stringify(result.data ?? null), change);
  return { ...result, data };
}
