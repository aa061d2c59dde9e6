import {
  CountersignError,
  type EventStream,
  errorCatalogue,
  type Interruptible,
  inSpan,
  interrupted,
  interruptible,
  type Logger,
  type Metrics,
  mapEvents,
  type Principal,
  type RequestContext,
  type RequestOrigin,
  requestContext,
} from '@countersign/kernel';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { GraphBundle, LiveRequest } from '../graph/bundle.ts';
import { apiErrors } from '../limits/api-errors.ts';

/** How many operations one caller may have under way here at once, over all their connections. */
export const mostPerCaller = 100;
/** After how long without an event it is asked again whether the caller may still come in, in milliseconds. */
const recheckMs = 15_000;

export interface LiveCaller {
  /** Who it is at this moment. Throws where they may not come in (any more). */
  authenticate(): Promise<Principal>;
  readonly origin: RequestOrigin;
}

export interface LiveParts {
  /** The version of the graph that operations begin on; who begins on one finishes on it. */
  readonly bundle: () => GraphBundle;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly recheckMs?: number;
}

/** Operations whose answers may go on coming, whatever they are sent over. Bounded for each caller, and ended with them. */
export class LiveOperations {
  readonly #parts: LiveParts;
  readonly #underWay = new Map<string, number>();
  readonly #streams = new Set<Interruptible<ExecutionResult>>();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** How many are under way. */
  get size(): number {
    return [...this.#underWay.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Begins an operation; answers its one result, or its events. Before each event, and every now and then, the caller is
   * authenticated anew: who may not come in any more hears why, and nothing else. Throws, and its events throw,
   * `GraphQLError`s that may be shown; `TOO_MANY_SUBSCRIPTIONS` among them.
   */
  async begin(request: LiveRequest, caller: LiveCaller): Promise<ExecutionResult | EventStream> {
    try {
      return await this.#begin(request, caller);
    } catch (error) {
      throw this.shown(error);
    }
  }

  /** The error as the caller may see it. */
  shown(error: unknown): GraphQLError {
    const known = error instanceof GraphQLError ? apiErrors(error.toJSON()) : refusalOf(error);
    const code = String(known.extensions?.code);
    this.#parts.metrics.refusals.inc({ code });
    if (code === 'INTERNAL_ERROR') this.#parts.log.error({ err: error }, 'A live operation failed');
    return asError(known);
  }

  /** Ends them all with `SUBSCRIPTION_INTERRUPTED`. */
  close(): void {
    for (const stream of [...this.#streams]) stream.interrupt(interrupted());
  }

  async #begin(request: LiveRequest, caller: LiveCaller): Promise<ExecutionResult | EventStream> {
    const principal = await caller.authenticate();
    const context = requestContext(principal, this.#parts.log, caller.origin);
    const fresh = async (): Promise<RequestContext> => {
      const now = await caller.authenticate();
      if (!isSame(now, principal))
        throw new CountersignError('UNAUTHENTICATED', 'The token names somebody else by now.');
      return { ...context, principal: now, loaders: new Map() };
    };
    const leave = this.#enter(principal);
    try {
      const begun = await inSpan('graphql live', { tenant: principal.tenantId }, () =>
        this.#parts.bundle().follow(request, context, fresh),
      );
      if (Symbol.asyncIterator in begun) return this.#followed(begun, fresh, leave);
      leave();
      return begun.errors ? { ...begun, errors: begun.errors.map(asError) } : begun;
    } catch (error) {
      leave();
      throw error;
    }
  }

  #followed(events: EventStream, fresh: () => Promise<unknown>, leave: () => void): EventStream {
    const stream: Interruptible<ExecutionResult> = interruptible(events, () => {
      clearInterval(recheck);
      this.#streams.delete(stream);
      leave();
    });
    const recheck = setInterval(() => fresh().catch(stream.interrupt), this.#parts.recheckMs ?? recheckMs);
    recheck.unref();
    this.#streams.add(stream);
    return mapEvents(
      stream.events,
      async (event) => event,
      async (error) => this.shown(error),
    );
  }

  #enter({ tenantId, kind, id }: Principal): () => void {
    const key = `${tenantId} ${kind} ${id}`;
    const count = this.#underWay.get(key) ?? 0;
    if (count >= mostPerCaller) {
      const message = `You have ${count} subscriptions already; ${mostPerCaller} are allowed at once.`;
      throw new CountersignError('TOO_MANY_SUBSCRIPTIONS', message, { extensions: { limit: mostPerCaller } });
    }
    this.#underWay.set(key, count + 1);
    this.#parts.metrics.subscriptions.inc();
    return () => {
      const left = (this.#underWay.get(key) ?? 1) - 1;
      if (left > 0) this.#underWay.set(key, left);
      else this.#underWay.delete(key);
      this.#parts.metrics.subscriptions.dec();
    };
  }
}

const isSame = (one: Principal, other: Principal): boolean =>
  one.tenantId === other.tenantId && one.kind === other.kind && one.id === other.id;

function refusalOf(error: unknown): GraphQLFormattedError {
  if (error instanceof CountersignError) {
    return { message: error.message, extensions: { ...error.extensions, code: error.code } };
  }
  return { message: errorCatalogue.INTERNAL_ERROR.meaning, extensions: { code: 'INTERNAL_ERROR' } };
}

/** What was formatted already, as the libraries that send it want it. */
const asError = ({ message, path, extensions }: GraphQLFormattedError): GraphQLError =>
  new GraphQLError(message, { path, extensions });
