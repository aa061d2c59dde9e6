import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, type ExecutionResult, print } from 'graphql';
import { assertOutsideTransaction } from '../database/session.ts';
import { CountersignError, type ErrorCode, errorCatalogue } from '../errors.ts';
import type { RequestContext } from '../principal/context.ts';

export interface GraphRequest {
  readonly query: string;
  readonly document?: DocumentNode;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Runs one operation of the whole graph. In one process a call, across processes an HTTP request. */
export type Executor = (request: GraphRequest, context: RequestContext) => Promise<ExecutionResult>;

/** The events of a subscription, each an answer of its own. It throws what ends it before its time. */
export type EventStream = AsyncGenerator<ExecutionResult, void, void>;

/** Begins a subscription; answers its events, or why it was refused. */
export type Subscriber = (request: GraphRequest, context: RequestContext) => Promise<ExecutionResult | EventStream>;

/**
 * How subgraphs speak to each other: an operation of the whole graph, with the caller's own principal, so that what the
 * caller may not see stays unseen by construction.
 */
export class GraphClient {
  #executor: Executor | undefined;
  readonly #texts = new WeakMap<DocumentNode, string>();

  /** Says where the graph is; a later call swaps it. */
  connect(executor: Executor): void {
    this.#executor = executor;
  }

  /** Answers the operation's data. Throws the first error's code (`FORBIDDEN`, ...) or `UPSTREAM_UNAVAILABLE`. */
  async run<Data, Variables extends Record<string, unknown>>(
    document: DocumentNode | TypedDocumentNode<Data, Variables>,
    variables: Variables,
    context: RequestContext,
  ): Promise<Data> {
    assertOutsideTransaction('A graph operation');
    if (!this.#executor) throw new CountersignError('UPSTREAM_UNAVAILABLE', 'The graph is not up yet.');
    const result = await this.#executor(
      { query: this.#textOf(document), variables },
      { ...context, loaders: new Map() },
    );
    const [error] = result.errors ?? [];
    if (error) throw new CountersignError(codeOf(error.extensions?.code), error.message);
    return result.data as Data; // The document's own type says what its data is.
  }

  #textOf(document: DocumentNode): string {
    const known = this.#texts.get(document);
    if (known) return known;
    const text = print(document);
    this.#texts.set(document, text);
    return text;
  }
}

const codeOf = (code: unknown): ErrorCode =>
  typeof code === 'string' && code in errorCatalogue ? (code as ErrorCode) : 'UPSTREAM_UNAVAILABLE';
