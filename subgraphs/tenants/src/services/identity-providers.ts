import type { Database, Principal, RequestContext, SecretBox } from '@countersign/kernel';
import {
  allProviders,
  type Provider,
  type ProviderAtTheDoor,
  providersAtTheDoor,
  putSecretAway,
  takeSecret,
} from '../statements/identity-providers.ts';
import type { AccessChanges, Outcome } from './changes/access-changes.ts';
import { configureProvider, type ProviderDraft } from './changes/provider-changes.ts';
import { insistText } from './changes/provider-rules.ts';

/** Absent secret: what was there stays; null: there is none. */
export type ProviderInput = Omit<ProviderDraft, 'secret' | 'secretId'> & { readonly clientSecret?: string | null };

/** The identity providers that a tenant's people sign in with. */
export class IdentityProviders {
  readonly #database: Database;
  readonly #changes: AccessChanges;
  readonly #box: SecretBox;

  constructor(parts: { database: Database; changes: AccessChanges; box: SecretBox }) {
    this.#database = parts.database;
    this.#changes = parts.changes;
    this.#box = parts.box;
  }

  list(principal: Principal): Promise<Provider[]> {
    return this.#database.read(principal, allProviders);
  }

  /** The secret goes its own way: what is asked for is kept, shown and logged, in full. Refuses as the change does. */
  async configure({ clientSecret, ...input }: ProviderInput, context: RequestContext): Promise<Outcome<Provider>> {
    if (clientSecret == null) {
      const secret = clientSecret === null ? 'NONE' : 'KEEP';
      return this.#changes.make(configureProvider, { ...input, secret, secretId: null }, context);
    }
    const { principal } = context;
    const sealed = this.#box.seal(insistText(clientSecret, ['input', 'clientSecret']), principal.tenantId);
    const secretId = await this.#database.withTenant(principal, (em) => putSecretAway(em, principal.tenantId, sealed));
    try {
      return await this.#changes.make(configureProvider, { ...input, secret: 'NEW', secretId }, context);
    } catch (error) {
      await this.#database.withTenant(principal, (em) => takeSecret(em, secretId));
      throw error;
    }
  }

  /** Of any tenant: who is signed in by tokens of the issuer. Without secrets, which only a sign-in needs. */
  async ofIssuer(issuer: string): Promise<ProviderAtTheDoor[]> {
    const found = await this.#database.asRole('doorkeeper', (em) => providersAtTheDoor(em, 'issuer', issuer));
    return found.map((provider) => ({ ...provider, clientSecret: null }));
  }

  /** How the people of a tenant sign in, with the client secrets that it takes. */
  async ofTenant(tenantName: string): Promise<ProviderAtTheDoor[]> {
    const found = await this.#database.asRole('doorkeeper', (em) => providersAtTheDoor(em, 'tenant', tenantName));
    return found.map(({ clientSecret, ...provider }) => ({
      ...provider,
      clientSecret: clientSecret && this.#box.open(clientSecret, provider.tenantId),
    }));
  }
}
