import type { User } from '../../entities/user.ts';
import { changedAttributes } from '../attributes.ts';
import { changeKind } from './change.ts';
import { attributeSchemaIn } from './user-changes.ts';
import { contentOf, insistUser, subjectOf } from './user-rules.ts';

export interface UserAttributeUpdate {
  readonly id: string;
  /** By name; null removes, what is not named stays. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
}

/** Refuses with `USER_NOT_FOUND`, `ATTRIBUTE_UNKNOWN`, `ATTRIBUTE_INVALID`, `ATTRIBUTE_MISSING`, `CANNOT_GRANT`. */
export const updateUserAttributes = changeKind<UserAttributeUpdate, User>({
  name: 'user.attributes',
  permission: 'tenants:user:administer',
  apply: async (em, { id, attributes }, _author) => {
    const user = await insistUser(em, id, ['input', 'userId']);
    const before = contentOf(user);
    user.attributes = changedAttributes(await attributeSchemaIn(em), user.attributes, attributes);
    const gained = { path: ['input', 'attributes'], attributes: Object.keys(attributes) };
    return { result: user, gained, subject: subjectOf(user), before, after: contentOf(user) };
  },
});
