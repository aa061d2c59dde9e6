import type { EntityManager } from '@countersign/kernel';
import { Role } from '../entities/role.ts';
import { User } from '../entities/user.ts';

// Roles that give the permission, and roles that include one of those.
const givingRoles = `giving as (
    select r.id from tenants.role r
    where exists (select from unnest(r.permissions) pattern where tenants.meet(pattern, ?) = ?)
    union
    select i.role_id from tenants.role_include i join giving g on i.included_id = g.id
  )`;

/** The roles of the tenant that give the permission, themselves or through others, by name. */
export async function rolesGiving(em: EntityManager, permission: string): Promise<Role[]> {
  const rows: { id: string }[] = await em.execute(`with recursive ${givingRoles} select id from giving`, [
    permission,
    permission,
  ]);
  if (rows.length === 0) return [];
  return em.find(Role, { id: { $in: rows.map(({ id }) => id) } }, { orderBy: { name: 'asc' } });
}

/** Active people in the order of lists, from behind one. */
export async function activePeople(em: EntityManager, after: string | null, limit: number): Promise<User[]> {
  const rows: { id: string }[] = await em.execute(
    `select id from tenants.app_user
     where active and (?::text is null or list_position > ?::text) order by list_position limit ?`,
    [after, after, limit],
  );
  return peopleInOrder(em, rows);
}

/** The same, of those alone to whom roles give the permission. */
export async function peopleGiven(
  em: EntityManager,
  permission: string,
  after: string | null,
  limit: number,
): Promise<User[]> {
  const rows: { id: string }[] = await em.execute(
    `with recursive
       ${givingRoles},
       given as (
         select user_id, group_id from tenants.assignment
         where role_id in (select id from giving) and (expires_at is null or expires_at > statement_timestamp())
       ),
       given_group as (
         select group_id from given where group_id is not null
         union
         select c.child_id from tenants.group_child c join given_group g on c.group_id = g.group_id
       )
     select u.id from tenants.app_user u
     where u.active and (?::text is null or u.list_position > ?::text)
       and (u.id in (select user_id from given where user_id is not null)
            or u.id in (select m.user_id from tenants.group_member m join given_group g using (group_id)))
     order by u.list_position limit ?`,
    [permission, permission, after, after, limit],
  );
  return peopleInOrder(em, rows);
}

async function peopleInOrder(em: EntityManager, rows: readonly { id: string }[]): Promise<User[]> {
  if (rows.length === 0) return [];
  const users = await em.find(User, { id: { $in: rows.map(({ id }) => id) } });
  const byId = new Map(users.map((user) => [user.id, user]));
  return rows.flatMap(({ id }) => byId.get(id) ?? []);
}
