import type { EntityManager } from '@countersign/kernel';
import { Role } from '../entities/role.ts';

/** How users come to their roles: everything on the ways from them, and nothing else. */
export interface GrantGraph {
  readonly members: readonly { readonly userId: string; readonly groupId: string }[];
  /** Groups in groups: whoever is in the child is in the group. */
  readonly parents: readonly { readonly childId: string; readonly groupId: string }[];
  readonly groups: ReadonlyMap<string, string>;
  /** Those that have not ended. */
  readonly assignments: readonly AssignmentRow[];
  readonly includes: readonly { readonly roleId: string; readonly includedId: string }[];
  readonly roles: ReadonlyMap<string, Role>;
}

interface AssignmentRow {
  readonly userId: string | null;
  readonly groupId: string | null;
  readonly roleId: string;
  readonly expiresAt: Date | null;
}

export async function readGrantGraph(em: EntityManager, userIds: readonly string[]): Promise<GrantGraph> {
  const members: GrantGraph['members'] = await em.execute(
    `select user_id as "userId", group_id as "groupId" from tenants.group_member
     where user_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))`,
    [JSON.stringify(userIds)],
  );
  const parents: GrantGraph['parents'] = await em.execute(
    `with recursive up as (
       select c.child_id, c.group_id from tenants.group_child c
       where c.child_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))
       union
       select c.child_id, c.group_id from tenants.group_child c join up on c.child_id = up.group_id
     ) select child_id as "childId", group_id as "groupId" from up`,
    [JSON.stringify(members.map(({ groupId }) => groupId))],
  );
  const groupIds = [...new Set([...members, ...parents].map(({ groupId }) => groupId))];
  const groups: { id: string; name: string }[] = await em.execute(
    `select id, name from tenants.user_group
     where id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))`,
    [JSON.stringify(groupIds)],
  );
  const assignments: (Omit<AssignmentRow, 'expiresAt'> & { expiresAt: Date | string | null })[] = await em.execute(
    `with running as (
       select * from tenants.assignment where expires_at is null or expires_at > statement_timestamp()
     )
     select user_id as "userId", group_id as "groupId", role_id as "roleId", expires_at as "expiresAt" from (
       select * from running
       where user_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))
       union all
       select * from running
       where group_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))
     ) found
     order by since, id`,
    [JSON.stringify(userIds), JSON.stringify(groupIds)],
  );
  const includes = await readIncludes(
    em,
    assignments.map(({ roleId }) => roleId),
  );
  const roleIds = new Set([...assignments.map(({ roleId }) => roleId), ...includes.map((each) => each.includedId)]);
  const roles = roleIds.size === 0 ? [] : await em.find(Role, { id: { $in: [...roleIds] } });
  return {
    members,
    parents,
    includes,
    groups: new Map(groups.map(({ id, name }) => [id, name])),
    assignments: assignments.map((each) => ({
      ...each,
      expiresAt: each.expiresAt === null ? null : new Date(each.expiresAt),
    })),
    roles: new Map(roles.map((role) => [role.id, role])),
  };
}

const readIncludes = (em: EntityManager, roleIds: readonly string[]): Promise<GrantGraph['includes']> =>
  em.execute(
    `with recursive down as (
       select i.role_id, i.included_id from tenants.role_include i
       where i.role_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))
       union
       select i.role_id, i.included_id from tenants.role_include i join down on i.role_id = down.included_id
     ) select role_id as "roleId", included_id as "includedId" from down`,
    [JSON.stringify(roleIds)],
  );
