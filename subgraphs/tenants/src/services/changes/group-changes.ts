import { type EntityManager, isUuid, newId, problem } from '@countersign/kernel';
import { Group, ManagedBy } from '../../entities/group.ts';
import { knownMembers } from '../../statements/group-members.ts';
import { addChildren, childrenOf, namesHandedOn, removeChildren, touchGroup } from '../../statements/groups.ts';
import { type Author, changeKind } from './change.ts';
import {
  contentOf,
  insistFew,
  insistFreeGroupName,
  insistGroup,
  insistMayHandOn,
  insistMayHandOnAll,
  insistNoCycle,
  subjectOf,
} from './group-rules.ts';

export interface GroupDraft {
  readonly name: string;
  readonly managedBy: ManagedBy;
  /** Ids of the groups in it. */
  readonly children: readonly string[];
  readonly reason: string | null;
}

export interface GroupUpdate {
  readonly id: string;
  /** What is absent stays as it is. */
  readonly name?: string;
  readonly managedBy?: ManagedBy;
  readonly children?: readonly string[];
  readonly reason: string | null;
}

const permission = 'tenants:user:administer';

/** Refuses with `NAME_INVALID`, `NAME_TAKEN`, `GROUP_NOT_FOUND`, `TOO_MANY`. */
export const createGroup = changeKind<GroupDraft, Group>({
  name: 'group.create',
  permission,
  apply: async (em, draft, { principal: { tenantId }, now }) => {
    const { managedBy } = draft;
    const name = await insistFreeGroupName(em, draft.name, null, ['input', 'name']);
    await insistGroups(em, draft.children);
    const made = { id: newId(), tenantId, name, managedBy, externalId: null, createdAt: now, updatedAt: now };
    const group = em.create(Group, made);
    em.persist(group);
    await em.flush();
    await addChildren(em, group, draft.children);
    const gained = { path: ['input'], groups: draft.children.length > 0 ? [name] : [] };
    return { result: group, gained, subject: subjectOf(group), before: null, after: await contentOf(em, group) };
  },
});

/** Refuses like `createGroup`, and with `GROUP_CYCLE`, `CANNOT_GRANT`. */
export const updateGroup = changeKind<GroupUpdate, Group>({
  name: 'group.update',
  permission,
  mayRemoveAdmin: true,
  apply: async (em, update, author) => {
    const group = await insistGroup(em, update.id, ['input', 'id']);
    const before = await contentOf(em, group);
    const renamed = update.name !== undefined && update.name.trim() !== group.name;
    if (update.name !== undefined) {
      group.name = await insistFreeGroupName(em, update.name, group.id, ['input', 'name']);
    }
    if (update.managedBy !== undefined && update.managedBy !== group.managedBy) {
      if (update.managedBy === ManagedBy.DIRECTORY) await insistMayHandOnAll(em, group, author, ['input', 'managedBy']);
      group.managedBy = update.managedBy;
    }
    await em.flush();
    const grew = update.children !== undefined && (await setChildren(em, group, update.children, author));
    const handedOn = grew ? await namesHandedOn(em, group.id) : { groups: renamed ? [group.name] : [] };
    const told = { subject: subjectOf(group), before, after: await contentOf(em, group) };
    return { result: group, gained: { path: ['input'], ...handedOn }, ...told };
  },
});

/** Takes the group's roles from everybody in it, and deletes it. Refuses with `GROUP_NOT_FOUND`. */
export const deleteGroup = changeKind<{ readonly id: string; readonly reason: string | null }, { id: string }>({
  name: 'group.delete',
  permission,
  mayRemoveAdmin: true,
  apply: async (em, { id }, _author) => {
    const group = await insistGroup(em, id, ['input', 'id']);
    const told = { result: { id }, subject: subjectOf(group), before: await contentOf(em, group) };
    em.remove(group);
    return { ...told, after: null };
  },
});

/** Answers whether others came into it. */
async function setChildren(
  em: EntityManager,
  group: Group,
  wanted: readonly string[],
  author: Author,
): Promise<boolean> {
  const path = ['input', 'children'];
  const had = await childrenOf(em, group.id);
  const gone = had.filter((id) => !wanted.includes(id));
  const added = wanted.filter((id) => !had.includes(id));
  if (added.length > 0) {
    await insistGroups(em, added);
    await insistMayHandOn(em, group, author, path);
    await insistNoCycle(em, group, added, path);
    await addChildren(em, group, added);
  }
  await removeChildren(em, group.id, gone);
  if (added.length + gone.length === 0) return false;
  await touchGroup(em, group.id, author.now);
  await em.refresh(group);
  return added.length > 0;
}

async function insistGroups(em: EntityManager, ids: readonly string[]): Promise<void> {
  const path = ['input', 'children'];
  insistFew(ids, path);
  const { groupIds } = await knownMembers(em, ids.filter(isUuid));
  if (groupIds.length < new Set(ids).size) throw problem('GROUP_NOT_FOUND', 'There is no such group.', path);
}
