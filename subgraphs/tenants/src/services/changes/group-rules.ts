import { type EntityManager, holds, isUuid, problem } from '@countersign/kernel';
import { Group, ManagedBy } from '../../entities/group.ts';
import { countMembers, knownMembers } from '../../statements/group-members.ts';
import { childrenOf, containsGroup, patternsOfGroups } from '../../statements/groups.ts';
import { type Author, insistMayGrant } from './change.ts';
import { insistName } from './names.ts';

/** Most members, or groups in a group, that one change names. */
export const mostMembers = 20_000;
/** Most of them that the log names one by one. */
const mostNamed = 100;

/** Refuses with `GROUP_NOT_FOUND`. */
export async function insistGroup(em: EntityManager, id: string, path: string[]): Promise<Group> {
  const group = isUuid(id) ? await em.findOne(Group, { id }) : null;
  if (!group) throw problem('GROUP_NOT_FOUND', 'There is no such group.', path);
  return group;
}

/** Refuses with `NAME_INVALID`, `NAME_TAKEN`. */
export async function insistFreeGroupName(
  em: EntityManager,
  wanted: string,
  butFor: string | null,
  path: string[],
): Promise<string> {
  const name = insistName(wanted, path);
  const [taken] = await em.execute(
    'select from tenants.user_group where lower(name) = lower(?) and id is distinct from ?::uuid',
    [name, butFor],
  );
  if (taken) throw problem('NAME_TAKEN', `There is a group "${name}" already.`, path);
  return name;
}

/**
 * Whoever comes into a group is handed every role of it and of the groups above it, so that the author has to hold what
 * they hold. But where a directory says who is in the group: whoever gave it a role, or put it in another group, held
 * that themselves and left it to the directory to hand on. The directory's own principal holds nothing but the
 * permission to provision, and must not have to be an admin. Refuses with `CANNOT_GRANT`.
 */
export async function insistMayHandOn(em: EntityManager, group: Group, author: Author, path: string[]): Promise<void> {
  if (!isLeftToDirectory(group, author)) await insistMayHandOnAll(em, group, author, path);
}

/** Whether who says who is in the group need not hold what it hands on. */
export const isLeftToDirectory = ({ managedBy }: Group, { principal }: Author): boolean =>
  managedBy === ManagedBy.DIRECTORY && holds(principal, 'tenants:directory:provision');

/** The same without the exception: for who would leave a group to the directory. */
export async function insistMayHandOnAll(
  em: EntityManager,
  { id }: Group,
  author: Author,
  path: string[],
): Promise<void> {
  insistMayGrant(author, await patternsOfGroups(em, [id]), path);
}

/** The people and groups of those ids. Refuses with `TOO_MANY`, `MEMBER_NOT_FOUND`. */
export async function insistMembers(em: EntityManager, ids: readonly string[], path: string[]) {
  insistFew(ids, path);
  const wanted = new Set(ids);
  const known = await knownMembers(em, [...wanted].filter(isUuid));
  const found = new Set([...known.userIds, ...known.groupIds]);
  const unknown = [...wanted].filter((id) => !found.has(id));
  if (unknown.length === 0) return known;
  const named = unknown.slice(0, mostNamed).map((id) => id.slice(0, 100));
  const message = `There is nobody with the id ${named.slice(0, 3).join(', ')}${unknown.length > 3 ? ', ...' : ''}.`;
  throw problem('MEMBER_NOT_FOUND', message, path, { ids: named, count: unknown.length });
}

/** Refuses with `TOO_MANY`. */
export function insistFew(ids: readonly string[], path: string[]): void {
  if (ids.length <= mostMembers) return;
  const message = `One change names at most ${mostMembers} members; this one names ${ids.length}.`;
  throw problem('TOO_MANY', message, path, { most: mostMembers, count: ids.length });
}

/** Refuses with `GROUP_CYCLE`. */
export async function insistNoCycle(
  em: EntityManager,
  { id, name }: Group,
  childIds: readonly string[],
  path: string[],
): Promise<void> {
  if (!(await containsGroup(em, childIds, id))) return;
  throw problem('GROUP_CYCLE', `The group "${name}" would be in itself.`, path);
}

export const subjectOf = ({ id, name }: Group) => ({ type: 'Group', id, name });

/** What the log keeps of a group: of its members how many there are. */
export async function contentOf(em: EntityManager, { id, name, managedBy }: Group) {
  return { name, managedBy, children: await childrenOf(em, id), members: await countMembers(em, id) };
}

/** A change of members in the log: how many, and the first hundred by id. */
export const summaryOf = (ids: readonly string[]) => ({ count: ids.length, ids: ids.slice(0, mostNamed) });
