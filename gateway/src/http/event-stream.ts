import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { CountersignError, type EventStream } from '@countersign/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { LiveRequest } from '../graph/bundle.ts';
import { callerOf, originOf } from './caller.ts';
import { sendError } from './errors.ts';

/** How often a comment is sent, so that nobody in between takes a silent stream for a dead one. */
const keepAliveMs = 12_000;

/** Some clients name the type at the end of a long list, and mean plain answers. */
export const wantsEvents = ({ headers }: FastifyRequest): boolean =>
  headers.accept?.trimStart().startsWith('text/event-stream') ?? false;

/**
 * GraphQL over Server-Sent Events, distinct connections: a `next` for each answer, then `complete`. What a request is
 * refused for before it is read is answered as over plain HTTP.
 */
export async function streamEvents(request: FastifyRequest, reply: FastifyReply, gateway: Gateway) {
  const caller = { authenticate: () => callerOf(request, gateway), origin: originOf(request.headers) };
  let asked: LiveRequest;
  try {
    await caller.authenticate();
    asked = askedBy(request);
  } catch (error) {
    return sendError(reply, error, gateway);
  }
  const begun = await gateway.live.begin(asked, caller).catch(asResult);
  const body = new PassThrough();
  void send(Symbol.asyncIterator in begun ? begun : [begun], body, Symbol.asyncIterator in begun ? begun : undefined);
  return (
    reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-cache, no-transform')
      .header('x-accel-buffering', 'no')
      // Nothing else comes over it: kept alive after the stream, it would hold up the end of the server.
      .header('connection', 'close')
      .send(body)
  );
}

/** Writes as fast as it is read, and leaves when nobody reads any more. */
async function send(
  results: Iterable<ExecutionResult> | EventStream,
  body: PassThrough,
  events: EventStream | undefined,
): Promise<void> {
  const gone = new AbortController();
  body.once('close', () => {
    gone.abort();
    void events?.return();
  });
  body.on('error', () => {}); // Whoever hangs up has nothing to be told.
  const write = async (text: string): Promise<void> => {
    if (gone.signal.aborted || body.write(text)) return;
    await once(body, 'drain', { signal: gone.signal }).catch(() => {});
  };
  const keepAlive = setInterval(() => body.writableNeedDrain || body.write(':\n\n'), keepAliveMs);
  try {
    await write(':\n\n');
    for await (const result of results) await write(`event: next\ndata: ${JSON.stringify(result)}\n\n`);
  } catch (error) {
    await write(`event: next\ndata: ${JSON.stringify(asResult(error))}\n\n`);
  } finally {
    clearInterval(keepAlive);
    await write('event: complete\ndata:\n\n');
    body.end();
  }
}

/** `LiveOperations` throws what may be shown. */
function asResult(error: unknown): ExecutionResult {
  if (error instanceof GraphQLError) return { errors: [error] };
  throw error;
}

const object = z.record(z.string(), z.unknown());
const operation = z.object({
  query: z.string().optional(),
  operationName: z.string().nullish(),
  variables: object.nullish(),
  extensions: object.nullish(),
});

/** Throws `BAD_REQUEST`. */
function askedBy({ method, body, query }: FastifyRequest): LiveRequest {
  const overGet = method === 'GET' || method === 'HEAD';
  const { data } = operation.safeParse(overGet ? decoded(query) : body);
  if (!data) {
    throw new CountersignError('BAD_REQUEST', 'Send {"query": "...", "variables": {...}}, or the same as parameters.');
  }
  const { query: text = '', operationName, variables, extensions } = data;
  return {
    query: text,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
    extensions: extensions ?? undefined,
    subscriptionsOnly: overGet,
  };
}

/** Parameters of an address: objects are written as JSON in them. */
function decoded(query: unknown): unknown {
  const { variables, extensions, ...rest } = z.record(z.string(), z.unknown()).catch({}).parse(query);
  return { ...rest, variables: parsed(variables), extensions: parsed(extensions) };
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // No object, so that it is refused with what would be right.
  }
}
