import { type EntityManager, isUuid, problem } from '@countersign/kernel';
import type { Group } from '../../entities/group.ts';
import { addMembers, countMembers, removeMembers } from '../../statements/group-members.ts';
import { namesHandedOn, touchGroup } from '../../statements/groups.ts';
import { changeKind } from './change.ts';
import {
  insistFew,
  insistGroup,
  insistMayHandOn,
  insistMembers,
  isLeftToDirectory,
  subjectOf,
  summaryOf,
} from './group-rules.ts';

export interface MemberChange {
  readonly groupId: string;
  readonly userIds: readonly string[];
  readonly reason: string | null;
}

export interface ChangedMembers {
  readonly group: Group;
  /** How many came, or went: not those who were there, or were not, before. */
  readonly changed: number;
}

const permission = 'tenants:user:administer';
const path = ['input', 'userIds'];

/**
 * Puts people into a group, which hands on to them what the group and the groups above it hold: see `insistMayHandOn`.
 * Refuses with `GROUP_NOT_FOUND`, `TOO_MANY`, `MEMBER_NOT_FOUND`, `CANNOT_GRANT`.
 */
export const addGroupMembers = changeKind<MemberChange, ChangedMembers>({
  name: 'group.addMembers',
  permission,
  apply: async (em, { groupId, userIds }, author) => {
    const group = await insistGroup(em, groupId, ['input', 'groupId']);
    await insistMayHandOn(em, group, author, path);
    const { groupIds } = await insistMembers(em, userIds, path);
    if (groupIds.length > 0) {
      throw problem('MEMBER_NOT_FOUND', 'Groups are put into a group with updateGroup; here people are named.', path);
    }
    const before = { members: await countMembers(em, groupId) };
    const added = await addMembers(em, group, userIds);
    const told = await concluded(em, group, author.now, before, added, { added: summaryOf(added) });
    return {
      ...told,
      ...(!isLeftToDirectory(group, author) && { gained: { path, ...(await namesHandedOn(em, groupId)) } }),
    };
  },
});

/** Takes people out of a group; who is not in it is passed over. Refuses with `GROUP_NOT_FOUND`, `TOO_MANY`. */
export const removeGroupMembers = changeKind<MemberChange, ChangedMembers>({
  name: 'group.removeMembers',
  permission,
  mayRemoveAdmin: true,
  needsNoApproval: true,
  apply: async (em, { groupId, userIds }, author) => {
    const group = await insistGroup(em, groupId, ['input', 'groupId']);
    insistFew(userIds, path);
    const before = { members: await countMembers(em, groupId) };
    const removed = await removeMembers(em, groupId, userIds.filter(isUuid));
    return concluded(em, group, author.now, before, removed, { removed: summaryOf(removed) });
  },
});

async function concluded(
  em: EntityManager,
  group: Group,
  now: Date,
  before: object,
  changed: readonly string[],
  summary: object,
) {
  if (changed.length > 0) {
    await touchGroup(em, group.id, now);
    await em.refresh(group);
  }
  const after = { members: await countMembers(em, group.id), ...summary };
  return { result: { group, changed: changed.length }, subject: subjectOf(group), before, after };
}
