import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import {
  CountersignError,
  type GraphRequest,
  PrincipalSigner,
  principalHeader,
  type RequestContext,
  type SubgraphRuntime,
} from '@countersign/kernel';
import type { ExecutionResult } from 'graphql';

/** How the gateway reaches one subgraph: a call in one process, HTTP across processes. */
export interface SubgraphLink {
  readonly name: string;
  readonly url?: string;
  sdl(): Promise<string>;
  execute(request: GraphRequest, context: RequestContext): Promise<ExecutionResult>;
}

export function localLink(runtime: SubgraphRuntime): SubgraphLink {
  return {
    name: runtime.name,
    sdl: async () => runtime.sdl,
    execute: (request, context) => runtime.execute(request, context),
  };
}

/** How long a subgraph may take to answer, in milliseconds. */
const answerTimeoutMs = 30_000;

export function remoteLink(
  name: string,
  url: string,
  signer: PrincipalSigner,
  asGateway: () => RequestContext,
): SubgraphLink {
  const execute = async (request: GraphRequest, context: RequestContext): Promise<ExecutionResult> => {
    const body = JSON.stringify({
      query: request.query,
      variables: request.variables,
      operationName: request.operationName,
    });
    const { principal, correlationId, workflow, surface } = context;
    const origin = { correlationId, workflow, surface };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [principalHeader]: signer.sign({ principal, origin }, name, body),
      },
      body,
      signal: AbortSignal.timeout(answerTimeoutMs),
    }).catch((cause: unknown) => {
      throw new CountersignError('UPSTREAM_UNAVAILABLE', `The ${name} subgraph does not answer.`, { cause });
    });
    return (await response.json()) as ExecutionResult; // A subgraph of ours answers in GraphQL's own shape.
  };
  return {
    name,
    url,
    execute,
    sdl: async () => {
      const { data, errors } = await execute({ query: '{ _service { sdl } }' }, asGateway());
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
    const result = await this.#link.execute({ query, variables, operationName }, context as RequestContext);
    return result as Awaited<ReturnType<GraphQLDataSource<RequestContext>['process']>>;
  }
}
