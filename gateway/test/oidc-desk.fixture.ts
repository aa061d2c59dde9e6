import { newId, tenantId } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import type {
  Assertion,
  IdentityProvider,
  NewSession,
  SignedIn,
  SignInDesk,
} from '../src/authentication/sign-in-desk.ts';

/** A desk in memory: everybody enters unless barred, and keys and sessions are what a test put there. */
export class TestDesk implements SignInDesk {
  readonly providers: IdentityProvider[] = [];
  readonly entered: Assertion[] = [];
  readonly sessions = new Map<string, NewSession>();
  readonly apiKeys = new Map<string, SignedIn>();
  readonly barred = new Set<string>();
  /** Calls by name, to see what is asked and how often. */
  readonly calls: string[] = [];
  readonly #users = new Map<string, string>();

  async providersByIssuer(issuer: string): Promise<IdentityProvider[]> {
    this.calls.push('providersByIssuer');
    return this.providers.filter((each) => each.issuer === issuer);
  }

  async providersOfTenant(tenantName: string): Promise<IdentityProvider[]> {
    return this.providers.filter((each) => each.tenantName === tenantName);
  }

  async enter(assertion: Assertion): Promise<SignedIn | null> {
    this.calls.push('enter');
    if (this.barred.has(assertion.subject)) return null;
    this.entered.push(assertion);
    const { tenantId: tenant, subject, email } = assertion;
    const id = this.#users.get(`${tenant} ${subject}`) ?? newId();
    this.#users.set(`${tenant} ${subject}`, id);
    return {
      principal: testPrincipal({ tenantId: tenantId(tenant), id, email: email ?? undefined }),
      expiresAt: null,
    };
  }

  async openSession(session: NewSession): Promise<{ id: string }> {
    this.sessions.set(session.tokenHash, session);
    return { id: newId() };
  }

  async bySession(tenant: string, tokenHash: string): Promise<SignedIn | null> {
    this.calls.push('bySession');
    const session = this.sessions.get(tokenHash);
    if (!session || session.tenantId !== tenant || session.expiresAt.getTime() <= Date.now()) return null;
    return {
      principal: testPrincipal({ tenantId: tenantId(tenant), id: session.userId }),
      expiresAt: session.expiresAt.getTime(),
    };
  }

  async byApiKey(tenant: string, keyId: string, secretHash: string): Promise<SignedIn | null> {
    this.calls.push('byApiKey');
    return this.apiKeys.get(`${tenant} ${keyId} ${secretHash}`) ?? null;
  }

  async closeSession(_tenant: string, tokenHash: string): Promise<void> {
    this.sessions.delete(tokenHash);
  }
}
