import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CountersignError, hasCode } from '@countersign/kernel';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import serveStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway.ts';
import { authRoutes } from './auth-routes.ts';
import { demoRoutes } from './demo-routes.ts';
import { sendError } from './errors.ts';
import { graphqlRoute } from './graphql-route.ts';
import { healthRoutes } from './health-routes.ts';
import { liveSocket } from './live-socket.ts';
import { provisioningRoutes } from './provisioning-routes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, which a signature is checked against. */
    rawBody?: string;
  }
}

const bodyLimit = 4 * 1024 * 1024;
const playground = fileURLToPath(new URL('../../dist/playground', import.meta.url));

export interface HttpServer {
  readonly url: string;
  /** Stops taking requests and lets those under way finish. */
  close(): Promise<void>;
}

/** Answers HTTP: the graph, its health and metrics, and the playground. Throws `PORT_TAKEN` in plain words. */
export async function serveHttp(gateway: Gateway): Promise<HttpServer> {
  const app = await createApp(gateway);
  const url = await listen(app, gateway.config.host, gateway.config.port);
  return { url, close: () => app.close() };
}

async function createApp(gateway: Gateway): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit,
    forceCloseConnections: 'idle',
    logger: false,
    exposeHeadRoutes: true,
    requestTimeout: 60_000,
    trustProxy: gateway.config.trustProxy,
  });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, gateway));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new CountersignError(
        'NOT_FOUND',
        `There is nothing at ${request.method} ${request.url.split('?')[0]}; the graph is at /graphql.`,
      ),
      gateway,
    ),
  );
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    request.rawBody = String(body);
    try {
      done(null, JSON.parse(request.rawBody));
    } catch (error) {
      done(error instanceof Error ? error : new Error('Not JSON'));
    }
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        workerSrc: ["'self'", 'blob:'],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  });
  await app.register(cors, { origin: [...gateway.config.allowedOrigins], maxAge: 600 });
  graphqlRoute(app, gateway);
  liveSocket(app, gateway);
  healthRoutes(app, gateway);
  const { authenticator, config, desk, log, providers: directory, publicUrl, throttle } = gateway;
  const { allowedOrigins, secretKey: secret } = config;
  authRoutes(app, { authenticator, desk, directory, throttle, log, publicUrl, allowedOrigins, secret });
  provisioningRoutes(app, gateway);
  if (gateway.demo) demoRoutes(app, gateway.demo);
  if (existsSync(playground)) await app.register(serveStatic, { root: playground });
  return app;
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    if (!hasCode(cause, 'EADDRINUSE')) throw cause;
    const message = `Port ${port} is taken by another program. Choose another with COUNTERSIGN_PORT.`;
    throw new CountersignError('PORT_TAKEN', message, { cause });
  }
  const address = app.server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${actual}`;
}
