import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { RequestContext } from '@countersign/kernel';
import { LinkDataSource, type SubgraphLink } from './subgraph-link.ts';
import { beginSubscriptions } from './subscription-plans.ts';

// Apollo's gateway reports usage unless told not to before it loads.
process.env.APOLLO_TELEMETRY_DISABLED = 'true';
const { ApolloGateway, executeQueryPlan } = await import('@apollo/gateway');

export type SupergraphExecutor = NonNullable<ApolloServerOptionsWithGateway<RequestContext>['gateway']>;

/**
 * The one seam between our server and whatever plans and runs operations over the subgraphs. Today that is Apollo's
 * gateway; another executor has to answer the same three things: the API schema, the running of one operation, and the
 * beginning of a subscription, which is handed over through the context (`LiveContext`).
 */
export function createExecutor(supergraphSdl: string, links: ReadonlyMap<string, SubgraphLink>): SupergraphExecutor {
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    buildService: ({ name }) => {
      const link = links.get(name);
      if (!link) throw new Error(`No link to the subgraph ${name}.`);
      return new LinkDataSource(link);
    },
  });
  const subscriptions = beginSubscriptions(supergraphSdl, links, executeQueryPlan);
  return {
    onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
    stop: () => gateway.stop(),
    load: async (options) => {
      const { executor: run } = await gateway.load(options);
      return { executor: (request) => subscriptions(request) ?? run(request) };
    },
  };
}
