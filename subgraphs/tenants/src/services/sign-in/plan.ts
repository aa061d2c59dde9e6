import { type AttributeDeclaration, type Attributes, type EntityManager, readAccess } from '@countersign/kernel';
import { User } from '../../entities/user.ts';
import { existingRoles, personOfAddress, personOfIdentity, rolesAssignedTo } from '../../statements/identities.ts';
import { assignedByProvider, findProvider, type Provider } from '../../statements/identity-providers.ts';
import { changedAttributes } from '../attributes.ts';
import { type Assertion, type ClaimedPerson, claimedPerson } from './claimed-person.ts';

/** What signing somebody in would do. */
export interface SignInPlan {
  readonly provider: Provider;
  readonly person: ClaimedPerson;
  /** Null: somebody who is made just in time. */
  readonly user: User | null;
  /** Whether the provider's subject is known to be the user already. */
  readonly linked: boolean;
  /** Ids of roles. */
  readonly give: readonly string[];
  readonly take: readonly string[];
  readonly attributes: Attributes;
}

/** Why somebody may not sign in: for the log alone, so that nobody outside learns who exists. */
export interface TurnedAway {
  readonly reason: string;
}

/** Reads what the sign-in would do, and changes nothing. */
export async function planSignIn(em: EntityManager, assertion: Assertion): Promise<SignInPlan | TurnedAway> {
  const provider = await findProvider(em, 'id', assertion.providerId);
  if (!provider?.active) return { reason: 'The identity provider is not there any more.' };
  const person = claimedPerson(provider, assertion);
  const found = await whoIs(em, provider, person);
  if ('reason' in found) return found;
  const user = found.userId === null ? null : await em.findOneOrFail(User, { id: found.userId });
  const declared = (await readAccess(em))?.attributes ?? [];
  const attributes = attributesAfter(declared, user?.attributes ?? null, person.attributes);
  if ('reason' in attributes) return attributes;
  const roles = await rolesAfter(em, provider, person, user);
  return { provider, person, user, linked: found.linked, ...roles, attributes: attributes.after };
}

/** Whether it would leave everything as it is: most sign-ins do. */
export function changesNothing({ user, linked, give, take, attributes }: SignInPlan): boolean {
  if (!user || !linked || give.length > 0 || take.length > 0) return false;
  return sameAttributes(user.attributes, attributes);
}

/**
 * The subject decides, where it is known: it is the only lasting name that a provider gives (OpenID Connect Core 1.0,
 * 5.7). An address joins a subject to somebody who is there already only when it was verified: else whoever can write an
 * address into a profile at the provider would take over the account that belongs to it. For the same reason nobody is
 * made of an address that is not: its owner would later sign in to an account that somebody else has prepared.
 */
async function whoIs(
  em: EntityManager,
  provider: Provider,
  { subject, email }: ClaimedPerson,
): Promise<{ userId: string | null; linked: boolean } | TurnedAway> {
  const known = await personOfIdentity(em, provider.id, subject);
  if (known) return known.active ? { userId: known.id, linked: true } : { reason: 'The person is deactivated.' };
  if (email === null) return { reason: 'The subject is not known, and no verified address came with it.' };
  const owner = await personOfAddress(em, provider.id, email);
  if (!owner) return provider.justInTime ? { userId: null, linked: false } : { reason: 'Nobody has the address.' };
  if (!owner.active) return { reason: 'The person is deactivated.' };
  // An address that was given to somebody new at the provider does not give them the account of who had it before.
  if (owner.known) return { reason: 'The provider knows the owner of the address by another subject.' };
  return { userId: owner.id, linked: false };
}

/** What is said and fits the tenant's schema is taken over; what is not said any more is not kept, unless it must be. */
function attributesAfter(
  declared: readonly AttributeDeclaration[],
  had: Attributes | null,
  said: Readonly<Record<string, unknown>>,
): { after: Attributes } | TurnedAway {
  const types = new Map(declared.map(({ name, type }) => [name, type]));
  const wanted = Object.entries(said).map(([name, value]) => {
    const single = types.get(name) === 'Set<String>' && typeof value === 'string';
    return [name, single ? [value] : value] as const;
  });
  const fitting = wanted.filter(([name, value]) => change(declared, had ?? {}, { [name]: value }));
  const after = change(declared, had, Object.fromEntries(fitting));
  return after ? { after } : { reason: 'The provider does not tell an attribute that everybody must have.' };
}

function change(declared: readonly AttributeDeclaration[], had: Attributes | null, change: Record<string, unknown>) {
  try {
    return changedAttributes(declared, had, change);
  } catch {
    return null; // It says what does not fit, which is for nobody here to mend.
  }
}

async function rolesAfter(
  em: EntityManager,
  provider: Provider,
  person: ClaimedPerson,
  user: User | null,
): Promise<{ give: string[]; take: string[] }> {
  const wanted = await existingRoles(em, person.roleIds);
  const held = user ? await rolesAssignedTo(em, user.id) : [];
  const heldIds = new Set(held.map(({ roleId }) => roleId));
  const given = held.filter(({ assignedBy }) => assignedBy === assignedByProvider(provider.id));
  return {
    give: wanted.filter((id) => !heldIds.has(id)),
    take: given.map(({ roleId }) => roleId).filter((id) => !wanted.includes(id)),
  };
}

function sameAttributes(one: Attributes, other: Attributes): boolean {
  const text = (attributes: Attributes) =>
    JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}
