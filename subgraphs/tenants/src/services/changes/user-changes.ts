import { type EntityManager, newId, readAccess } from '@countersign/kernel';
import { User } from '../../entities/user.ts';
import { closeSessions, patternsOfPerson } from '../../statements/people.ts';
import { changedAttributes } from '../attributes.ts';
import { type Author, changeKind, insistMayGrant } from './change.ts';
import { insistName } from './names.ts';
import { contentOf, insistEmail, insistFreeEmail, insistUser, subjectOf } from './user-rules.ts';

export interface UserDraft {
  readonly email: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
}

export interface UserUpdate {
  readonly id: string;
  /** What is absent stays as it is. */
  readonly email?: string;
  readonly name?: string;
  readonly reason: string | null;
}

export interface OfUser {
  readonly id: string;
  readonly reason: string | null;
}

const permission = 'tenants:user:administer';

/** Refuses with `EMAIL_INVALID`, `EMAIL_TAKEN`, `NAME_INVALID`, `CANNOT_GRANT`, and as attributes are refused. */
export const createUser = changeKind<UserDraft, User>({
  name: 'user.create',
  permission,
  apply: async (em, { email: wanted, name, attributes }, { principal: { tenantId }, now }) => {
    const email = insistEmail(wanted, ['input', 'email']);
    await insistFreeEmail(em, email, null, ['input', 'email']);
    const user = em.create(User, {
      id: newId(),
      tenantId,
      email,
      name: insistName(name, ['input', 'name']),
      attributes: changedAttributes(await attributeSchemaIn(em), null, attributes),
      active: true,
      createdAt: now,
    });
    em.persist(user);
    const gained = { path: ['input', 'attributes'], attributes: Object.keys(attributes) };
    return { result: user, gained, subject: subjectOf(user), before: null, after: contentOf(user) };
  },
});

/** Refuses with `USER_NOT_FOUND`, `EMAIL_INVALID`, `EMAIL_TAKEN`, `NAME_INVALID`, `CANNOT_GRANT`. */
export const updateUser = changeKind<UserUpdate, User>({
  name: 'user.update',
  permission,
  apply: async (em, update, author) => {
    const user = await insistUser(em, update.id, ['input', 'userId']);
    const before = contentOf(user);
    if (update.name !== undefined) user.name = insistName(update.name, ['input', 'name']);
    if (update.email !== undefined) await changeEmail(em, user, update.email, author);
    return { result: user, subject: subjectOf(user), before, after: contentOf(user) };
  },
});

/** Ends a person's access at once: sessions are closed, and keys are worth nothing while their owner is not active. */
export const deactivateUser = changeKind<OfUser, User>({
  name: 'user.deactivate',
  permission,
  mayRemoveAdmin: true,
  needsNoApproval: true,
  apply: async (em, { id }, { now }) => {
    const user = await insistUser(em, id, ['input', 'userId']);
    const before = contentOf(user);
    user.active = false;
    await closeSessions(em, id, now);
    return { result: user, subject: subjectOf(user), before, after: contentOf(user) };
  },
});

/** Gives a person back all that they held, so that the author has to hold it. Refuses with `CANNOT_GRANT`. */
export const reactivateUser = changeKind<OfUser, User>({
  name: 'user.reactivate',
  permission,
  apply: async (em, { id }, author) => {
    const path = ['input', 'userId'];
    const user = await insistUser(em, id, path);
    const before = contentOf(user);
    insistMayGrant(author, await patternsOfPerson(em, id, 'ALL'), path);
    user.active = true;
    return { result: user, subject: subjectOf(user), before, after: contentOf(user) };
  },
});

export const attributeSchemaIn = async (em: EntityManager) => (await readAccess(em))?.attributes ?? [];

/** Whoever receives the new address can sign in as the person: it hands on all that they hold. */
async function changeEmail(em: EntityManager, user: User, wanted: string, author: Author): Promise<void> {
  const path = ['input', 'email'];
  const email = insistEmail(wanted, path);
  await insistFreeEmail(em, email, user.id, path);
  if (email.toLowerCase() !== user.email.toLowerCase()) {
    insistMayGrant(author, await patternsOfPerson(em, user.id, 'ALL'), path);
  }
  user.email = email;
}
