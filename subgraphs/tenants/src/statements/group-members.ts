import type { EntityManager } from '@countersign/kernel';

interface OfTenant {
  readonly id: string;
  readonly tenantId: string;
}

/** Those of the ids (all of them UUIDs) that are people or groups of the tenant; the rest is in neither list. */
export async function knownMembers(
  em: EntityManager,
  ids: readonly string[],
): Promise<{ userIds: string[]; groupIds: string[] }> {
  const rows: { id: string; kind: string }[] = await em.execute(
    `select id, 'user' as kind from tenants.app_user where id = any (?::uuid[]) and deleted_at is null
     union all
     select id, 'group' from tenants.user_group where id = any (?::uuid[])`,
    [arrayOf(ids), arrayOf(ids)],
  );
  const of = (wanted: string) => rows.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  return { userIds: of('user'), groupIds: of('group') };
}

/** Answers who was not in it before. */
export async function addMembers(em: EntityManager, group: OfTenant, userIds: readonly string[]): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    `insert into tenants.group_member (tenant_id, group_id, user_id)
     select ?::uuid, ?::uuid, id from unnest(?::uuid[]) as id
     on conflict do nothing returning user_id as id`,
    [group.tenantId, group.id, arrayOf(userIds)],
  );
  return rows.map(({ id }) => id);
}

/** Answers who was in it. */
export async function removeMembers(em: EntityManager, groupId: string, userIds: readonly string[]): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    'delete from tenants.group_member where group_id = ? and user_id = any (?::uuid[]) returning user_id as id',
    [groupId, arrayOf(userIds)],
  );
  return rows.map(({ id }) => id);
}

/** Removes everybody but those. Answers who was in it and is no more. */
export async function keepMembers(em: EntityManager, groupId: string, userIds: readonly string[]): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    'delete from tenants.group_member where group_id = ? and user_id <> all (?::uuid[]) returning user_id as id',
    [groupId, arrayOf(userIds)],
  );
  return rows.map(({ id }) => id);
}

export async function countMembers(em: EntityManager, groupId: string): Promise<number> {
  const [row]: { members: number }[] = await em.execute(
    'select count(*)::integer as members from tenants.group_member where group_id = ?',
    [groupId],
  );
  return row?.members ?? 0;
}

/**
 * UUIDs as an array in SQL. The planner knows how many there are; of the rows of a JSON list it only guesses, and for
 * 20,000 of them it may guess that a nested loop will do.
 */
const arrayOf = (ids: readonly string[]): string => `{${ids.join(',')}}`;
