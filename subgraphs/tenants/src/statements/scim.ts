import type { EntityManager } from '@countersign/kernel';
import type { Sql } from '../services/scim/columns.ts';
import type { ScimMember } from '../services/scim/shapes.ts';

const tables = {
  users: { from: 'tenants.app_user u where u.deleted_at is null', id: 'u.id' },
  groups: { from: 'tenants.user_group g where true', id: 'g.id' },
} as const;

/** A page of ids, and how many there are on all pages. The condition and the order are made of known columns. */
export async function findScimIds(
  em: EntityManager,
  of: keyof typeof tables,
  page: { readonly where: Sql; readonly order: Sql; readonly startIndex: number; readonly count: number },
): Promise<{ total: number; ids: string[] }> {
  const { where, order, startIndex, count } = page;
  const { from, id } = tables[of];
  const [counted]: { total: number }[] = await em.execute(
    `select count(*)::integer as total from ${from} and ${where.sql}`,
    [...where.params],
  );
  const total = counted?.total ?? 0;
  if (count === 0 || startIndex > total) return { total, ids: [] };
  const rows: { id: string }[] = await em.execute(
    `select ${id} as id from ${from} and ${where.sql} order by ${order.sql} limit ?::integer offset ?::integer`,
    [...where.params, ...order.params, count, startIndex - 1],
  );
  return { total, ids: rows.map((row) => row.id) };
}

/** The groups that each of the people is in themselves, by name. */
export const groupNamesOfUsers = (
  em: EntityManager,
  userIds: readonly string[],
): Promise<{ userId: string; id: string; name: string }[]> =>
  em.execute(
    `select m.user_id as "userId", g.id, g.name
     from tenants.group_member m join tenants.user_group g on g.id = m.group_id
     where m.user_id in (?) order by g.name`,
    [[...userIds]],
  );

/** The people and groups in each of the groups, by id. */
export const membersWithNames = (
  em: EntityManager,
  groupIds: readonly string[],
): Promise<(ScimMember & { groupId: string })[]> =>
  em.execute(
    `select m.group_id as "groupId", u.id, 'User' as kind, u.name
     from tenants.group_member m join tenants.app_user u on u.id = m.user_id where m.group_id in (?)
     union all
     select c.group_id, g.id, 'Group', g.name
     from tenants.group_child c join tenants.user_group g on g.id = c.child_id where c.group_id in (?)
     order by 2`,
    [[...groupIds], [...groupIds]],
  );

/** Whether the directory calls somebody else so already. */
export async function isExternalIdTaken(
  em: EntityManager,
  externalId: string,
  butFor: string | null,
): Promise<boolean> {
  const rows = await em.execute('select from tenants.app_user where external_id = ? and id is distinct from ?::uuid', [
    externalId,
    butFor,
  ]);
  return rows.length > 0;
}
