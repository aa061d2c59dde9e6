import { CountersignError } from '@countersign/kernel';
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { ProviderDirectory } from './provider-directory.ts';
import { down } from './provider-fetch.ts';
import type { Assertion, IdentityProvider, SignInDesk } from './sign-in-desk.ts';

const skewSeconds = 60;
/** Asymmetric alone: with a shared secret among them, a published key could be used to sign (RFC 8725, 2.1 and 3.1). */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Access tokens (RFC 9068) and ID tokens; not logout tokens, DPoP proofs and other JWTs of the same signer. */
const types = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

export interface VerifiedToken {
  readonly assertion: Assertion;
  /** Milliseconds since 1970 at which the token ends. */
  readonly expiresAt: number;
}

/** Checks bearer tokens that tenants' own providers issued (RFC 9068, section 4). Sends and logs no token. */
export class OidcVerifier {
  readonly #desk: Pick<SignInDesk, 'providersByIssuer'>;
  readonly #directory: ProviderDirectory;

  constructor(desk: Pick<SignInDesk, 'providersByIssuer'>, directory: ProviderDirectory) {
    this.#desk = desk;
    this.#directory = directory;
  }

  /** Throws `UNAUTHENTICATED` saying what is wrong, `UPSTREAM_UNAVAILABLE` when the provider's keys cannot be had. */
  async verify(token: string): Promise<VerifiedToken> {
    const provider = await this.#providerOf(token);
    const claims = await verifyJwt(this.#directory, token, provider.issuer, provider.audience);
    // A token bound to a key proves nothing without it (RFC 9449, 7.1); a logout token signs nobody in.
    if ('cnf' in claims) throw refused('it is bound to a key, which a bearer token cannot prove');
    if ('events' in claims) throw refused('it tells of an event and is no access token');
    return { assertion: assertionOf(provider, claims), expiresAt: Number(claims.exp) * 1000 };
  }

  /** The one provider that issuer and audience name; which tenant a token is for is decided here and nowhere else. */
  async #providerOf(token: string): Promise<IdentityProvider> {
    const { iss, aud } = unverified(token);
    if (typeof iss !== 'string' || iss.length > 2_048) throw refused('it does not name its issuer');
    const providers = (await this.#desk.providersByIssuer(iss)).filter((each) => each.active && each.issuer === iss);
    if (providers.length === 0) throw refused('it is of an issuer that is not known here');
    const [provider, another] = providers.filter(({ audience }) => [aud].flat().includes(audience));
    if (!provider) throw refused('it is for another audience');
    if (another) throw refused('its audience does not tell which tenant it is for');
    return provider;
  }
}

/**
 * The claims of a token after signature, issuer, audience and times (within 60 s) were checked. A key that is not known
 * makes the issuer's keys be asked for once more. Throws as `OidcVerifier.verify`.
 */
export async function verifyJwt(
  directory: ProviderDirectory,
  token: string,
  issuer: string,
  audience: string,
): Promise<JWTPayload & { sub: string }> {
  const keys = directory.keys(issuer);
  const options = { issuer, audience, algorithms, clockTolerance: skewSeconds, requiredClaims: ['sub', 'iat', 'exp'] };
  assertAlgorithm(token); // Before any key is asked for.
  const known = await keys.current();
  const { payload } = await jwtVerify(token, known, options)
    .catch(async (error: unknown) => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return jwtVerify(token, await keys.renewed(), options);
    })
    .catch((error: unknown) => {
      if (error instanceof CountersignError) throw error;
      if (error instanceof errors.JOSEError) throw refused(reasonOf(error));
      throw down(issuer, 'publishes a key that cannot be used', error);
    });
  const { sub, iat } = payload;
  if (typeof sub !== 'string' || sub.length === 0 || sub.length > 255) throw refused('it does not name its subject');
  if (Number(iat) > Date.now() / 1000 + skewSeconds) throw refused('it was issued in the future');
  return { ...payload, sub };
}

/** What the claims say of a person; nothing that is of the wrong type. */
export function assertionOf(provider: IdentityProvider, claims: JWTPayload & { sub: string }): Assertion {
  return {
    tenantId: provider.tenantId,
    providerId: provider.id,
    subject: claims.sub,
    email: text(claims.email),
    emailVerified: claims.email_verified === true,
    name: text(claims.name),
    claims,
  };
}

function unverified(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw refused('it is not a token that we know');
  }
}

function assertAlgorithm(token: string): void {
  const { alg, typ } = decodeProtectedHeader(token); // Its payload was read before, so it has three parts.
  if (!alg || !algorithms.includes(alg)) throw refused('its algorithm is not an asymmetric one that we accept');
  if (!types.includes(typ?.toLowerCase())) throw refused('it is neither an access token nor an ID token');
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JWKSNoMatchingKey) return 'it is signed with a key that its issuer does not publish';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'it does not say which key it is signed with';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return 'it is not valid yet';
    if (error.claim === 'aud') return 'it is for another audience';
    return `its claim ${error.claim} is missing or wrong`;
  }
  return 'it is not a token that we know';
}

const refused = (reason: string): CountersignError =>
  new CountersignError('UNAUTHENTICATED', `The token is refused: ${reason}.`);

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
