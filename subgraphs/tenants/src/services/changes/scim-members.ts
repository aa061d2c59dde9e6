import { type EntityManager, isUuid } from '@countersign/kernel';
import type { Group } from '../../entities/group.ts';
import { addMembers, keepMembers, removeMembers } from '../../statements/group-members.ts';
import { addChildren, childrenOf, removeChildren, touchGroup } from '../../statements/groups.ts';
import type { Author } from './change.ts';
import { insistFew, insistMayHandOn, insistMembers, insistNoCycle } from './group-rules.ts';

interface MembersChange {
  /** Stands for the whole list, and comes first. */
  readonly replace?: readonly string[] | undefined;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Ids of people and groups who came, and who went. */
export interface ChangedIds {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const noMembersChanged: ChangedIds = { added: [], removed: [] };

const path = ['members'];

/**
 * Changes who is in a group, people and groups alike, a list at a time and without reading those who stay. Refuses with
 * `TOO_MANY`, `MEMBER_NOT_FOUND`, `GROUP_CYCLE`, `CANNOT_GRANT`.
 */
export async function changeScimMembers(
  em: EntityManager,
  group: Group,
  { replace, add, remove }: MembersChange,
  author: Author,
): Promise<ChangedIds> {
  insistFew(remove, path);
  const gone = new Set(remove);
  const wanted = [...(replace ?? []).filter((id) => !gone.has(id)), ...add];
  const { userIds, groupIds } = await insistMembers(em, wanted, path);
  if (wanted.length > 0) await insistMayHandOn(em, group, author, path);
  const out = replace
    ? [...(await keepMembers(em, group.id, userIds)), ...(await keepChildren(em, group.id, groupIds))]
    : await takeOut(em, group.id, remove.filter(isUuid));
  await insistNoCycle(em, group, groupIds, path);
  const added = [...(await addMembers(em, group, userIds)), ...(await addChildren(em, group, groupIds))];
  if (added.length + out.length === 0) return noMembersChanged;
  await touchGroup(em, group.id, author.now);
  await em.refresh(group);
  return { added, removed: out };
}

async function takeOut(em: EntityManager, groupId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  return [...(await removeMembers(em, groupId, ids)), ...(await removeChildren(em, groupId, ids))];
}

async function keepChildren(em: EntityManager, groupId: string, ids: readonly string[]): Promise<string[]> {
  const kept = new Set(ids);
  const gone = (await childrenOf(em, groupId)).filter((id) => !kept.has(id));
  return gone.length === 0 ? [] : removeChildren(em, groupId, gone);
}
