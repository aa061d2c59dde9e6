import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { CountersignError } from '../errors.ts';
import { interrupted } from '../live/feed.ts';
import { type Interruptible, interruptible } from '../live/streams.ts';
import { requestContext } from '../principal/context.ts';
import { type PrincipalSigner, principalHeader } from '../principal/signature.ts';
import type { Logger } from '../telemetry/log.ts';
import type { EventStream, Executor, GraphRequest } from './client.ts';
import { eventsType, sendEvents } from './remote-events.ts';
import type { SubgraphRuntime } from './runtime.ts';

const maxBody = 8 * 1024 * 1024;
const answerTimeoutMs = 60_000;

export interface SubgraphServerOptions {
  readonly runtime: SubgraphRuntime;
  readonly signer: PrincipalSigner;
  readonly log: Logger;
  readonly host: string;
  readonly port: number;
}

/**
 * Serves one subgraph over HTTP. Without a principal that we signed for this very request it serves nothing, also not
 * its SDL. `GET /health` alone is open.
 */
export async function serveSubgraph(options: SubgraphServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const streams = new Set<Interruptible<ExecutionResult>>();
  const server = createServer((request, response) => {
    answer(request, options).then(
      (answered) => {
        if (!('events' in answered)) return send(response, answered.status, answered.body);
        const stream: Interruptible<ExecutionResult> = interruptible(answered.events, () => streams.delete(stream));
        streams.add(stream);
        return sendEvents(response, stream.events, options.log);
      },
      (error: unknown) => {
        options.log.error({ err: error }, 'A request failed');
        send(response, 500, {
          errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_ERROR' } }],
        });
      },
    );
  });
  const port = await listen(server, options.host, options.port);
  return {
    url: `http://${options.host}:${port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const stream of [...streams]) stream.interrupt(interrupted());
        server.closeIdleConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  { runtime, signer, log }: SubgraphServerOptions,
): Promise<{ status: number; body: object } | { events: EventStream }> {
  if (request.method === 'GET' && request.url === '/health')
    return { status: 200, body: { status: 'ok', subgraph: runtime.name } };
  try {
    const text = await readBody(request);
    const header = request.headers[principalHeader];
    const { principal, origin } = signer.verify(typeof header === 'string' ? header : undefined, runtime.name, text);
    const body = parseRequest(text);
    const context = requestContext(principal, log, origin);
    if (request.headers.accept !== eventsType) return { status: 200, body: await runtime.execute(body, context) };
    const begun = await runtime.subscribe(body, context);
    return Symbol.asyncIterator in begun ? { events: begun } : { status: 200, body: begun };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { status: error.status, body: { errors: [{ message: error.message, extensions: { code: error.code } }] } };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) throw new CountersignError('QUERY_TOO_LARGE', 'The request is larger than the 8 MiB allowed.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseRequest(text: string): GraphRequest {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'query' in body && typeof body.query === 'string')
      return body as GraphRequest;
  } catch {
    // Answered below with what would be right.
  }
  throw new CountersignError('BAD_REQUEST', 'The body must be {"query": "...", "variables": {...}}.');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new CountersignError('PORT_TAKEN', `Port ${port} is taken by another program.`, { cause })
          : cause,
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Runs operations in another process of ours, in the caller's name: `audience` is the subgraph's name, or `gateway`. */
export function remoteExecutor(url: string, audience: string, signer: PrincipalSigner): Executor {
  return async ({ query, variables, operationName }, { principal, correlationId, workflow, surface }) => {
    const body = JSON.stringify({ query, variables, operationName });
    const header = signer.sign({ principal, origin: { correlationId, workflow, surface } }, audience, body);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [principalHeader]: header },
      body,
      signal: AbortSignal.timeout(answerTimeoutMs),
    }).catch((cause: unknown) => {
      throw new CountersignError('UPSTREAM_UNAVAILABLE', `${audience} does not answer.`, { cause });
    });
    // A process of ours answers in GraphQL's own shape; what stands before it, a proxy say, may answer in its own.
    return (await response.json().catch((cause: unknown) => {
      const message = `${audience} answered ${response.status} with something that is not GraphQL.`;
      throw new CountersignError('UPSTREAM_UNAVAILABLE', message, { cause });
    })) as ExecutionResult;
  };
}
