import type { EntityManager } from '@countersign/kernel';

/** Every pattern that anybody of the tenant holds, through whatever role that is assigned to somebody now. */
export async function patternsOfEverybody(em: EntityManager): Promise<string[]> {
  const rows: { pattern: string }[] = await em.execute(
    `with recursive held as (
       select role_id from tenants.assignment where expires_at is null or expires_at > statement_timestamp()
       union
       select i.included_id from tenants.role_include i join held h on i.role_id = h.role_id
     )
     select distinct pattern from tenants.role r join held h on r.id = h.role_id, unnest(r.permissions) pattern
     order by pattern`,
  );
  return rows.map(({ pattern }) => pattern);
}
