import { type EntityManager, isUuid, problem } from '@countersign/kernel';
import { User } from '../../entities/user.ts';
import { isEmailTaken } from '../../statements/people.ts';

const longestEmail = 254;
const address = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u;

/** Refuses with `USER_NOT_FOUND`. */
export async function insistUser(em: EntityManager, id: string, path: string[]): Promise<User> {
  const user = isUuid(id) ? await em.findOne(User, { id, deletedAt: null }) : null;
  if (!user) throw problem('USER_NOT_FOUND', 'There is no such person.', path);
  return user;
}

/** An address as it is stored. Refuses with `EMAIL_INVALID`. */
export function insistEmail(wanted: string, path: string[]): string {
  const email = wanted.trim();
  if (email.length <= longestEmail && email.isWellFormed() && address.test(email)) return email;
  const message = `An address looks like name@example.org and has at most ${longestEmail} characters.`;
  throw problem('EMAIL_INVALID', message, path);
}

/** Refuses with `EMAIL_TAKEN` where somebody else has the address, in whatever case. */
export async function insistFreeEmail(
  em: EntityManager,
  email: string,
  butFor: string | null,
  path: string[],
): Promise<void> {
  if (!(await isEmailTaken(em, email, butFor))) return;
  throw problem('EMAIL_TAKEN', `Somebody signs in as ${email} already.`, path);
}

export const subjectOf = ({ id, name }: User) => ({ type: 'User', id, name });

/** What the log keeps of a person. */
export const contentOf = ({ email, name, active, attributes }: User) => ({
  email,
  name,
  active,
  attributes: { ...attributes },
});
