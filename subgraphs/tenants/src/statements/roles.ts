import type { EntityManager } from '@countersign/kernel';

/** All permission patterns of the roles, with those of the roles that they include, to the end. */
export async function patternsOf(em: EntityManager, roleIds: readonly string[]): Promise<string[]> {
  if (roleIds.length === 0) return [];
  const rows: { pattern: string }[] = await em.execute(
    `with recursive held as (
       select id from tenants.role where id in (?)
       union
       select i.included_id from tenants.role_include i join held h on i.role_id = h.id
     )
     select distinct pattern from tenants.role r join held h on r.id = h.id, unnest(r.permissions) pattern
     order by pattern`,
    [[...roleIds]],
  );
  return rows.map(({ pattern }) => pattern);
}

/** The names of the roles, and of those that they include, to the end. */
export async function namesOf(em: EntityManager, roleIds: readonly string[]): Promise<string[]> {
  if (roleIds.length === 0) return [];
  const rows: { name: string }[] = await em.execute(
    `with recursive held as (
       select id from tenants.role where id in (?)
       union
       select i.included_id from tenants.role_include i join held h on i.role_id = h.id
     )
     select name from tenants.role r join held h on r.id = h.id order by name`,
    [[...roleIds]],
  );
  return rows.map(({ name }) => name);
}

/** The patterns that cover no permission which this version of the product declares. */
export async function unknownPatterns(em: EntityManager, patterns: readonly string[]): Promise<string[]> {
  const rows: { pattern: string }[] = await em.execute(
    `select pattern from jsonb_array_elements_text(?::jsonb) as pattern
     where not exists (select from kernel.permission p where tenants.meet(pattern, p.name) = p.name)`,
    [JSON.stringify(patterns)],
  );
  return rows.map(({ pattern }) => pattern);
}

/** Whether the role is among those, or among what those include: then including it would go in a circle. */
export async function includesRole(em: EntityManager, roleIds: readonly string[], roleId: string): Promise<boolean> {
  if (roleIds.length === 0) return false;
  const rows = await em.execute(
    `with recursive held as (
       select id from tenants.role where id in (?)
       union
       select i.included_id from tenants.role_include i join held h on i.role_id = h.id
     ) select from held where id = ?`,
    [[...roleIds], roleId],
  );
  return rows.length > 0;
}

export async function setIncludes(
  em: EntityManager,
  tenantId: string,
  roleId: string,
  includedIds: readonly string[],
): Promise<void> {
  await em.execute('delete from tenants.role_include where role_id = ?', [roleId]);
  await em.execute(
    `insert into tenants.role_include (tenant_id, role_id, included_id)
     select ?::uuid, ?::uuid, included::uuid from jsonb_array_elements_text(?::jsonb) as included`,
    [tenantId, roleId, JSON.stringify(includedIds)],
  );
}

export async function includesOf(em: EntityManager, roleId: string): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    'select included_id as id from tenants.role_include where role_id = ? order by included_id',
    [roleId],
  );
  return rows.map(({ id }) => id);
}
