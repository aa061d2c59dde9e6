import type { IncomingHttpHeaders } from 'node:http';
import type { Principal, RequestOrigin } from '@countersign/kernel';
import { tenantHeader } from '../authentication/operator-sign-in.ts';
import { ownOrigin } from '../authentication/origins.ts';
import { handshakeAuthorization, sessionAuthorization } from '../authentication/session-cookie.ts';
import type { Gateway } from '../gateway.ts';

/**
 * Who sent the request: by its bearer token, else by the session of the browser that a page of ours runs in; one of the
 * platform's operators where it names a tenant. Throws as `Authenticator.authenticate` and `OperatorSignIn.authenticate`.
 */
export const callerOf = (sent: Sent, gateway: Gateway): Promise<Principal> =>
  authenticated(sent, gateway, sessionAuthorization);

/** Who opened a WebSocket; `headers` are those of its handshake, and what was said in place of them when it began. */
export const socketCallerOf = (sent: Sent, gateway: Gateway): Promise<Principal> =>
  authenticated(sent, gateway, handshakeAuthorization);

/** What a request, or a handshake, was sent with. */
export interface Sent {
  readonly headers: IncomingHttpHeaders;
  readonly protocol: string;
  readonly host: string;
  readonly ip: string;
}

async function authenticated(
  { headers, protocol, host, ip }: Sent,
  gateway: Gateway,
  ofSession: typeof sessionAuthorization,
): Promise<Principal> {
  const tenant = headers[tenantHeader];
  if (tenant !== undefined) return gateway.operators.authenticate(headers.authorization, String(tenant), ip);
  const own = ownOrigin(gateway.publicUrl, protocol, host);
  return gateway.authenticator.authenticate(headers.authorization ?? ofSession(headers, own), ip);
}

/** Where it was sent from, as far as the headers say. */
export const originOf = (headers: IncomingHttpHeaders): RequestOrigin => ({
  workflow: text(headers['x-countersign-workflow']),
  surface: text(headers['x-countersign-surface']) ?? 'api',
});

const text = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && value.length <= 100 ? value : undefined;
