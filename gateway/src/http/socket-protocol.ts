import { randomUUID } from 'node:crypto';
import { CountersignError } from '@countersign/kernel';
import { GraphQLError, parse } from 'graphql';
import { CloseCode, makeServer } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { tenantHeader } from '../authentication/operator-sign-in.ts';
import type { Gateway } from '../gateway.ts';
import type { LiveCaller } from '../live/live-operations.ts';
import { originOf, type Sent, socketCallerOf } from './caller.ts';

/** Operations at once over one connection. */
export const mostPerConnection = 50;
/** How often the other end is asked whether it is still there; until the next time it has to have answered. */
const keepAliveMs = 12_000;
/** What may wait to be read by the other end, in bytes, before it is taken for gone. */
const mostUnread = 8 * 1024 * 1024;
/** What may stand in `connection_init`, in place of the handshake's headers, which a page cannot write. */
const spoken = ['authorization', tenantHeader, 'x-countersign-workflow', 'x-countersign-surface'];

/** What a socket was opened with, and what is to be done once it is known whose it is. */
export interface Opened {
  readonly handshake: Sent;
  readonly known: () => void;
}

interface Connection extends Record<string, unknown>, Opened {
  readonly socket: WebSocket;
  /** All that was begun over it. */
  readonly streams: Set<AsyncGenerator<unknown>>;
  caller?: LiveCaller;
}

/** The protocol `graphql-transport-ws` over one socket after another. */
export function socketProtocol(gateway: Gateway): (socket: WebSocket, opened: Opened) => void {
  const { live } = gateway;
  const server = makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: gateway.config.anonymousSockets.withinMs,
    onConnect: async ({ extra, connectionParams = {} }) => {
      const caller = callerSaying(connectionParams, extra.handshake, gateway);
      extra.caller = caller;
      try {
        await caller.authenticate();
        extra.known();
        return true;
      } catch (error) {
        const { message, extensions } = live.shown(error);
        // 4401 tells clients not to try again with the same token; 1013 is "try again later" (RFC 6455 registry).
        const code = extensions.code === 'UNAUTHENTICATED' ? CloseCode.Unauthorized : 1013;
        extra.socket.close(code, short(`${extensions.code}: ${message}`));
        return false;
      }
    },
    onSubscribe: async ({ extra, subscriptions }, _id, { query, operationName, variables, extensions }) => {
      try {
        if (!extra.caller) throw new CountersignError('UNAUTHENTICATED', 'Begin with `connection_init`.');
        if (Object.keys(subscriptions).length > mostPerConnection) throw tooMany();
        const request = {
          query,
          operationName: operationName ?? undefined,
          variables: variables ?? undefined,
          extensions: extensions ?? undefined,
        };
        const begun = await live.begin(request, extra.caller);
        // What was refused as a whole is an error of the operation, and no answer.
        if ('errors' in begun && begun.errors && !begun.data) return begun.errors;
        // Under a name that is used again while the first is still being begun the library forgets the first.
        if (isStream(begun)) extra.streams.add(begun);
        return { schema: gateway.bundle.apiSchema, document: begunAlready, rootValue: begun };
      } catch (error) {
        return [error instanceof GraphQLError ? error : live.shown(error)];
      }
    },
    subscribe: ({ rootValue }) => rootValue as never, // What was begun above.
  });
  return (socket, opened) => {
    const streams = new Set<AsyncGenerator<unknown>>();
    const closed = server.opened(
      {
        protocol: socket.protocol,
        close: (code, reason) => socket.close(code, reason),
        // Answered once it is written: who does not read is not written to, and falls behind where it is bounded.
        send: (text) => sent(socket, text),
        // Without what came along: whoever asks and does not read would have it all kept here.
        onPing: () => sent(socket, pong),
        onMessage: (take) =>
          socket.on('message', (data) => {
            take(String(data)).catch((error: unknown) => {
              gateway.log.warn({ err: error }, 'A message over a WebSocket could not be taken');
              socket.close(CloseCode.InternalServerError, 'Something went wrong on our side.');
            });
          }),
      },
      { socket, streams, ...opened },
    );
    const stop = keepAlive(socket);
    socket.on('error', () => {}); // A message that is too large, or a broken frame: the socket closes by itself.
    socket.once('close', (code, reason) => {
      stop();
      for (const stream of streams) void stream.return(undefined);
      closed(code, String(reason)).catch((error: unknown) =>
        gateway.log.warn({ err: error }, 'A WebSocket could not be left cleanly'),
      );
    });
  };
}

/** Whichever operation it is, it has been parsed and begun: the library is told of one that it hands to `subscribe`. */
const begunAlready = parse('subscription { begunAlready }');

function callerSaying(params: Record<string, unknown>, handshake: Sent, gateway: Gateway): LiveCaller {
  const said = Object.entries(params)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter((pair): pair is readonly [string, string] => spoken.includes(pair[0]) && typeof pair[1] === 'string');
  const sent = { ...handshake, headers: { ...handshake.headers, ...Object.fromEntries(said) } };
  return { authenticate: () => socketCallerOf(sent, gateway), origin: originOf(sent.headers) };
}

/** Written, unless the other end is gone, or reads so little that what waits for it would fill the memory. */
function sent(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    if (socket.bufferedAmount > mostUnread) {
      socket.terminate();
      return resolve();
    }
    socket.send(text, () => resolve());
  });
}

const pong = JSON.stringify({ type: 'pong' });

const isStream = (begun: object): begun is AsyncGenerator<unknown> => Symbol.asyncIterator in begun;

function keepAlive(socket: WebSocket): () => void {
  let asked = '';
  let answered = true;
  // A pong that nobody asked for says nothing of whether what is sent arrives.
  socket.on('pong', (said) => {
    if (String(said) === asked) answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    asked = randomUUID();
    socket.ping(asked);
  }, keepAliveMs);
  timer.unref();
  return () => clearInterval(timer);
}

const tooMany = (): CountersignError =>
  new CountersignError('TOO_MANY_SUBSCRIPTIONS', `One connection carries at most ${mostPerConnection} operations.`, {
    extensions: { limit: mostPerConnection },
  });

/** A close frame has room for 123 bytes (RFC 6455, 5.5). */
const short = (text: string): string => Buffer.from(text).subarray(0, 120).toString();
