import type { EntityManager } from '@countersign/kernel';

/**
 * The patterns that the person holds. With `'TENANT'` those alone that the tenant's admins gave: by name, or through a
 * group whose members they choose; what a directory's groups hand on is left out.
 */
export async function patternsOfPerson(
  em: EntityManager,
  userId: string,
  through: 'ALL' | 'TENANT',
): Promise<string[]> {
  const rows: { pattern: string }[] = await em.execute(
    `with recursive
       held_group as (
         select m.group_id from tenants.group_member m join tenants.user_group g on g.id = m.group_id
         where m.user_id = ?::uuid and (?::text = 'ALL' or g.managed_by = 'TENANT')
         union
         select c.group_id from tenants.group_child c join held_group h on c.child_id = h.group_id
       ),
       held as (
         select a.role_id from tenants.assignment a
         where (a.user_id = ?::uuid or a.group_id in (select group_id from held_group))
           and (a.expires_at is null or a.expires_at > statement_timestamp())
         union
         select i.included_id from tenants.role_include i join held h on i.role_id = h.role_id
       )
     select distinct pattern from tenants.role r join held h on r.id = h.role_id, unnest(r.permissions) pattern
     order by pattern`,
    [userId, through, userId],
  );
  return rows.map(({ pattern }) => pattern);
}

/** Whether the address is somebody else's already, in whatever case. */
export async function isEmailTaken(em: EntityManager, email: string, butFor: string | null): Promise<boolean> {
  const rows = await em.execute(
    'select from tenants.app_user where lower(email) = lower(?) and id is distinct from ?::uuid',
    [email, butFor],
  );
  return rows.length > 0;
}

/** Ends the person's sign-in sessions: they do not come back with the person. */
export async function closeSessions(em: EntityManager, userId: string, now: Date): Promise<void> {
  await em.execute('update tenants.session set closed_at = ? where user_id = ? and closed_at is null', [
    now.toISOString(),
    userId,
  ]);
}

/** Takes everything from a person who does not come back: roles, groups, keys, and ways to sign in. */
export async function stripPerson(em: EntityManager, userId: string, now: Date): Promise<void> {
  await closeSessions(em, userId, now);
  await em.execute('update tenants.api_key set revoked_at = ? where owner_id = ? and revoked_at is null', [
    now.toISOString(),
    userId,
  ]);
  await em.execute('delete from tenants.identity where user_id = ?', [userId]);
  await em.execute(
    `update tenants.user_group set version = version + 1, updated_at = ?
     where id in (select group_id from tenants.group_member where user_id = ?)`,
    [now.toISOString(), userId],
  );
  await em.execute('delete from tenants.group_member where user_id = ?', [userId]);
  await em.execute('delete from tenants.assignment where user_id = ?', [userId]);
}
