import type { EntityManager } from '@countersign/kernel';

/** Everything that being in the groups hands on: the patterns of the roles of the groups, and of the groups above them. */
export async function patternsOfGroups(em: EntityManager, groupIds: readonly string[]): Promise<string[]> {
  if (groupIds.length === 0) return [];
  const rows: { pattern: string }[] = await em.execute(
    `with recursive
       above as (
         select id from tenants.user_group where id in (?)
         union
         select c.group_id from tenants.group_child c join above a on c.child_id = a.id
       ),
       held as (
         select a.role_id from tenants.assignment a join above g on a.group_id = g.id
         where a.expires_at is null or a.expires_at > statement_timestamp()
         union
         select i.included_id from tenants.role_include i join held h on i.role_id = h.role_id
       )
     select distinct pattern from tenants.role r join held h on r.id = h.role_id, unnest(r.permissions) pattern
     order by pattern`,
    [[...groupIds]],
  );
  return rows.map(({ pattern }) => pattern);
}

/** Of what comes with being in the group: the names of it and the groups above it, and of the roles that these have. */
export async function namesHandedOn(
  em: EntityManager,
  groupId: string,
): Promise<{ readonly groups: string[]; readonly roles: string[] }> {
  const rows: { kind: 'group' | 'role'; name: string }[] = await em.execute(
    `with recursive
       above as (
         select ?::uuid as id
         union
         select c.group_id from tenants.group_child c join above a on c.child_id = a.id
       ),
       held as (
         select a.role_id from tenants.assignment a join above g on a.group_id = g.id
         where a.expires_at is null or a.expires_at > statement_timestamp()
         union
         select i.included_id from tenants.role_include i join held h on i.role_id = h.role_id
       )
     select 'group' as kind, g.name from tenants.user_group g join above a on g.id = a.id
     union all
     select 'role', r.name from tenants.role r join held h on r.id = h.role_id`,
    [groupId],
  );
  const names = (wanted: string) => rows.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return { groups: names('group'), roles: names('role') };
}

/** Whether the group is among those, or in them however deep: then it would contain itself. */
export async function containsGroup(em: EntityManager, groupIds: readonly string[], groupId: string): Promise<boolean> {
  if (groupIds.length === 0) return false;
  const rows = await em.execute(
    `with recursive below as (
       select id from tenants.user_group where id in (?)
       union
       select c.child_id from tenants.group_child c join below b on c.group_id = b.id
     ) select from below where id = ?`,
    [[...groupIds], groupId],
  );
  return rows.length > 0;
}

export async function childrenOf(em: EntityManager, groupId: string): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    'select child_id as id from tenants.group_child where group_id = ? order by child_id',
    [groupId],
  );
  return rows.map(({ id }) => id);
}

/** Answers the children that were not there. */
export async function addChildren(
  em: EntityManager,
  group: { readonly id: string; readonly tenantId: string },
  childIds: readonly string[],
): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    `insert into tenants.group_child (tenant_id, group_id, child_id)
     select ?::uuid, ?::uuid, id::uuid from jsonb_array_elements_text(?::jsonb) as id
     on conflict do nothing returning child_id as id`,
    [group.tenantId, group.id, JSON.stringify(childIds)],
  );
  return rows.map(({ id }) => id);
}

/** Answers the children that were there. */
export async function removeChildren(
  em: EntityManager,
  groupId: string,
  childIds: readonly string[],
): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    `delete from tenants.group_child where group_id = ?
       and child_id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))
     returning child_id as id`,
    [groupId, JSON.stringify(childIds)],
  );
  return rows.map(({ id }) => id);
}

/** The group has changed, though no column of its own has. */
export async function touchGroup(em: EntityManager, groupId: string, now: Date): Promise<void> {
  await em.execute('update tenants.user_group set version = version + 1, updated_at = ? where id = ?', [
    now.toISOString(),
    groupId,
  ]);
}
