import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import type { executeQueryPlan, ServiceMap } from '@apollo/gateway';
import { type QueryPlan, QueryPlanner, type SubscriptionNode } from '@apollo/query-planner';
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { CountersignError, type EventStream, type RequestContext } from '@countersign/kernel';
import { type ExecutionResult, GraphQLError, getVariableValues } from 'graphql';
import { LRUCache } from 'lru-cache';
import { LinkDataSource, type SubgraphLink } from './subgraph-link.ts';

/** How the server has its operations run. */
type Run = NonNullable<
  Awaited<ReturnType<NonNullable<ApolloServerOptionsWithGateway<RequestContext>['gateway']>['load']>>['executor']
>;
type Request = Parameters<Run>[0];
type Answer = Awaited<ReturnType<Run>>;
/** Apollo's own way of running a plan. */
type RunPlan = typeof executeQueryPlan;

/** How a caller that can be told more than one answer says so, and gets the subscription. */
export interface LiveContext {
  readonly live?: {
    readonly subscriptionsOnly: boolean;
    begun(subscription: BegunSubscription): void;
  };
}

export interface BegunSubscription {
  /** What the subgraph that has the field tells: its part of each answer. */
  readonly events: EventStream;
  /** The whole answer to one event: what other subgraphs have of it is fetched as the context's caller. */
  answer(event: ExecutionResult, context: RequestContext): Promise<Answer>;
}

/**
 * Apollo's gateway plans subscriptions and does not run them. A plan has the fetch that is followed (`primary`) and what
 * is fetched for each event (`rest`). So each event is run as the plan "first `primary`, then `rest`", in which `primary`
 * is answered by the event. The planner is made when the first subscription asks for it.
 */
export function beginSubscriptions(
  supergraphSdl: string,
  links: ReadonlyMap<string, SubgraphLink>,
  run: RunPlan,
): (request: Request) => Promise<Answer> | undefined {
  let graph: PlannedGraph | undefined;
  return (request) => {
    const { live } = request.context as LiveContext; // Ours: see `GraphBundle.follow`.
    // There is none where the document does not hold the one that was named.
    const operation: Request['operation'] | undefined = request.operation;
    if (operation?.operation !== 'subscription') {
      return live?.subscriptionsOnly ? refused('Over GET, only subscriptions are streamed; use POST.') : undefined;
    }
    if (!live) return refused('Subscribe over a WebSocket, or with `Accept: text/event-stream`.');
    graph ??= new PlannedGraph(supergraphSdl, links, run);
    return graph.begin(request, live.begun);
  };
}

const refused = async (message: string): Promise<Answer> => ({
  errors: [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } })],
});

class PlannedGraph {
  readonly #links: ReadonlyMap<string, SubgraphLink>;
  readonly #run: RunPlan;
  readonly #services: ServiceMap;
  readonly #planner: QueryPlanner;
  readonly #apiSchema: ReturnType<Supergraph['apiSchema']>;
  readonly #supergraphSchema: ReturnType<Supergraph['schema']['toGraphQLJSSchema']>;
  readonly #plans = new LRUCache<string, SubscriptionNode>({ max: 500 });

  constructor(supergraphSdl: string, links: ReadonlyMap<string, SubgraphLink>, run: RunPlan) {
    this.#run = run;
    const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
    this.#links = links;
    this.#services = Object.fromEntries([...links].map(([name, link]) => [name, new LinkDataSource(link)]));
    this.#planner = new QueryPlanner(supergraph);
    this.#apiSchema = supergraph.apiSchema();
    this.#supergraphSchema = supergraph.schema.toGraphQLJSSchema();
  }

  async begin(request: Request, begun: (subscription: BegunSubscription) => void): Promise<Answer> {
    const given = request.request.variables ?? {};
    const { errors } = getVariableValues(request.schema, request.operation.variableDefinitions ?? [], given);
    if (errors) return { errors: errors.map((error) => withCode(error, 'BAD_USER_INPUT')) };
    const { primary, rest } = this.#planOf(request);
    const link = this.#links.get(primary.serviceName);
    if (!link) throw new Error(`No link to the subgraph ${primary.serviceName}.`);
    const used = (primary.variableUsages ?? []).filter((name) => given[name] !== undefined);
    const variables = Object.fromEntries(used.map((name) => [name, given[name]]));
    const { operation: query, operationName } = primary;
    const caller = request.context as RequestContext; // What the server was given.
    const events = await link.subscribe({ query, variables, operationName }, caller).catch(asRefusal);
    if (!(Symbol.asyncIterator in events)) {
      return {
        errors: (events.errors ?? []).map(({ message, extensions }) => new GraphQLError(message, { extensions })),
      };
    }
    const node: QueryPlan['node'] = rest ? { kind: 'Sequence', nodes: [primary, rest] } : primary;
    begun({
      events,
      answer: (event, context) => this.#answer(node, primary.serviceName, event, { ...request, context }),
    });
    return { data: null };
  }

  #answer(node: QueryPlan['node'], primary: string, event: ExecutionResult, request: Request): Promise<Answer> {
    const services = { ...this.#services, [primary]: answeredFirst(event, this.#services[primary]) };
    const { operation, schema, document } = request;
    const fragments = Object.fromEntries(
      document.definitions.flatMap((each) => (each.kind === 'FragmentDefinition' ? [[each.name.value, each]] : [])),
    );
    const plan: QueryPlan = { kind: 'QueryPlan', node };
    const shape = { schema, operation, fragments };
    return this.#run(plan, services, request, shape, this.#supergraphSchema, this.#apiSchema);
  }

  #planOf({ queryHash, request, document }: Request): SubscriptionNode {
    const key = `${queryHash} ${request.operationName ?? ''}`;
    const known = this.#plans.get(key);
    if (known) return known;
    const operation = operationFromDocument(this.#apiSchema, document, { operationName: request.operationName });
    const { node } = this.#planner.buildQueryPlan(operation);
    if (node?.kind !== 'Subscription') throw new Error('A subscription was not planned as one.');
    this.#plans.set(key, node);
    return node;
  }
}

/** The subgraph's first answer is the event, which it has given already; asked for more it is asked indeed. */
function answeredFirst(event: ExecutionResult, service: ServiceMap[string] | undefined): ServiceMap[string] {
  let given = false;
  return {
    process: async (options) => {
      if (given && service) return service.process(options);
      given = true;
      // Apollo writes what it fetches into what was answered: the event is nobody else's.
      return event as Awaited<ReturnType<ServiceMap[string]['process']>>;
    },
  };
}

const asRefusal = (error: unknown): ExecutionResult => {
  if (!(error instanceof CountersignError)) throw error;
  return { errors: [withCode(new GraphQLError(error.message), error.code)] };
};

const withCode = ({ message, nodes, path }: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(message, { nodes, path, extensions: { code } });
