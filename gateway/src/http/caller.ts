import type { Principal } from '@countersign/kernel';
import type { FastifyRequest } from 'fastify';
import { tenantHeader } from '../authentication/operator-sign-in.ts';
import { ownOrigin } from '../authentication/origins.ts';
import { sessionAuthorization } from '../authentication/session-cookie.ts';
import type { Gateway } from '../gateway.ts';

/**
 * Who sent the request: by its bearer token, else by the session of the browser that a page of ours runs in; one of the
 * platform's operators where it names a tenant. Throws as `Authenticator.authenticate` and `OperatorSignIn.authenticate`.
 */
export function callerOf({ headers, protocol, host, ip }: FastifyRequest, gateway: Gateway): Promise<Principal> {
  const tenant = headers[tenantHeader];
  if (tenant !== undefined) return gateway.operators.authenticate(headers.authorization, String(tenant), ip);
  const own = ownOrigin(gateway.publicUrl, protocol, host);
  return gateway.authenticator.authenticate(headers.authorization ?? sessionAuthorization(headers, own), ip);
}
