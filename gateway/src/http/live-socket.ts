import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { ownOrigin } from '../authentication/origins.ts';
import type { Gateway } from '../gateway.ts';
import { AnonymousSockets } from '../live/anonymous-sockets.ts';
import type { Sent } from './caller.ts';
import { socketProtocol } from './socket-protocol.ts';

/** Bytes of one message. */
const maxMessage = 256 * 1024;
/** How long a connection may take to close when the server does, in milliseconds. */
const closingMs = 2_000;

/** GraphQL over WebSocket at `/graphql`. */
export function liveSocket(app: FastifyInstance, gateway: Gateway): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessage, handleProtocols });
  const anonymous = new AnonymousSockets(gateway.config.anonymousSockets);
  const serve = socketProtocol(gateway);
  app.server.on('upgrade', (request, socket, head) => {
    const handshake = sentBy(request, gateway.config.trustProxy);
    const refusal = refusalOf(request, handshake, gateway);
    if (refusal !== undefined) return hangUp(socket, refusal);
    const leave = anonymous.enter(handshake.ip);
    if (!leave) {
      gateway.metrics.refusals.inc({ code: 'RATE_LIMITED' });
      return hangUp(socket, 429);
    }
    socket.once('close', leave);
    sockets.handleUpgrade(request, socket, head, (opened) => serve(opened, { handshake, known: leave }));
  });
  app.addHook('preClose', async () => {
    // Clients take this close for a reason to connect again, to another process or to the next one.
    for (const socket of sockets.clients) socket.close(1001, 'The server is ending; connect again.');
    gateway.live.close();
    const impatience = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, closingMs);
    impatience.unref();
  });
}

/** As Fastify has it of requests: who stands behind a proxy is what the proxy says. */
function sentBy({ headers, socket }: IncomingMessage, trustProxy: boolean): Sent {
  const forwarded = (name: string): string[] =>
    trustProxy
      ? String(headers[name] ?? '')
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : [];
  return {
    headers,
    protocol: forwarded('x-forwarded-proto').at(-1) ?? 'http',
    host: forwarded('x-forwarded-host').at(-1) ?? headers.host ?? '',
    ip: forwarded('x-forwarded-for')[0] ?? socket.remoteAddress ?? '',
  };
}

/** The status of a handshake that is not taken. No page but our own and those of allowed origins may open a socket. */
function refusalOf({ url = '' }: IncomingMessage, { headers, protocol, host }: Sent, gateway: Gateway) {
  if (url.split('?')[0] !== '/graphql') return 404;
  const { origin } = headers;
  if (origin === undefined || gateway.config.allowedOrigins.includes(origin)) return undefined;
  const own = [ownOrigin(gateway.publicUrl, protocol, host), `${protocol}://${host}`];
  return own.includes(origin) ? undefined : 403;
}

function hangUp(socket: Duplex, status: number): void {
  socket.on('error', () => {}); // Whoever hung up first has nothing to be told.
  const again = status === 429 ? 'Retry-After: 5\r\n' : '';
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${again}Connection: close\r\nContent-Length: 0\r\n\r\n`;
  // Whoever does not hang up in turn would keep half a connection open.
  socket.end(answer, () => socket.destroy());
}
