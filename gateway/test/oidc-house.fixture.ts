import { createLogger, Metrics, newId } from '@countersign/kernel';
import Fastify, { type FastifyInstance } from 'fastify';
import { Authenticator } from '../src/authentication/authenticator.ts';
import { OidcVerifier } from '../src/authentication/oidc-verifier.ts';
import { ownOrigin } from '../src/authentication/origins.ts';
import { ProviderDirectory } from '../src/authentication/provider-directory.ts';
import { sessionAuthorization } from '../src/authentication/session-cookie.ts';
import type { IdentityProvider } from '../src/authentication/sign-in-desk.ts';
import { SignInThrottle } from '../src/authentication/sign-in-throttle.ts';
import type { Gateway } from '../src/gateway.ts';
import { authRoutes } from '../src/http/auth-routes.ts';
import { sendError } from '../src/http/errors.ts';
import { TestDesk } from './oidc-desk.fixture.ts';

export interface SignInHouse {
  readonly url: string;
  readonly desk: TestDesk;
  /** What was logged, as it would be written. */
  readonly log: string[];
  provider(overrides: Partial<IdentityProvider>): IdentityProvider;
  close(): Promise<void>;
}

/** The sign-in routes and one that says who is asking, over HTTP. `X-Test-Address` stands for the caller's address. */
export async function startHouse(options: { secret?: string; allowedOrigins?: string[] } = {}): Promise<SignInHouse> {
  const desk = new TestDesk();
  const directory = new ProviderDirectory({ cooldownMs: 200, timeoutMs: 1_000 });
  const throttle = new SignInThrottle();
  const oidc = new OidcVerifier(desk, directory);
  const authenticator = new Authenticator(undefined, async () => null, { desk, oidc, throttle });
  const lines: string[] = [];
  const log = createLogger('silent');
  for (const level of ['info', 'warn', 'error'] as const) {
    log[level] = (...what: unknown[]) => lines.push(JSON.stringify(what));
  }
  const app = Fastify({ trustProxy: true });
  const answering = { metrics: new Metrics(), log } as Gateway; // All that sending an error needs.
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, answering));
  authRoutes(app, {
    desk,
    directory,
    throttle,
    authenticator,
    log,
    secret: options.secret,
    allowedOrigins: options.allowedOrigins ?? ['https://app.example'],
  });
  whoAmI(app, authenticator);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://localhost:${port}`,
    desk,
    log: lines,
    provider(overrides) {
      const clientId = overrides.clientId ?? 'countersign';
      const provider: IdentityProvider = {
        id: newId(),
        tenantId: newId(),
        tenantName: 'acme',
        issuer: 'https://nowhere.example',
        clientId,
        clientSecret: null,
        audience: clientId,
        scopes: ['openid', 'email', 'profile'],
        active: true,
        ...overrides,
      };
      desk.providers.push(provider);
      return provider;
    },
    close: () => app.close(),
  };
}

function whoAmI(app: FastifyInstance, authenticator: Authenticator): void {
  app.post('/who', async (request) => {
    const own = ownOrigin(undefined, request.protocol, request.host);
    const authorization = request.headers.authorization ?? sessionAuthorization(request.headers, own);
    const { id, tenantId, email } = await authenticator.authenticate(authorization, request.ip);
    return { id, tenantId, email };
  });
}
