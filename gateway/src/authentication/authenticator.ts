import { CountersignError, type Principal, tenantId } from '@countersign/kernel';
import { decodeJwt } from 'jose';
import type { TokenSubject } from './demo-issuer.ts';
import type { OidcVerifier } from './oidc-verifier.ts';
import { hashToken, type OpaqueToken, parseOpaqueToken } from './opaque-tokens.ts';
import { PrincipalMemory } from './principal-memory.ts';
import type { SignedIn, SignInDesk } from './sign-in-desk.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';

export interface TokenVerifier {
  /** The `iss` of the tokens that it checks; absent: it is asked about every JWT that no other issuer is known for. */
  readonly issuer?: string;
  verify(token: string): Promise<TokenSubject>;
}

/** Answers who an address of a tenant is; null for one that may not sign in. */
export type PrincipalLookup = (subject: TokenSubject) => Promise<Omit<Principal, 'kind' | 'tenantId'> | null>;

/** The ways in besides the demo's tokens: tenants' own providers, sessions and API keys. */
export interface SignInWays {
  readonly desk: SignInDesk;
  readonly oidc: OidcVerifier;
  readonly throttle?: SignInThrottle;
  readonly now?: () => number;
}

/** Turns a bearer token into a principal, and remembers it for ten seconds at most and never past the token's end. */
export class Authenticator {
  readonly #demo: TokenVerifier | undefined;
  readonly #lookup: PrincipalLookup;
  readonly #ways: SignInWays | undefined;
  readonly #memory: PrincipalMemory;

  constructor(demo: TokenVerifier | undefined, lookup: PrincipalLookup, ways?: SignInWays) {
    this.#demo = demo;
    this.#lookup = lookup;
    this.#ways = ways;
    this.#memory = new PrincipalMemory(ways?.now);
  }

  /**
   * `address` is the caller's, whose failures are counted; without one they are not. Throws `UNAUTHENTICATED` when there
   * is no token, a bad one, or one whose owner may not sign in; `RATE_LIMITED` with `retryAfter` in seconds after too
   * many of those; `UPSTREAM_UNAVAILABLE` when the token's issuer publishes no keys now.
   */
  async authenticate(authorization: string | undefined, address?: string): Promise<Principal> {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw new CountersignError('UNAUTHENTICATED', 'Send a token: `Authorization: Bearer TOKEN`.');
    const key = hashToken(token);
    const known = this.#memory.recall(key);
    if (known) return known;
    const opaque = parseOpaqueToken(token);
    const throttle = address === undefined ? undefined : this.#ways?.throttle;
    // Who was let in lately is looked up even where others behind the same address have failed too often.
    if (address !== undefined && !this.#memory.vouchedFor(key)) throttle?.check('bearer', address, opaque?.tenantId);
    try {
      return await this.#memory.shared(key, () => this.#resolve(token, opaque));
    } catch (error) {
      const refused = error instanceof CountersignError && error.code === 'UNAUTHENTICATED';
      if (refused && address !== undefined) throttle?.failed('bearer', address, opaque?.tenantId);
      throw error;
    }
  }

  /** Forgets the remembered principals of one tenant, or all; called when permissions change. */
  forget(tenant?: string): void {
    this.#memory.forget(tenant);
  }

  /** Forgets one token's principal; called when its session is closed. */
  forgetToken(token: string): void {
    this.#memory.forgetToken(hashToken(token));
  }

  /** Says that the token was issued here just now, so that its first use is not held up by the failures of others. */
  vouchFor(token: string): void {
    this.#memory.vouchFor(hashToken(token));
  }

  #resolve(token: string, opaque: OpaqueToken | undefined): Promise<SignedIn> {
    if (opaque) return this.#byOpaque(opaque);
    const issuer = issuerOf(token);
    if (this.#demo && (issuer === this.#demo.issuer || !this.#ways || !this.#demo.issuer)) return this.#byDemo(token);
    return this.#byProvider(token);
  }

  async #byOpaque(opaque: OpaqueToken): Promise<SignedIn> {
    const { desk } = this.#open();
    const signedIn =
      opaque.kind === 'session'
        ? await desk.bySession(opaque.tenantId, opaque.hash)
        : await desk.byApiKey(opaque.tenantId, opaque.keyId, opaque.hash);
    const what = opaque.kind === 'session' ? 'session' : 'API key';
    if (!signedIn) throw refusal(`The ${what} is not valid: it has ended, was revoked, or never was.`);
    return ofTenant(signedIn, opaque.tenantId);
  }

  async #byProvider(token: string): Promise<SignedIn> {
    const { desk, oidc } = this.#open();
    const { assertion, expiresAt } = await oidc.verify(token);
    const signedIn = await desk.enter(assertion);
    if (!signedIn) throw refusal('The token names someone who may not sign in here.');
    const { principal } = ofTenant(signedIn, assertion.tenantId);
    return { principal, expiresAt: Math.min(expiresAt, signedIn.expiresAt ?? expiresAt) };
  }

  async #byDemo(token: string): Promise<SignedIn> {
    if (!this.#demo) throw refusal('No token issuer is configured on this server.');
    const subject = await this.#demo.verify(token);
    const found = await this.#lookup(subject);
    if (!found) throw refusal('The token names someone who may not sign in here.');
    return {
      principal: { ...found, kind: 'user', tenantId: tenantId(subject.tenantId) },
      expiresAt: subject.expiresAt,
    };
  }

  #open(): SignInWays {
    if (!this.#ways) throw refusal('No token issuer is configured on this server.');
    return this.#ways;
  }
}

/** Read before anything is checked: it only chooses who checks. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** Whom a tenant's token names is of that tenant; anything else is a fault of ours and lets nobody in. */
function ofTenant(signedIn: SignedIn, tenant: string): SignedIn {
  if (signedIn.principal.tenantId === tenant) return signedIn;
  throw new CountersignError('INTERNAL_ERROR', 'A sign-in was answered with a principal of another tenant.');
}

const refusal = (reason: string): CountersignError => new CountersignError('UNAUTHENTICATED', reason);
