import { type EntityManager, newId, problem } from '@countersign/kernel';
import { User } from '../../entities/user.ts';
import { closeSessions, patternsOfPerson, stripPerson } from '../../statements/people.ts';
import { isExternalIdTaken } from '../../statements/scim.ts';
import { changedAttributes } from '../attributes.ts';
import { valuesOf } from '../scim/attribute-texts.ts';
import { readScimUsers } from '../scim/reading.ts';
import type { ScimUser, ScimUserInput } from '../scim/shapes.ts';
import { type Author, changeKind, insistMayGrant } from './change.ts';
import { attributeSchemaIn } from './user-changes.ts';
import { contentOf, insistFreeEmail, insistUser, subjectOf } from './user-rules.ts';

export interface ScimUserDraft {
  readonly input: ScimUserInput;
}

export interface OfScimUser {
  readonly id: string;
  /** Null: whatever the version is. */
  readonly expectedVersion: number | null;
}

const permission = 'tenants:directory:provision';
const longestName = 320;
const storedName = /^[^\p{Cc}]+$/u;

/**
 * A person whom the directory adds. Refuses with `USER_NAME_INVALID`, `NAME_INVALID`, `EMAIL_TAKEN`,
 * `EXTERNAL_ID_TAKEN`, and as attributes are refused.
 */
export const scimCreateUser = changeKind<ScimUserDraft, ScimUser>({
  name: 'directory.createUser',
  permission,
  needsNoApproval: true,
  apply: async (em, { input }, { principal: { tenantId }, now }) => {
    const names = await insistNames(em, input, null);
    const attributes = await attributesAfter(em, null, input);
    const { active, externalId } = input;
    const made = { ...names, id: newId(), tenantId, active, externalId, attributes, createdAt: now, updatedAt: now };
    const user = em.create(User, made);
    em.persist(user);
    return { result: await written(em, user), subject: subjectOf(user), before: null, after: contentOf(user) };
  },
});

/**
 * A person as the directory has them now. It says who is active, and gives somebody who comes back what they had: that
 * was given by who held it. But whoever receives a new address can sign in as the person, so that what the tenant's
 * admins gave them must be held by who changes it; what the directory's own groups hand on is left to it. Refuses like
 * `scimCreateUser`, and with `USER_NOT_FOUND`, `VERSION_MISMATCH`, `CANNOT_GRANT`.
 */
export const scimReplaceUser = changeKind<ScimUserDraft & OfScimUser, ScimUser>({
  name: 'directory.replaceUser',
  permission,
  needsNoApproval: true,
  mayRemoveAdmin: true,
  apply: async (em, { id, expectedVersion, input }, author) => {
    const user = await insistUser(em, id, ['id']);
    insistVersion(user, expectedVersion);
    const before = contentOf(user);
    const names = await insistNames(em, input, user);
    if (names.email.toLowerCase() !== user.email.toLowerCase()) await insistMayRename(em, user, author);
    if (user.active && !input.active) await closeSessions(em, id, author.now);
    const attributes = await attributesAfter(em, user, input);
    em.assign(user, { ...names, attributes, active: input.active, externalId: input.externalId });
    return { result: await written(em, user), subject: subjectOf(user), before, after: contentOf(user) };
  },
});

/**
 * Takes a person away for good: what they held, their keys and their ways to sign in are gone, and their address and the
 * directory's id are free for somebody else. The name stays for what they did. Refuses with `USER_NOT_FOUND`,
 * `VERSION_MISMATCH`.
 */
export const scimDeleteUser = changeKind<OfScimUser, { readonly id: string }>({
  name: 'directory.deleteUser',
  permission,
  needsNoApproval: true,
  mayRemoveAdmin: true,
  apply: async (em, { id, expectedVersion }, { now }) => {
    const user = await insistUser(em, id, ['id']);
    insistVersion(user, expectedVersion);
    const told = { result: { id }, subject: subjectOf(user), before: contentOf(user), after: null };
    await stripPerson(em, id, now);
    const nobody = { externalId: null, givenName: null, familyName: null, attributes: {} };
    // `.invalid` is nobody's (RFC 2606 2); with the id it is nobody else's here either.
    em.assign(user, { ...nobody, active: false, deletedAt: now, email: `${id}@deleted.invalid` });
    return told;
  },
});

/** Refuses with `VERSION_MISMATCH` what has been changed since it was read. */
export function insistVersion({ version }: { readonly version: number }, expected: number | null): void {
  if (expected === null || expected === version) return;
  throw problem('VERSION_MISMATCH', 'It has been changed in between.', ['expectedVersion'], { version });
}

/** A sign-in name need not be an address here: what it is, is the directory's to say (RFC 7643 4.1.1). */
async function insistNames(em: EntityManager, { userName, name, externalId }: ScimUserInput, user: User | null) {
  const email = insistText(userName, 'USER_NAME_INVALID', 'userName');
  await insistFreeEmail(em, email, user?.id ?? null, ['userName']);
  if (externalId !== null && (await isExternalIdTaken(em, externalId, user?.id ?? null))) {
    throw problem('EXTERNAL_ID_TAKEN', `There is a person with the externalId "${externalId}" already.`, [
      'externalId',
    ]);
  }
  const formatted = insistText(name.formatted, 'NAME_INVALID', 'name');
  return { email, name: formatted, givenName: name.given, familyName: name.family };
}

function insistText(wanted: string, code: string, field: string): string {
  const text = wanted.trim();
  if (text.length <= longestName && storedName.test(text)) return text;
  throw problem(code, `"${field}" has 1 to ${longestName} characters, none of them a control character.`, [field]);
}

async function insistMayRename(em: EntityManager, { id }: User, author: Author): Promise<void> {
  insistMayGrant(author, await patternsOfPerson(em, id, 'TENANT'), ['userName']);
}

async function attributesAfter(em: EntityManager, user: User | null, { attributes }: ScimUserInput) {
  const declared = await attributeSchemaIn(em);
  return changedAttributes(declared, user?.attributes ?? null, valuesOf(declared, attributes), ['attributes']);
}

/** As it stands once it is written, which is when it has its new version. */
async function written(em: EntityManager, { id }: User): Promise<ScimUser> {
  await em.flush();
  const [user] = await readScimUsers(em, [id]);
  if (!user) throw new Error('A person who was just written is not there.');
  return user;
}
