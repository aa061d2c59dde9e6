import type { EntityManager } from '@countersign/kernel';
import { Role } from '../entities/role.ts';

/** The roles that each of the users holds, directly, through groups and through roles in roles; by name, in the order of the ids. */
export async function rolesOfUsers(em: EntityManager, userIds: readonly string[]): Promise<Role[][]> {
  const pairs: { user_id: string; role_id: string }[] = await em.execute(
    `with recursive
       asked as (select id::uuid as user_id from jsonb_array_elements_text(?::jsonb) as id),
       held_group as (
         select m.user_id, m.group_id from tenants.group_member m join asked using (user_id)
         union
         select h.user_id, c.group_id from tenants.group_child c join held_group h on c.child_id = h.group_id
       ),
       held_role as (
         select u.user_id, a.role_id
         from (select user_id, null::uuid as group_id from asked union all select user_id, group_id from held_group) u
         join tenants.assignment a
           on (a.user_id = u.user_id and u.group_id is null) or a.group_id = u.group_id
         where a.expires_at is null or a.expires_at > statement_timestamp()
         union
         select h.user_id, i.included_id from tenants.role_include i join held_role h on i.role_id = h.role_id
       )
     select user_id, role_id from held_role`,
    [JSON.stringify(userIds)],
  );
  const roles = await rolesByName(em, new Set(pairs.map(({ role_id }) => role_id)));
  return userIds.map((userId) => {
    const held = new Set(pairs.filter(({ user_id }) => user_id === userId).map(({ role_id }) => role_id));
    return roles.filter(({ id }) => held.has(id));
  });
}

/** The roles that each of the roles includes itself, by name, in the order of the ids. */
export async function rolesIncludedIn(em: EntityManager, roleIds: readonly string[]): Promise<Role[][]> {
  const pairs: { role_id: string; included_id: string }[] = await em.execute(
    `select role_id, included_id from tenants.role_include
     where role_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))`,
    [JSON.stringify(roleIds)],
  );
  const roles = await rolesByName(em, new Set(pairs.map(({ included_id }) => included_id)));
  return roleIds.map((roleId) => {
    const included = new Set(pairs.filter(({ role_id }) => role_id === roleId).map(({ included_id }) => included_id));
    return roles.filter(({ id }) => included.has(id));
  });
}

/** Of each of the roles, the patterns that cover nothing which this version declares. */
export const orphanedPatterns = (
  em: EntityManager,
  roleIds: readonly string[],
): Promise<{ id: string; patterns: string[] }[]> =>
  em.execute(
    `select r.id, coalesce(array_agg(pattern order by pattern), '{}') as patterns
     from tenants.role r, unnest(r.permissions) as pattern
     where r.id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))
       and not exists (select from kernel.permission p where tenants.meet(pattern, p.name) = p.name)
     group by r.id`,
    [JSON.stringify(roleIds)],
  );

async function rolesByName(em: EntityManager, ids: ReadonlySet<string>): Promise<Role[]> {
  return ids.size === 0 ? [] : em.find(Role, { id: { $in: [...ids] } }, { orderBy: { name: 'asc' } });
}
