import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CountersignError } from '../errors.ts';
import { interrupted } from '../live/feed.ts';
import { interruptible } from '../live/streams.ts';
import { type PrincipalSigner, principalHeader } from '../principal/signature.ts';
import type { Logger } from '../telemetry/log.ts';
import type { EventStream, Subscriber } from './client.ts';

/** What is accepted, and answered, where a subscription is begun: one JSON object a line, and empty lines as heartbeats. */
export const eventsType = 'application/x-ndjson';

const heartbeatMs = 5_000;
/** After how long a silence the other process is taken for dead, in milliseconds. */
const silenceMs = 3 * heartbeatMs;
const beginTimeoutMs = 60_000;

/** A line of the stream. One that ends without `end` broke off. */
type Line = { readonly event: ExecutionResult } | { readonly end: GraphQLFormattedError | null };

/** Writes the events as they come, no faster than they are read, and why they ended. */
export async function sendEvents(response: ServerResponse, events: EventStream, log: Logger): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
    void events.return();
  });
  // Nothing else comes over it: kept alive, it would hold up the end of the server.
  response.writeHead(200, { 'content-type': eventsType, 'cache-control': 'no-store', connection: 'close' });
  response.write('\n');
  const beat = setInterval(() => response.writableNeedDrain || response.write('\n'), heartbeatMs);
  const put = async (line: Line): Promise<void> => {
    if (gone.signal.aborted || response.write(`${JSON.stringify(line)}\n`)) return;
    await once(response, 'drain', { signal: gone.signal }).catch(() => {});
  };
  try {
    for await (const event of events) await put({ event });
    await put({ end: null });
  } catch (error) {
    await put({ end: told(error, log) });
  } finally {
    clearInterval(beat);
    response.end();
  }
}

function told(error: unknown, log: Logger): GraphQLFormattedError {
  if (error instanceof GraphQLError) return error.toJSON();
  if (error instanceof CountersignError) return { message: error.message, extensions: { code: error.code } };
  log.error({ err: error }, 'A subscription failed');
  return { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_ERROR' } };
}

/** Begins subscriptions in another process of ours, in the caller's name. What breaks off ends as `SUBSCRIPTION_INTERRUPTED`. */
export function remoteSubscriber(url: string, audience: string, signer: PrincipalSigner): Subscriber {
  return async ({ query, variables, operationName }, { principal, correlationId, workflow, surface }) => {
    const body = JSON.stringify({ query, variables, operationName });
    const header = signer.sign({ principal, origin: { correlationId, workflow, surface } }, audience, body);
    const connection = new AbortController();
    const patience = setTimeout(() => connection.abort(), beginTimeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: eventsType, [principalHeader]: header },
        body,
        signal: connection.signal,
      });
      // Refused: a process of ours answers in GraphQL's own shape.
      if (response.headers.get('content-type') !== eventsType) return (await response.json()) as ExecutionResult;
      if (!response.body) throw interrupted();
      return eventsOf(response.body, connection);
    } catch (cause) {
      throw new CountersignError('UPSTREAM_UNAVAILABLE', `${audience} does not answer.`, { cause });
    } finally {
      clearTimeout(patience);
    }
  };
}

function eventsOf(body: ReadableStream<Uint8Array>, connection: AbortController): EventStream {
  // Whoever leaves while the next event is waited for hangs up, and that ends the waiting.
  return interruptible(readEvents(body, connection), () => connection.abort()).events;
}

async function* readEvents(body: ReadableStream<Uint8Array>, connection: AbortController): EventStream {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (let text = ''; ; ) {
    const silence = setTimeout(() => connection.abort(), silenceMs);
    const { done, value } = await reader
      .read()
      .catch((cause: unknown) => {
        throw interrupted(cause);
      })
      .finally(() => clearTimeout(silence));
    if (done) throw interrupted();
    const lines = (text + decoder.decode(value, { stream: true })).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines.filter(Boolean)) {
      const said = JSON.parse(line) as Line; // A process of ours wrote it.
      if ('event' in said) yield said.event;
      else if (said.end === null) return;
      else throw new GraphQLError(said.end.message, { extensions: said.end.extensions });
    }
  }
}
