import type { EntityManager } from '@countersign/kernel';

/** Whether somebody active holds `tenants:*:*` without an end: directly, through a role in a role, or through a group. */
export const hasAdmin = async (em: EntityManager): Promise<boolean> => (await countAdmins(em)) > 0;

/** How many active people hold `tenants:*:*` without an end. */
export async function countAdmins(em: EntityManager): Promise<number> {
  const [row]: { admins: number }[] = await em.execute(
    `with recursive
       admin_role as (
         select r.id from tenants.role r
         where exists (select from unnest(r.permissions) p where tenants.meet(p, 'tenants:*:*') = 'tenants:*:*')
         union
         select i.role_id from tenants.role_include i join admin_role a on i.included_id = a.id
       ),
       endless as (
         select user_id, group_id from tenants.assignment
         where expires_at is null and role_id in (select id from admin_role)
       ),
       admin_group as (
         select group_id from endless where group_id is not null
         union
         select c.child_id from tenants.group_child c join admin_group g on c.group_id = g.group_id
       )
     select count(*)::integer as admins from tenants.app_user u
     where u.active
       and (u.id in (select user_id from endless)
         or exists (select from tenants.group_member m join admin_group g on m.group_id = g.group_id
                    where m.user_id = u.id))`,
  );
  return row?.admins ?? 0;
}
