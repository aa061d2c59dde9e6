import { CountersignError, type Logger } from '@countersign/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Authenticator } from '../authentication/authenticator.ts';
import { beginLogin, finishLogin } from '../authentication/login-flow.ts';
import { issueSessionToken, parseOpaqueToken } from '../authentication/opaque-tokens.ts';
import { ownOrigin, returnAddress } from '../authentication/origins.ts';
import { PendingLogins } from '../authentication/pending-logins.ts';
import type { ProviderDirectory } from '../authentication/provider-directory.ts';
import { sessionAuthorization, sessionCookie } from '../authentication/session-cookie.ts';
import type { Assertion, IdentityProvider, SignInDesk } from '../authentication/sign-in-desk.ts';
import type { SignInThrottle } from '../authentication/sign-in-throttle.ts';

export interface AuthRoutesOptions {
  readonly desk: SignInDesk;
  readonly directory: ProviderDirectory;
  readonly throttle: SignInThrottle;
  readonly authenticator: Authenticator;
  readonly log: Logger;
  /** The address that browsers know this server by; without one, people can sign in on this machine alone. */
  readonly publicUrl?: string;
  readonly allowedOrigins: readonly string[];
  /** At least 32 characters, the same in every gateway; without one a login ends in the process that it began in. */
  readonly secret?: string;
}

const sessionMs = 8 * 3_600_000;
const callbackPath = '/auth/callback';
const loginQuery = z.object({ provider: z.string().max(100).optional(), returnTo: z.string().optional() });
const callbackQuery = z.object({ state: z.string().min(1).max(200) });

/**
 * Sign-in with a tenant's own provider.
 *
 * `GET /auth/TENANT/login?provider=&returnTo=` leads to the provider, `GET /auth/callback` back from it into a session
 * of eight hours, and `POST /auth/logout` closes that. A browser gets its session as a cookie that no script can read
 * and goes on to `returnTo`: a token in the address would stay in histories, and a page's script could be robbed of one.
 * Whoever asks for JSON gets `{ token, expiresAt }` (ISO 8601) and no cookie, so that a token is never in two hands.
 */
export function authRoutes(app: FastifyInstance, options: AuthRoutesOptions): void {
  const logins = new PendingLogins(options.secret);
  const { desk, directory, authenticator } = options;

  app.route<{ Params: { tenant: string } }>({
    method: 'GET',
    url: '/auth/:tenant/login',
    exposeHeadRoute: false,
    handler: (request, reply) =>
      throttled(request, reply, options, request.params.tenant, async () => {
        const own = originOf(request, options);
        const { provider: wanted, returnTo } = parsed(loginQuery, request.query);
        const back = returnAddress(returnTo, own, options.allowedOrigins);
        const { tenant } = request.params;
        const provider = choose(await desk.providersOfTenant(tenant), wanted);
        const { address, ...secrets } = await beginLogin(directory, provider, own + callbackPath);
        const login = { ...secrets, tenant, providerId: provider.id, returnTo: back };
        reply.header('set-cookie', await logins.begin(login, request.headers.cookie, own.startsWith('https:')));
        return reply.redirect(address, 302);
      }),
  });

  app.route({
    method: 'GET',
    url: callbackPath,
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const own = originOf(request, options);
      const state = callbackQuery.safeParse(request.query).data?.state ?? '';
      const pending = await logins.resume(state, request.headers.cookie);
      return throttled(request, reply, options, pending?.tenant, async () => {
        if (!pending) throw refusal('This browser has not begun such a sign-in, or too long ago. Begin again.');
        const ended = logins.end(state, own.startsWith('https:'));
        reply.header('set-cookie', ended);
        const providers = await desk.providersOfTenant(pending.tenant);
        const provider = providers.find(({ id, active }) => active && id === pending.providerId);
        if (!provider) throw refusal('This way to sign in was taken away meanwhile.');
        const assertion = await finishLogin(directory, provider, new URL(request.url, own), pending);
        const { token, expiresAt } = await openSession(assertion, request, options);
        if (wantsJson(request)) return reply.send({ token, expiresAt: expiresAt.toISOString() });
        const seconds = Math.floor((expiresAt.getTime() - Date.now()) / 1000);
        reply.removeHeader('set-cookie').header('set-cookie', [ended, sessionCookie(own, token, seconds)]);
        return reply.redirect(pending.returnTo, 303);
      });
    },
  });

  app.post('/auth/logout', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const own = originOf(request, options);
    const authorization = request.headers.authorization ?? sessionAuthorization(request.headers, own);
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const session = parseOpaqueToken(token);
    if (session?.kind !== 'session') throw refusal('Send the session that is to be closed.');
    await desk.closeSession(session.tenantId, session.hash);
    authenticator.forgetToken(token);
    return reply
      .header('set-cookie', sessionCookie(own, '', 0))
      .code(204)
      .send();
  });
}

async function openSession(
  assertion: Assertion,
  request: FastifyRequest,
  { desk, authenticator, log }: AuthRoutesOptions,
): Promise<{ token: string; expiresAt: Date }> {
  const signedIn = await desk.enter(assertion);
  if (!signedIn) throw refusal('You may not sign in here. Ask your administrator.');
  const { principal, expiresAt: latest } = signedIn;
  if (principal.tenantId !== assertion.tenantId) throw new Error('A sign-in was answered with another tenant.');
  const expiresAt = new Date(Math.min(Date.now() + sessionMs, latest ?? Number.POSITIVE_INFINITY));
  const { token, hash } = issueSessionToken(principal.tenantId);
  const userAgent = request.headers['user-agent']?.slice(0, 200) ?? null;
  const opened = { tenantId: principal.tenantId, userId: principal.id, tokenHash: hash, expiresAt, userAgent };
  const { id } = await desk.openSession(opened);
  authenticator.vouchFor(token);
  log.info({ tenant: principal.tenantId, user: principal.id, session: id }, 'Signed in');
  return { token, expiresAt };
}

/** Counts refusals of the caller's address, says when to come back, and lets nothing of a sign-in be kept in a cache. */
async function throttled<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  { throttle, log }: AuthRoutesOptions,
  tenant: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  reply.header('cache-control', 'no-store');
  try {
    throttle.check('login', request.ip, tenant);
    return await work();
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    if (error.code === 'UNAUTHENTICATED' || error.code === 'NOT_FOUND') throttle.failed('login', request.ip, tenant);
    if (error.code === 'RATE_LIMITED') reply.header('retry-after', String(error.extensions.retryAfter));
    if (error.code === 'UPSTREAM_UNAVAILABLE') log.warn({ reason: error.message }, 'A sign-in failed');
    throw error;
  }
}

/** An unknown tenant and one without a provider are answered alike. */
function choose(providers: readonly IdentityProvider[], wanted: string | undefined): IdentityProvider {
  const active = providers.filter((each) => each.active && (wanted === undefined || each.id === wanted));
  const [provider, another] = active;
  if (!provider) throw new CountersignError('NOT_FOUND', 'There is no such way to sign in.');
  if (!another) return provider;
  throw new CountersignError('BAD_REQUEST', 'There are several ways to sign in here; name one with ?provider=ID.');
}

function originOf(request: FastifyRequest, { publicUrl }: AuthRoutesOptions): string {
  const origin = ownOrigin(publicUrl, request.protocol, request.host);
  if (origin) return origin;
  throw new CountersignError('CONFIG_INVALID', 'Sign-in needs the public address of this server to be configured.');
}

function parsed<T>(shape: z.ZodType<T>, query: unknown): T {
  const { success, data } = shape.safeParse(query);
  if (success) return data;
  throw new CountersignError('BAD_REQUEST', 'Give `provider` and `returnTo` once each at most, as text.');
}

const wantsJson = ({ headers }: FastifyRequest): boolean => {
  const accepted = headers.accept ?? '';
  return accepted.includes('application/json') && !accepted.includes('text/html');
};

const refusal = (reason: string): CountersignError => new CountersignError('UNAUTHENTICATED', reason);
