import type { EntityManager } from '@countersign/kernel';

/** The policy of that name, in force or retired, however it is capitalised. */
export async function policyNamed(
  em: EntityManager,
  name: string,
): Promise<{ readonly id: string; readonly name: string; readonly version: number } | null> {
  const [row]: { id: string; name: string; version: number }[] = await em.execute(
    'select id, name, version from tenants.policy where lower(name) = lower(?)',
    [name],
  );
  return row ?? null;
}

/** Those of the ids that are roles' of the tenant. */
export const rolesAmong = (
  em: EntityManager,
  ids: readonly string[],
): Promise<{ id: string; permissions: string[] }[]> =>
  em.execute(
    'select id, permissions from tenants.role where id::text in (select jsonb_array_elements_text(?::jsonb))',
    [JSON.stringify(ids)],
  );

/** Those of the ids that are users' of the tenant. */
export const usersAmong = (em: EntityManager, ids: readonly string[]): Promise<{ id: string }[]> =>
  em.execute('select id from tenants.app_user where id::text in (select jsonb_array_elements_text(?::jsonb))', [
    JSON.stringify(ids),
  ]);
