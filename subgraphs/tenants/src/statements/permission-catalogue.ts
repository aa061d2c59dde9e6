import type { EntityManager } from '@countersign/kernel';

/** Each role's patterns, its own and those of the roles that it includes, to the end. */
export const effectivePatterns = (em: EntityManager): Promise<{ pattern: string; roleIds: string[] }[]> =>
  em.execute(
    `with recursive held as (
       select id as role_id, id as holds from tenants.role
       union
       select h.role_id, i.included_id from tenants.role_include i join held h on i.role_id = h.holds
     )
     select pattern, array_agg(distinct h.role_id::text) as "roleIds"
     from held h join tenants.role r on r.id = h.holds, unnest(r.permissions) pattern
     group by pattern`,
  );

/** Every pattern of every role that covers nothing which this version declares; by role, then by pattern. */
export const orphans = (em: EntityManager): Promise<{ roleId: string; pattern: string }[]> =>
  em.execute(
    `select r.id as "roleId", pattern from tenants.role r, unnest(r.permissions) as pattern
     where not exists (select from kernel.permission p where tenants.meet(pattern, p.name) = p.name)
     order by r.name, pattern`,
  );
