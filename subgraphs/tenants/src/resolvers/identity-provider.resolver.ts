import { type Principal, payload, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { removeProvider } from '../services/changes/provider-changes.ts';
import type { Directory } from '../services/directory.ts';
import type { IdentityProviders, ProviderInput } from '../services/identity-providers.ts';
import type { Provider } from '../statements/identity-providers.ts';
import {
  ConfigureIdentityProviderInput,
  ConfigureIdentityProviderPayload,
  IdentityProvider,
  RemoveIdentityProviderInput,
  RemoveIdentityProviderPayload,
} from './identity-provider.types.ts';

interface Parts {
  readonly directory: Directory;
  readonly changes: AccessChanges;
  readonly providers: IdentityProviders;
}

@Resolver()
export class IdentityProviderResolver {
  readonly #directory: Directory;
  readonly #changes: AccessChanges;
  readonly #providers: IdentityProviders;

  constructor({ directory, changes, providers }: Parts) {
    this.#directory = directory;
    this.#changes = changes;
    this.#providers = providers;
  }

  @Query(() => [IdentityProvider], {
    description: "The providers that the tenant's people sign in with, by name; at most 20. Never their secrets.",
  })
  async identityProviders(@Ctx() { principal }: RequestContext): Promise<IdentityProvider[]> {
    return this.#shown(principal, await this.#providers.list(principal));
  }

  @Mutation(() => ConfigureIdentityProviderPayload, {
    nullable: true,
    description:
      'Connects an identity provider, or changes the one of that name. Who runs it can sign in as anybody of the tenant, so that it takes somebody who holds all that anybody holds.',
  })
  configureIdentityProvider(
    @Arg('input', () => ConfigureIdentityProviderInput, { description: 'The provider.' })
    input: ConfigureIdentityProviderInput,
    @Ctx() context: RequestContext,
  ): Promise<ConfigureIdentityProviderPayload> {
    return payload(async () => {
      const { result, waiting } = await this.#providers.configure(inputOf(input), context);
      const [identityProvider = null] = result ? await this.#shown(context.principal, [result]) : [];
      return { identityProvider, waiting };
    });
  }

  @Mutation(() => RemoveIdentityProviderPayload, {
    nullable: true,
    description: 'Takes a way to sign in away, with the roles that hold by its claims.',
  })
  removeIdentityProvider(
    @Arg('input', () => RemoveIdentityProviderInput, { description: 'Which provider.' })
    { id, reason }: RemoveIdentityProviderInput,
    @Ctx() context: RequestContext,
  ): Promise<RemoveIdentityProviderPayload> {
    return payload(async () => {
      const { result } = await this.#changes.make(removeProvider, { id, reason: reason ?? null }, context);
      return { removedIdentityProviderId: result?.id ?? null };
    });
  }

  async #shown(principal: Principal, providers: readonly Provider[]): Promise<IdentityProvider[]> {
    const ids = providers.flatMap(({ defaultRoles, claims }) => [...defaultRoles, ...mappedRoles(claims)]);
    const known = await this.#directory.roles(principal, [...new Set(ids)]);
    const roles = new Map(known.flatMap((role) => (role ? [[role.id, role]] : [])));
    return providers.map((provider) => ({
      ...provider,
      defaultRoles: provider.defaultRoles.flatMap((id) => roles.get(id) ?? []),
      claims: {
        ...provider.claims,
        attributes: [...provider.claims.attributes],
        roles: provider.claims.roles && {
          claim: provider.claims.roles.claim,
          mapping: provider.claims.roles.mapping.map(({ value, roleId }) => ({
            value,
            role: roles.get(roleId) ?? null,
          })),
        },
      },
    }));
  }
}

const mappedRoles = ({ roles }: Provider['claims']): string[] => (roles?.mapping ?? []).map(({ roleId }) => roleId);

function inputOf(input: ConfigureIdentityProviderInput): ProviderInput {
  const { name, issuer, clientId, clientSecret, audience, scopes, defaultRoles, claims, reason } = input;
  return {
    name,
    issuer,
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    audience: audience ?? null,
    scopes: scopes ?? null,
    justInTime: input.justInTime ?? false,
    trustEmail: input.trustEmail ?? false,
    defaultRoles: defaultRoles ?? [],
    claims: {
      email: claims?.email ?? null,
      name: claims?.name ?? null,
      roles: claims?.roles ?? null,
      attributes: claims?.attributes ?? [],
    },
    reason: reason ?? null,
  };
}
