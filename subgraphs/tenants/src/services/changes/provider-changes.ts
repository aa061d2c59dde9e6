import { type EntityManager, mayGrant, newId, problem, readAccess } from '@countersign/kernel';
import { patternsOfEverybody } from '../../statements/everybody.ts';
import {
  allProviders,
  type ClaimRules,
  deleteProvider,
  findProvider,
  forgetIdentities,
  type Provider,
  takeSecret,
  writeProvider,
} from '../../statements/identity-providers.ts';
import { patternsOf } from '../../statements/roles.ts';
import { type Author, changeKind, insistMayGrant } from './change.ts';
import { insistName } from './names.ts';
import { insistClaims, insistIssuer, insistScopes, insistText } from './provider-rules.ts';
import { insistRole } from './role-changes.ts';

export interface ProviderDraft {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** `KEEP` the one that is there, have `NONE`, or take the one that waits under `secretId`. */
  readonly secret: 'KEEP' | 'NONE' | 'NEW';
  readonly secretId: string | null;
  /** Null: the client id. */
  readonly audience: string | null;
  /** Null: `openid`, `email` and `profile`. */
  readonly scopes: readonly string[] | null;
  readonly justInTime: boolean;
  readonly trustEmail: boolean;
  readonly defaultRoles: readonly string[];
  readonly claims: ClaimRules;
  readonly reason: string | null;
}

const permission = 'tenants:identity:administer';
const mostProviders = 20;

/**
 * Makes the provider of that name, or changes it. Refuses with `NAME_INVALID`, `ISSUER_INVALID`, `TEXT_INVALID`,
 * `SCOPES_INVALID`, `TOO_MANY`, `ATTRIBUTE_UNKNOWN`, `ROLE_NOT_FOUND`, `CANNOT_GRANT`, `CLIENT_SECRET_NEEDED`,
 * `AUDIENCE_TAKEN`.
 */
export const configureProvider = changeKind<ProviderDraft, Provider>({
  name: 'identity-provider.configure',
  permission,
  apply: async (em, draft, author) => {
    const name = insistName(draft.name, ['input', 'name']);
    const before = await findProvider(em, 'name', name);
    if (!before) await insistRoomForOne(em);
    const attributes = (await readAccess(em))?.attributes ?? [];
    const clientId = insistText(draft.clientId, ['input', 'clientId']);
    const provider = {
      id: before?.id ?? newId(),
      name,
      issuer: insistIssuer(draft.issuer),
      clientId,
      audience: draft.audience === null ? clientId : insistText(draft.audience, ['input', 'audience']),
      scopes: insistScopes(draft.scopes ?? ['openid', 'email', 'profile']),
      justInTime: draft.justInTime,
      trustEmail: draft.trustEmail,
      defaultRoles: [...new Set(draft.defaultRoles)],
      claims: insistClaims(
        draft.claims,
        attributes.map((each) => each.name),
      ),
    };
    await insistMayLetIn(em, author);
    await insistRolesToGive(em, provider, author);
    const moved = before !== null && (before.issuer !== provider.issuer || before.clientId !== clientId);
    const secret = await newSecret(em, draft, moved && before.hasClientSecret);
    await writeProvider(em, author.principal.tenantId, provider, secret).catch(asTaken);
    // Subjects are an issuer's own, and some give each client others: another's would open the accounts of strangers.
    if (moved) await forgetIdentities(em, provider.id);
    const result = await findProvider(em, 'id', provider.id);
    if (!result) throw new Error('The provider that was written is not there.');
    return { result, subject: subjectOf(result), before: before && contentOf(before), after: contentOf(result) };
  },
});

/** Refuses with `PROVIDER_NOT_FOUND`. Who is signed in stays so until their session ends. */
export const removeProvider = changeKind<{ readonly id: string; readonly reason: string | null }, Provider>({
  name: 'identity-provider.remove',
  permission,
  mayRemoveAdmin: true,
  needsNoApproval: true,
  apply: async (em, { id }, _author) => {
    const provider = await findProvider(em, 'id', id);
    if (!provider) throw problem('PROVIDER_NOT_FOUND', 'There is no such identity provider.', ['input', 'id']);
    await deleteProvider(em, id);
    return { result: provider, subject: subjectOf(provider), before: contentOf(provider), after: null };
  },
});

async function insistRoomForOne(em: EntityManager): Promise<void> {
  if ((await allProviders(em)).length < mostProviders) return;
  throw problem('TOO_MANY', `A tenant has at most ${mostProviders} identity providers.`, ['input', 'name']);
}

/**
 * Who runs a provider says who its people are, and so can sign in as anybody of the tenant: to connect one is to hand on
 * all that anybody holds.
 */
async function insistMayLetIn(em: EntityManager, { principal }: Author): Promise<void> {
  const beyond = (await patternsOfEverybody(em)).filter((pattern) => !mayGrant(principal.permissions, pattern));
  if (beyond.length === 0) return;
  const message = `Whoever runs the provider can sign in as anybody of the tenant: it takes somebody who holds all that anybody holds. You lack ${beyond.join(', ')}.`;
  throw problem('CANNOT_GRANT', message, ['input', 'issuer'], { permissions: beyond });
}

async function insistRolesToGive(
  em: EntityManager,
  { defaultRoles, claims }: Pick<Provider, 'defaultRoles' | 'claims'>,
  author: Author,
): Promise<void> {
  const given = [
    { ids: defaultRoles, path: ['input', 'defaultRoles'] },
    { ids: (claims.roles?.mapping ?? []).map(({ roleId }) => roleId), path: ['input', 'claims', 'roles', 'mapping'] },
  ];
  for (const { ids, path } of given) {
    for (const id of new Set(ids)) await insistRole(em, id, path);
    insistMayGrant(author, await patternsOf(em, ids), path);
  }
}

/** Sealed; undefined where the one that is there stays. It must not be sent to an issuer that it was not given for. */
async function newSecret(
  em: EntityManager,
  { secret, secretId }: ProviderDraft,
  wouldMove: boolean,
): Promise<string | null | undefined> {
  if (secret === 'NONE') return null;
  const path = ['input', 'clientSecret'];
  if (secret === 'KEEP') {
    if (!wouldMove) return undefined;
    const message = 'Issuer or client id changes: give the client secret again, or null for a client without one.';
    throw problem('CLIENT_SECRET_NEEDED', message, path);
  }
  const taken = secretId === null ? null : await takeSecret(em, secretId);
  if (taken !== null) return taken;
  throw problem('CLIENT_SECRET_NEEDED', 'The client secret was not kept so long: configure the provider again.', path);
}

/** The unique index over all tenants is the only one that can tell. */
function asTaken(error: unknown): never {
  if (!/identity_provider_audience/.test(String(error))) throw error;
  const message = "This issuer with this audience signs people in here already: an audience is one tenant's alone.";
  throw problem('AUDIENCE_TAKEN', message, ['input', 'audience']);
}

const subjectOf = ({ id, name }: Provider) => ({ type: 'IdentityProvider', id, name });

const contentOf = ({ id: _id, createdAt: _createdAt, ...content }: Provider) => content;
