import { createHash } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { type EventStream, type GraphRequest, mapEvents, type RequestContext } from '@countersign/kernel';
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
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
import type { BegunSubscription, LiveContext } from './subscription-plans.ts';

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
  /**
   * Runs an operation whose answers may go on coming: the events of a subscription, or the one answer of anything else.
   * `fresh` is asked for the caller as they stand, before each event; what it throws ends the subscription.
   */
  follow(
    request: LiveRequest,
    context: RequestContext,
    fresh: () => Promise<RequestContext>,
  ): Promise<ExecutionResult | EventStream>;
  close(): Promise<void>;
}

export interface LiveRequest extends GraphRequest {
  /** Automatic persisted queries. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Refuse everything else. */
  readonly subscriptionsOnly?: boolean;
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
    follow: (request, context, fresh) => follow(server, request, context, fresh),
    close: () => server.stop(),
  };
}

/** The server parses, validates and limits it and begins it; from then on each event is an answer of its own. */
async function follow(
  server: ApolloServer<RequestContext>,
  { query, variables, operationName, extensions, subscriptionsOnly = false }: LiveRequest,
  context: RequestContext,
  fresh: () => Promise<RequestContext>,
): Promise<ExecutionResult | EventStream> {
  let begun: BegunSubscription | undefined;
  const live = { subscriptionsOnly, begun: (subscription: BegunSubscription) => (begun = subscription) };
  const contextValue: RequestContext & LiveContext = { ...context, live };
  const { body } = await server.executeOperation({ query, variables, operationName, extensions }, { contextValue });
  if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
  const result = body.singleResult as ExecutionResult; // The same shape, formatted.
  const subscription = begun as BegunSubscription | undefined; // Set above, in a call that the compiler cannot see.
  if (!subscription) return result;
  if (result.errors) {
    await subscription.events.return();
    return result;
  }
  return mapEvents(subscription.events, async (event) => {
    const { data, errors } = await subscription.answer(event, await fresh());
    return errors ? { data, errors: errors.map(shown) } : { data };
  });
}

function shown(error: GraphQLError): GraphQLError {
  const { message, path, extensions } = apiErrors(error.toJSON());
  return new GraphQLError(message, { path, extensions });
}
