import type { EntityManager } from '@countersign/kernel';
import { Group } from '../entities/group.ts';
import { Role } from '../entities/role.ts';

/** A group in a list by name; `position` is what the list goes on from. */
export interface ListedGroup {
  readonly group: Group;
  readonly position: string;
}

export async function findGroups(em: EntityManager, after: string | null, limit: number): Promise<ListedGroup[]> {
  const rows: { id: string; position: string }[] = await em.execute(
    `select id, lower(name) as position from tenants.user_group
     where ?::text is null or lower(name) > ?::text order by lower(name) limit ?::integer`,
    [after, after, limit],
  );
  const groups = await groupsByName(em, new Set(rows.map(({ id }) => id)));
  const byId = new Map(groups.map((group) => [group.id, group]));
  return rows.flatMap(({ id, position }) => {
    const group = byId.get(id);
    return group ? [{ group, position }] : [];
  });
}

/** The groups that each of the people is in, directly and through others; by name, in the order of the ids. */
export async function groupsOfUsers(em: EntityManager, userIds: readonly string[]): Promise<Group[][]> {
  const pairs: Pair[] = await em.execute(
    `with recursive
       asked as (select id::uuid as user_id from jsonb_array_elements_text(?::jsonb) as id),
       held as (
         select m.user_id, m.group_id from tenants.group_member m join asked using (user_id)
         union
         select h.user_id, c.group_id from tenants.group_child c join held h on c.child_id = h.group_id
       )
     select user_id as of, group_id as id from held`,
    [JSON.stringify(userIds)],
  );
  return spread(userIds, pairs, await groupsByName(em, idsIn(pairs)));
}

/** The groups that are in each of the groups themselves; by name, in the order of the ids. */
export async function childrenOfGroups(em: EntityManager, groupIds: readonly string[]): Promise<Group[][]> {
  const pairs: Pair[] = await em.execute(
    `select group_id as of, child_id as id from tenants.group_child
     where group_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))`,
    [JSON.stringify(groupIds)],
  );
  return spread(groupIds, pairs, await groupsByName(em, idsIn(pairs)));
}

/** The roles that being in each of the groups hands on, with those of groups above and of roles in roles. */
export async function rolesOfGroups(em: EntityManager, groupIds: readonly string[]): Promise<Role[][]> {
  const pairs: Pair[] = await em.execute(
    `with recursive
       above as (
         select id::uuid as asked, id::uuid as group_id from jsonb_array_elements_text(?::jsonb) as id
         union
         select a.asked, c.group_id from tenants.group_child c join above a on c.child_id = a.group_id
       ),
       held as (
         select g.asked, a.role_id from tenants.assignment a join above g on a.group_id = g.group_id
         where a.expires_at is null or a.expires_at > statement_timestamp()
         union
         select h.asked, i.included_id from tenants.role_include i join held h on i.role_id = h.role_id
       )
     select asked as of, role_id as id from held`,
    [JSON.stringify(groupIds)],
  );
  const ids = [...idsIn(pairs)];
  const roles = ids.length === 0 ? [] : await em.find(Role, { id: { $in: ids } }, { orderBy: { name: 'asc' } });
  return spread(groupIds, pairs, roles);
}

interface Pair {
  readonly of: string;
  readonly id: string;
}

const idsIn = (pairs: readonly Pair[]): Set<string> => new Set(pairs.map(({ id }) => id));

async function groupsByName(em: EntityManager, ids: ReadonlySet<string>): Promise<Group[]> {
  return ids.size === 0 ? [] : em.find(Group, { id: { $in: [...ids] } }, { orderBy: { name: 'asc' } });
}

function spread<Row extends { readonly id: string }>(
  keys: readonly string[],
  pairs: readonly Pair[],
  rows: readonly Row[],
): Row[][] {
  const wanted = Map.groupBy(pairs, ({ of }) => of);
  return keys.map((key) => {
    const ids = idsIn(wanted.get(key) ?? []);
    return rows.filter(({ id }) => ids.has(id));
  });
}
