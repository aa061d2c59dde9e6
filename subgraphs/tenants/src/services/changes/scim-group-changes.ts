import { type EntityManager, newId, problem } from '@countersign/kernel';
import { Group, ManagedBy } from '../../entities/group.ts';
import { readScimGroups } from '../scim/reading.ts';
import type { ScimGroup, ScimGroupChange, ScimGroupInput } from '../scim/shapes.ts';
import { changeKind } from './change.ts';
import { contentOf, insistFreeGroupName, insistGroup, subjectOf, summaryOf } from './group-rules.ts';
import { changeScimMembers, noMembersChanged } from './scim-members.ts';
import { insistVersion } from './scim-user-changes.ts';

export interface OfScimGroup {
  readonly id: string;
  /** Null: whatever the version is. */
  readonly expectedVersion: number | null;
}

interface Reading {
  /** Whether the answer has the members. */
  readonly members: boolean;
}

const permission = 'tenants:directory:provision';

/** Refuses with `NAME_INVALID`, `NAME_TAKEN`, `MEMBER_NOT_FOUND`, `TOO_MANY`. */
export const scimCreateGroup = changeKind<{ readonly input: ScimGroupInput; readonly reading: Reading }, ScimGroup>({
  name: 'directory.createGroup',
  permission,
  needsNoApproval: true,
  apply: async (em, { input, reading }, author) => {
    const { now, principal } = author;
    const name = await insistFreeGroupName(em, input.displayName, null, ['displayName']);
    const { tenantId } = principal;
    const { externalId } = input;
    const made = { id: newId(), tenantId, name, externalId, managedBy: ManagedBy.DIRECTORY };
    const group = em.create(Group, { ...made, createdAt: now, updatedAt: now });
    em.persist(group);
    await em.flush();
    const { added } = await changeScimMembers(em, group, { add: input.members, remove: [] }, author);
    const after = { ...(await contentOf(em, group)), added: summaryOf(added) };
    return { result: await shown(em, group, reading), subject: subjectOf(group), before: null, after };
  },
});

/**
 * A group as the directory has it now. Groups that the tenant's admins manage are theirs: `GROUP_NOT_MANAGED`. Refuses
 * like `scimCreateGroup`, and with `GROUP_NOT_FOUND`, `GROUP_CYCLE`, `VERSION_MISMATCH`.
 */
export const scimReplaceGroup = changeKind<
  OfScimGroup & { readonly input: ScimGroupInput; readonly reading: Reading },
  ScimGroup
>({
  name: 'directory.replaceGroup',
  permission,
  needsNoApproval: true,
  mayRemoveAdmin: true,
  apply: async (em, { input: { members, ...input }, reading, ...of }, author) => {
    const change = { ...input, members: { replace: members, add: [], remove: [] } };
    const { group, before, after } = await changed(em, of, change, author);
    return { result: await shown(em, group, reading), subject: subjectOf(group), before, after };
  },
});

/** Changes what is named of a group, without reading the members that stay. Refuses like `scimReplaceGroup`. */
export const scimChangeGroup = changeKind<OfScimGroup & { readonly change: ScimGroupChange }, ScimGroup>({
  name: 'directory.changeGroup',
  permission,
  needsNoApproval: true,
  mayRemoveAdmin: true,
  apply: async (em, { change, ...of }, author) => {
    const { group, before, after } = await changed(em, of, change, author);
    return { result: await shown(em, group, { members: false }), subject: subjectOf(group), before, after };
  },
});

/** Takes what the group hands on from everybody in it. Refuses like `scimReplaceGroup`. */
export const scimDeleteGroup = changeKind<OfScimGroup, { readonly id: string }>({
  name: 'directory.deleteGroup',
  permission,
  needsNoApproval: true,
  mayRemoveAdmin: true,
  apply: async (em, of, _author) => {
    const group = await insistManaged(em, of);
    const told = { result: { id: group.id }, subject: subjectOf(group), before: await contentOf(em, group) };
    em.remove(group);
    return { ...told, after: null };
  },
});

async function changed(
  em: EntityManager,
  of: OfScimGroup,
  { displayName, externalId, members }: ScimGroupChange,
  author: Parameters<typeof changeScimMembers>[3],
) {
  const group = await insistManaged(em, of);
  const before = await contentOf(em, group);
  if (displayName !== undefined) {
    group.name = await insistFreeGroupName(em, displayName, group.id, ['displayName']);
  }
  if (externalId !== undefined) group.externalId = externalId;
  await em.flush();
  const { added, removed } = members ? await changeScimMembers(em, group, members, author) : noMembersChanged;
  const content = await contentOf(em, group);
  return { group, before, after: { ...content, added: summaryOf(added), removed: summaryOf(removed) } };
}

async function insistManaged(em: EntityManager, { id, expectedVersion }: OfScimGroup): Promise<Group> {
  const group = await insistGroup(em, id, ['id']);
  if (group.managedBy !== ManagedBy.DIRECTORY) {
    const message = `The group "${group.name}" is managed by the tenant's admins, who can leave it to the directory with updateGroup(managedBy: DIRECTORY).`;
    throw problem('GROUP_NOT_MANAGED', message, ['id']);
  }
  insistVersion(group, expectedVersion);
  return group;
}

async function shown(em: EntityManager, { id }: Group, { members }: Reading): Promise<ScimGroup> {
  const [group] = await readScimGroups(em, [id], members);
  if (!group) throw new Error('A group that was just written is not there.');
  return group;
}
