import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { RequestContext } from '@countersign/kernel';
import { LinkDataSource, type SubgraphLink } from './subgraph-link.ts';

// Apollo's gateway reports usage unless told not to before it loads.
process.env.APOLLO_TELEMETRY_DISABLED = 'true';
const { ApolloGateway } = await import('@apollo/gateway');

export type SupergraphExecutor = NonNullable<ApolloServerOptionsWithGateway<RequestContext>['gateway']>;

/**
 * The one seam between our server and whatever plans and runs operations over the subgraphs. Today that is Apollo's
 * gateway; another executor has to answer the same two things: the API schema, and the running of one operation.
 */
export function createExecutor(supergraphSdl: string, links: ReadonlyMap<string, SubgraphLink>): SupergraphExecutor {
  return new ApolloGateway({
    supergraphSdl,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    buildService: ({ name }) => {
      const link = links.get(name);
      if (!link) throw new Error(`No link to the subgraph ${name}.`);
      return new LinkDataSource(link);
    },
  });
}
