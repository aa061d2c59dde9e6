import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import {
  CountersignError,
  type EventStream,
  type GraphRequest,
  type Logger,
  type PrincipalSigner,
  type RequestContext,
  remoteExecutor,
  remoteSubscriber,
  requestContext,
  type SubgraphRuntime,
  servicePrincipal,
} from '@countersign/kernel';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { nobody } from '../authentication/nobody.ts';

/** How the gateway reaches one subgraph: a call in one process, HTTP across processes. */
export interface SubgraphLink {
  readonly name: string;
  readonly url?: string;
  sdl(): Promise<string>;
  execute(request: GraphRequest, context: RequestContext): Promise<ExecutionResult>;
  /** Begins a subscription; answers its events, or why it was refused. */
  subscribe(request: GraphRequest, context: RequestContext): Promise<ExecutionResult | EventStream>;
}

export function localLink(runtime: SubgraphRuntime): SubgraphLink {
  return {
    name: runtime.name,
    sdl: async () => runtime.sdl,
    execute: (request, context) => runtime.execute(request, context),
    subscribe: (request, context) => runtime.subscribe(request, context),
  };
}

export function remoteLink(name: string, url: string, signer: PrincipalSigner, log: Logger): SubgraphLink {
  const execute = remoteExecutor(url, name, signer);
  return {
    name,
    url,
    execute,
    subscribe: remoteSubscriber(url, name, signer),
    sdl: async () => {
      const asGateway = requestContext(servicePrincipal(nobody, 'gateway', []), log);
      const { data, errors } = await execute({ query: '{ _service { sdl } }' }, asGateway);
      if (errors?.[0]) throw new CountersignError('UPSTREAM_UNAVAILABLE', `${name}: ${errors[0].message}`);
      return (data as { _service: { sdl: string } })._service.sdl;
    },
  };
}

/** Apollo's gateway asks its subgraphs through this. */
export class LinkDataSource implements GraphQLDataSource<RequestContext> {
  readonly #link: SubgraphLink;

  constructor(link: SubgraphLink) {
    this.#link = link;
  }

  // The type of the answer is Apollo's own wider shape of an execution result.
  async process({
    request,
    context,
  }: GraphQLDataSourceProcessOptions<RequestContext>): ReturnType<GraphQLDataSource<RequestContext>['process']> {
    const { query = '', variables, operationName } = request;
    // Apollo's type allows an empty context for schema polling, which is not done here.
    const caller = context as RequestContext;
    const result = await this.#link.execute({ query, variables, operationName }, caller).catch((error: unknown) => {
      // Thrown, it would lose its code; as a subgraph's own refusal it keeps it, and the rest is answered.
      if (!(error instanceof CountersignError)) throw error;
      caller.log.warn({ err: error, subgraph: this.#link.name }, 'A subgraph could not be asked');
      return { errors: [new GraphQLError(error.message, { extensions: { code: error.code } })] };
    });
    return result as Awaited<ReturnType<GraphQLDataSource<RequestContext>['process']>>;
  }
}
