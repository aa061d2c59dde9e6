import {
  CountersignError,
  type Logger,
  type Principal,
  requestContext,
  servicePrincipal,
  tenantId,
} from '@countersign/kernel';
import type { SubgraphLink } from '../graph/subgraph-link.ts';
import { nobody } from './nobody.ts';
import type { Assertion, IdentityProvider, NewSession, SignedIn, SignInDesk } from './sign-in-desk.ts';

/** What a principal is made of. */
export const signInFields = 'kind id person email roles groups permissions attributes revision until session schema';

/** The desk, and the platform's operators, who are none of a tenant's people. */
export interface TenantsDesk extends SignInDesk {
  /** What the operator may do in the tenant; null where it has granted them nothing. */
  byOperator(tenantId: string, operator: string): Promise<Principal | null>;
}

const providerFields = 'id tenantId tenantName issuer clientId clientSecret audience scopes active';

/** Asks `tenants` itself, as a part of the product: the fields are hidden from the graph's callers. */
export function tenantsDesk(link: SubgraphLink, log: Logger): TenantsDesk {
  const ask = async (tenant: string, query: string, variables: Record<string, unknown>): Promise<unknown> => {
    const context = requestContext(servicePrincipal(tenant, 'gateway', []), log, { surface: 'gateway' });
    const { data, errors } = await link.execute({ query, variables }, context);
    if (errors?.[0]) throw errors[0];
    return (data as { answer: unknown }).answer; // Each query below calls its one field that.
  };
  return {
    providersByIssuer: async (issuer) => (await ask(nobody, providersByIssuer, { issuer })) as IdentityProvider[], // The query asks for all of it.
    providersOfTenant: async (tenantName) =>
      (await ask(nobody, providersOfTenant, { tenantName })) as IdentityProvider[], // The query asks for all of it.
    enter: async (assertion) => {
      const { tenantId: tenant, ...said }: Assertion = assertion;
      const principal = principalOf(await ask(tenant, enter, said), tenant);
      // Being let in has no end of its own; what the token or session says of one is known to those who ask.
      return principal && { principal, expiresAt: null };
    },
    openSession: async ({ tenantId: tenant, expiresAt, ...session }: NewSession) => {
      const id = await ask(tenant, openSession, { ...session, expiresAt: expiresAt.toISOString() });
      if (typeof id !== 'string') throw new CountersignError('INTERNAL_ERROR', 'A session was opened without an id.');
      return { id };
    },
    bySession: async (tenant, tokenHash) => signedIn(await ask(tenant, bySession, { tokenHash }), tenant),
    byApiKey: async (tenant, keyId, secretHash) => signedIn(await ask(tenant, byApiKey, { keyId, secretHash }), tenant),
    closeSession: async (tenant, tokenHash) => {
      await ask(tenant, closeSession, { tokenHash });
    },
    byOperator: async (tenant, operator) => principalOf(await ask(tenant, byOperator, { operator }), tenant),
  };
}

function signedIn(answer: unknown, tenant: string): SignedIn | null {
  const principal = principalOf(answer, tenant);
  return principal && { principal, expiresAt: principal.until ?? null };
}

/** What is null is absent in a principal. */
function principalOf(answer: unknown, tenant: string): Principal | null {
  if (answer === null || typeof answer !== 'object') return null;
  const held = Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== null));
  return { ...held, tenantId: tenantId(tenant) } as Principal; // The queries ask for all that one has.
}

const providersByIssuer = `query ProvidersByIssuer($issuer: String!) {
  answer: providersByIssuer(issuer: $issuer) { ${providerFields} }
}`;

const providersOfTenant = `query ProvidersOfTenant($tenantName: String!) {
  answer: providersOfTenant(tenantName: $tenantName) { ${providerFields} }
}`;

const enter = `mutation Enter(
  $providerId: ID!, $subject: String!, $email: String, $emailVerified: Boolean!, $name: String, $claims: JSON!
) {
  answer: enter(
    providerId: $providerId, subject: $subject, email: $email, emailVerified: $emailVerified, name: $name, claims: $claims
  ) { ${signInFields} }
}`;

const openSession = `mutation OpenSession(
  $userId: ID!, $tokenHash: String!, $expiresAt: DateTimeISO!, $userAgent: String
) {
  answer: openSession(userId: $userId, tokenHash: $tokenHash, expiresAt: $expiresAt, userAgent: $userAgent)
}`;

const bySession = `query BySession($tokenHash: String!) {
  answer: sessionSignIn(tokenHash: $tokenHash) { ${signInFields} }
}`;

const byApiKey = `mutation ByApiKey($keyId: ID!, $secretHash: String!) {
  answer: presentApiKey(keyId: $keyId, secretHash: $secretHash) { ${signInFields} }
}`;

const closeSession = 'mutation CloseSession($tokenHash: String!) { answer: closeSession(tokenHash: $tokenHash) }';

const byOperator = `query ByOperator($operator: String!) {
  answer: operatorSignIn(operator: $operator) { ${signInFields} }
}`;
