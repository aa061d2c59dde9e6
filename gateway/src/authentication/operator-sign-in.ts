import { CountersignError, isUuid, type Principal } from '@countersign/kernel';
import { decodeJwt } from 'jose';
import { nobody } from './nobody.ts';
import { OidcVerifier } from './oidc-verifier.ts';
import type { ProviderDirectory } from './provider-directory.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';
import type { TenantsDesk } from './tenants-desk.ts';

/** The header in which one of the platform's operators names the tenant that they ask about, by its id. */
export const tenantHeader = 'x-countersign-tenant';

/** Who vouches for the platform's operators. */
export interface OperatorVerifier {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The operator's address, in small letters. Throws `UNAUTHENTICATED` saying what is wrong with the token. */
  verifyOperator(token: string): Promise<string>;
}

interface Parts {
  readonly verifiers: readonly OperatorVerifier[];
  readonly desk: Pick<TenantsDesk, 'byOperator'>;
  readonly throttle: SignInThrottle;
}

/**
 * Lets the platform's operators in to a tenant, with exactly what the tenant granted them. They are asked for anew with
 * each request: nothing of a grant is remembered here.
 */
export class OperatorSignIn {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Throws `UNAUTHENTICATED` for a token that is no operator's, `FORBIDDEN` where the tenant has granted them nothing or
   * does not exist, and `RATE_LIMITED` after too many bad tokens from the address.
   */
  async authenticate(authorization: string | undefined, tenant: string, address: string): Promise<Principal> {
    const { desk, throttle } = this.#parts;
    throttle.check('bearer', address);
    const operator = await this.#operatorOf(authorization).catch((error: unknown) => {
      if (error instanceof CountersignError && error.code === 'UNAUTHENTICATED') throttle.failed('bearer', address);
      throw error;
    });
    const principal = isUuid(tenant) ? await desk.byOperator(tenant, operator) : null;
    if (principal) return principal;
    throw new CountersignError('FORBIDDEN', 'The tenant has granted you no access.');
  }

  async #operatorOf(authorization: string | undefined): Promise<string> {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const issuer = issuerOf(token);
    const verifier = this.#parts.verifiers.find((each) => each.issuer === issuer);
    if (verifier) return verifier.verifyOperator(token);
    const message = `${tenantHeader} is for the platform's operators, and the token is none of theirs: leave the header out.`;
    throw new CountersignError('UNAUTHENTICATED', message);
  }
}

/** Operators whom the platform's own identity provider signs in, by an address that it has verified. */
export function operatorsOf(
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
  directory: ProviderDirectory,
): OperatorVerifier {
  const provider = {
    id: 'operators',
    tenantId: nobody,
    tenantName: '',
    issuer,
    clientId: audience,
    clientSecret: null,
    audience,
    scopes: [],
    active: true,
  };
  const verifier = new OidcVerifier({ providersByIssuer: async () => [provider] }, directory);
  return {
    issuer,
    verifyOperator: async (token) => {
      const { email, emailVerified } = (await verifier.verify(token)).assertion;
      if (email !== null && emailVerified) return email.toLowerCase();
      throw new CountersignError('UNAUTHENTICATED', 'The token is refused: it names no verified address.');
    },
  };
}

/** Read before anything is checked: it only chooses who checks. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
