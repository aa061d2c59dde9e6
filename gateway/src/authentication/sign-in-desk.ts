import type { Principal } from '@countersign/kernel';

/** An OpenID provider that one tenant's people sign in with. */
export interface IdentityProvider {
  readonly id: string;
  readonly tenantId: string;
  /** The tenant's name, as it stands in `/auth/NAME/login`. */
  readonly tenantName: string;
  /** Exactly as the provider writes it into its tokens (OpenID Connect Core 1.0, 3.1.3.7, 2). */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  /** Whom bearer tokens of this provider must be meant for; the client id unless the tenant said otherwise. */
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly active: boolean;
}

/** What a provider has said of somebody, after its signature, issuer, audience and times were checked. */
export interface Assertion {
  readonly tenantId: string;
  readonly providerId: string;
  /** The provider's own id for the person; with the provider it is the only lasting name that they have. */
  readonly subject: string;
  readonly email: string | null;
  /** Only when the provider says so with a true boolean. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  /** Everything that was said, for the tenant's mapping of claims to roles and attributes. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface SignedIn {
  readonly principal: Principal;
  /** Milliseconds since 1970 at which what it rests on ends; null when it has no end of its own. */
  readonly expiresAt: number | null;
}

export interface NewSession {
  readonly tenantId: string;
  readonly userId: string;
  /** SHA-256 of the whole token, base64url. The token itself is never handed over. */
  readonly tokenHash: string;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
}

/**
 * Where the gateway asks who may come in; `tenants` stands behind it. Null always means "may not sign in" and never
 * says why, so that no caller learns whether somebody exists.
 */
export interface SignInDesk {
  /** Several tenants may share an issuer; their audiences tell them apart. */
  providersByIssuer(issuer: string): Promise<readonly IdentityProvider[]>;
  providersOfTenant(tenantName: string): Promise<readonly IdentityProvider[]>;
  /** Finds the user, or makes them just in time. */
  enter(assertion: Assertion): Promise<SignedIn | null>;
  openSession(session: NewSession): Promise<{ readonly id: string }>;
  bySession(tenantId: string, tokenHash: string): Promise<SignedIn | null>;
  byApiKey(tenantId: string, keyId: string, secretHash: string): Promise<SignedIn | null>;
  /** Closing what is not open is no fault. */
  closeSession(tenantId: string, tokenHash: string): Promise<void>;
}
