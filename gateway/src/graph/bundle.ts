import { createHash } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import type { GraphRequest, RequestContext } from '@countersign/kernel';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { apiErrors } from '../limits/api-errors.ts';
import { costLimit } from '../limits/cost.ts';
import { knownOperation } from '../limits/known-operation.ts';
import { permittedIntrospection } from '../limits/permitted-introspection.ts';
import { maxTokens, shapeLimits } from '../limits/shape.ts';
import { composeSupergraph } from './composition.ts';
import { createExecutor } from './executor.ts';
import { operatorLog } from './operator-log.ts';
import { PermittedSchemas } from './permitted-schema.ts';
import type { SubgraphLink } from './subgraph-link.ts';

/**
 * One version of the graph: composed, planned, compiled, never changed. A new version is a new bundle; whoever began on
 * one finishes on it.
 */
export interface GraphBundle {
  /** Digest of the supergraph. */
  readonly version: string;
  readonly supergraphSdl: string;
  /** What callers see: the supergraph without what is for machines. */
  readonly apiSchema: GraphQLSchema;
  readonly server: ApolloServer<RequestContext>;
  execute(request: GraphRequest, context: RequestContext): Promise<ExecutionResult>;
  close(): Promise<void>;
}

export async function createBundle(links: readonly SubgraphLink[]): Promise<GraphBundle> {
  const subgraphs = await Promise.all(
    links.map(async (link) => ({ name: link.name, url: link.url, sdl: await link.sdl() })),
  );
  const supergraphSdl = composeSupergraph(subgraphs);
  const gateway = createExecutor(supergraphSdl, new Map(links.map((link) => [link.name, link])));
  const schemas: GraphQLSchema[] = [];
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => schemas.push(apiSchema));
  const server = new ApolloServer<RequestContext>({
    gateway,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens },
    validationRules: shapeLimits,
    formatError: apiErrors,
    plugins: [costLimit(), knownOperation(), permittedIntrospection(() => permitted), operatorLog(links)],
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
  });
  await server.start();
  const [apiSchema] = schemas;
  if (!apiSchema) throw new Error('The executor came up without a schema.');
  const permitted = new PermittedSchemas(apiSchema, supergraphSdl);
  return {
    apiSchema,
    version: createHash('sha256').update(supergraphSdl).digest('hex').slice(0, 16),
    supergraphSdl,
    server,
    execute: async ({ query, variables, operationName }, contextValue) => {
      const { body } = await server.executeOperation({ query, variables, operationName }, { contextValue });
      if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
      return body.singleResult as ExecutionResult; // The same shape, formatted.
    },
    close: () => server.stop(),
  };
}
