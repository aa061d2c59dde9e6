import { type EntityManager, newId } from '@countersign/kernel';

export interface KnownPerson {
  readonly id: string;
  readonly active: boolean;
}

/** The person that the provider's subject was found to be before. */
export async function personOfIdentity(
  em: EntityManager,
  providerId: string,
  subject: string,
): Promise<KnownPerson | null> {
  const [row]: KnownPerson[] = await em.execute(
    `select u.id, u.active from tenants.identity i join tenants.app_user u on u.id = i.user_id
     where i.provider_id = ? and i.subject = ?`,
    [providerId, subject],
  );
  return row ?? null;
}

/** The person of an address, and whether the provider knows them by another subject already. */
export async function personOfAddress(
  em: EntityManager,
  providerId: string,
  email: string,
): Promise<(KnownPerson & { readonly known: boolean }) | null> {
  const [row]: (KnownPerson & { known: boolean })[] = await em.execute(
    `select u.id, u.active,
       exists (select from tenants.identity i where i.user_id = u.id and i.provider_id = ?) as known
     from tenants.app_user u where lower(u.email) = lower(?)`,
    [providerId, email],
  );
  return row ?? null;
}

export async function linkIdentity(
  em: EntityManager,
  identity: { tenantId: string; providerId: string; subject: string; userId: string },
): Promise<void> {
  const { tenantId, providerId, subject, userId } = identity;
  await em.execute('insert into tenants.identity (tenant_id, provider_id, subject, user_id) values (?, ?, ?, ?)', [
    tenantId,
    providerId,
    subject,
    userId,
  ]);
}

export interface HeldRole {
  readonly roleId: string;
  readonly name: string;
  readonly assignedBy: string;
}

/** The roles that the person was assigned themselves, and holds now. */
export const rolesAssignedTo = (em: EntityManager, userId: string): Promise<HeldRole[]> =>
  em.execute(
    `select a.role_id as "roleId", r.name, a.assigned_by as "assignedBy"
     from tenants.assignment a join tenants.role r on r.id = a.role_id
     where a.user_id = ? and (a.expires_at is null or a.expires_at > statement_timestamp()) order by r.name`,
    [userId],
  );

/** Those of the roles that there are. */
export async function existingRoles(em: EntityManager, ids: readonly string[]): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    `select id from tenants.role
     where id in (select asked.id::uuid from jsonb_array_elements_text(?::jsonb) as asked (id))`,
    [JSON.stringify(ids)],
  );
  return rows.map(({ id }) => id);
}

export interface RoleGift {
  readonly tenantId: string;
  readonly userId: string;
  readonly roleId: string;
  readonly reason: string;
  readonly assignedBy: string;
}

/** Assigns a role without an end. One that the person holds from others stays theirs; one that has ended begins anew. */
export async function giveRole(em: EntityManager, gift: RoleGift): Promise<void> {
  const { tenantId, userId, roleId, reason, assignedBy } = gift;
  await em.execute(
    `insert into tenants.assignment (id, tenant_id, role_id, user_id, reason, assigned_by) values (?, ?, ?, ?, ?, ?)
     on conflict (tenant_id, user_id, role_id) where user_id is not null
     do update set expires_at = null, since = excluded.since, reason = excluded.reason, assigned_by = excluded.assigned_by
     where assignment.expires_at <= statement_timestamp()`,
    [newId(), tenantId, roleId, userId, reason, assignedBy],
  );
}

export const takeRole = (em: EntityManager, userId: string, roleId: string, assignedBy: string): Promise<unknown> =>
  em.execute('delete from tenants.assignment where user_id = ? and role_id = ? and assigned_by = ?', [
    userId,
    roleId,
    assignedBy,
  ]);
