import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { maskError, rootCause } from '../errors.ts';
import { mapEvents } from '../live/streams.ts';
import type { Access } from '../permissions/access.ts';
import type { SubgraphPermissions } from '../permissions/guard.ts';
import { AccessDenied } from '../permissions/refusals.ts';
import type { RequestContext } from '../principal/context.ts';
import type { EventStream, GraphRequest } from './client.ts';
import { type BuiltSchema, buildSubgraph } from './schema.ts';
import type { Kernel, SubgraphDefinition, SubgraphParts } from './subgraph.ts';

type Compiled = (
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<ExecutionResult> | ExecutionResult;

/** A subgraph that answers operations: parsed, validated and compiled once per document. */
export class SubgraphRuntime {
  readonly name: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly permissions: SubgraphPermissions;
  readonly parts: SubgraphParts;
  readonly #access: Access;
  readonly #compiled = new LRUCache<string, Compiled>({ max: 2_000 });

  constructor(definition: SubgraphDefinition, kernel: Kernel) {
    this.parts = definition.assemble(kernel);
    const built: BuiltSchema = buildSubgraph(definition, this.parts);
    this.#access = kernel.access;
    this.name = definition.name;
    this.sdl = built.sdl;
    this.schema = built.schema;
    this.permissions = built.permissions;
  }

  /** Answers an operation for the context's principal. Never throws: faults are masked errors in the answer. */
  async execute(request: GraphRequest, caller: RequestContext): Promise<ExecutionResult> {
    // Two subgraphs may know the same type: what was loaded for one must not be taken for the other's.
    let context: RequestContext = { ...caller, loaders: new Map(), access: this.#access };
    try {
      const principal = this.#access.current(caller.principal);
      if (principal !== caller.principal) context = { ...context, principal: await principal };
      const result = await this.#prepare(request)(request.variables ?? {}, context);
      return result.errors ? { ...result, errors: await this.#answerable(result.errors, context) } : result;
    } catch (error) {
      return { errors: await this.#answerable([toGraphQLError(error)], context) };
    }
  }

  /**
   * Begins a subscription: answers its events, or why it was refused. Each event is answered like an operation of its own,
   * for the caller as they stand by then; one that answers null alone concerns something hidden, and is not told. A fault
   * or a refusal ends the stream: it is thrown, masked, with its code.
   */
  async subscribe(request: GraphRequest, caller: RequestContext): Promise<ExecutionResult | EventStream> {
    let context: RequestContext = { ...caller, loaders: new Map(), access: this.#access };
    try {
      context = { ...context, principal: await this.#access.current(caller.principal) };
      const { operationName } = request;
      const document = this.#parse(request);
      const operation = { schema: this.schema, document, operationName, variableValues: request.variables };
      const source = await createSourceEventStream({ ...operation, contextValue: context });
      if (!(Symbol.asyncIterator in source)) return { errors: await this.#answerable(source.errors ?? [], context) };
      const answer = async (event: unknown): Promise<ExecutionResult | undefined> => {
        const principal = await this.#access.current(context.principal);
        context = { ...context, principal, loaders: new Map() };
        const result = await execute({ ...operation, rootValue: event, contextValue: context });
        if (result.errors) return { ...result, errors: await this.#answerable(result.errors, context) };
        return Object.values(result.data ?? {}).some((told) => told !== null) ? result : undefined;
      };
      return mapEvents(source, answer, async (error) => {
        const [shown] = await this.#answerable([toGraphQLError(error)], context);
        return shown ?? error;
      });
    } catch (error) {
      return { errors: await this.#answerable([toGraphQLError(error)], context) };
    }
  }

  /** Errors as the caller may see them, once the refusals among them are written down. */
  async #answerable(errors: readonly GraphQLError[], context: RequestContext): Promise<GraphQLError[]> {
    const refusals = errors.map(rootCause).filter((cause) => cause instanceof AccessDenied);
    await Promise.all(refusals.map(({ record }) => this.#access.records.refused(context, record)));
    return errors.map((error) => this.#mask(error, context));
  }

  #prepare(request: GraphRequest): Compiled {
    const key = request.operationName ? `${request.operationName}\n${request.query}` : request.query;
    const known = this.#compiled.get(key);
    if (known) return known;
    const compiled = compile(this.schema, this.#parse(request), request.operationName);
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #parse(request: GraphRequest): DocumentNode {
    const document = request.document ?? parse(request.query);
    const problems = validate(this.schema, document);
    if (problems[0]) throw problems[0];
    return document;
  }

  #mask(error: GraphQLError, context: RequestContext): GraphQLError {
    return maskError(error, context.correlationId, (cause) =>
      context.log.error({ err: cause, subgraph: this.name, path: error.path }, 'A resolver failed'),
    );
  }
}

function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Compiled {
  const compiled: CompiledQuery | ExecutionResult = compileQuery(schema, document, operationName ?? '', {});
  if (isCompiledQuery(compiled)) {
    return (variables, context) => compiled.query(undefined, context, variables) as Promise<ExecutionResult>;
  }
  // The compiler knows less than the language; what it cannot take is executed as it stands.
  return (variables, contextValue) =>
    execute({ schema, document, operationName, contextValue, variableValues: variables });
}

const toGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('A subgraph failed.', {
        originalError: error instanceof Error ? error : new Error(String(error)),
      });
