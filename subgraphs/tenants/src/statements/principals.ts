import { type EntityManager, isUuid, type Principal } from '@countersign/kernel';

/** Roles and assignments other than they are. Nothing is written: it is only asked who would be what. */
export interface GrantChange {
  /** Roles whose own patterns would be these. */
  readonly roles: readonly { readonly roleId: string; readonly permissions: readonly string[] }[];
  /** Roles that users would hold themselves. */
  readonly assign: readonly { readonly userId: string; readonly roleId: string }[];
  /** Roles that users would not hold themselves any more; what they hold through groups stays. */
  readonly revoke: readonly { readonly userId: string; readonly roleId: string }[];
}

export const noGrantChange: GrantChange = { roles: [], assign: [], revoke: [] };

export type PrincipalKey = Pick<Principal, 'kind' | 'id'>;

/** Who the principal is among those that were asked for. */
export const keyOf = ({ kind, id }: PrincipalKey): string => `${kind}:${id}`;

interface PrincipalRow {
  readonly kind: Principal['kind'];
  readonly id: string;
  readonly person: string;
  readonly email: string;
  readonly roles: string[];
  readonly groups: string[];
  readonly permissions: string[];
  readonly attributes: Principal['attributes'];
  readonly until: Date | string | null;
}

/**
 * Many users, API keys and connectors at once, by `keyOf`, as `kernel.access_of` answers each of them, or would after the
 * change. Who may not come in is missing.
 */
export async function readPrincipals(
  em: EntityManager,
  asked: readonly PrincipalKey[],
  tenantId: Principal['tenantId'],
  change: GrantChange = noGrantChange,
): Promise<Map<string, Principal>> {
  const who = asked.filter(({ id }) => isUuid(id)).map(({ kind, id }) => ({ kind, id }));
  if (who.length === 0) return new Map();
  const parameters = [who, change.roles, change.assign, change.revoke].map((each) => JSON.stringify(each));
  const rows: PrincipalRow[] = await em.execute(statement, parameters);
  return new Map(rows.map((row) => [keyOf(row), principalOf(row, tenantId)]));
}

function principalOf({ until, ...row }: PrincipalRow, tenantId: Principal['tenantId']): Principal {
  return { ...row, tenantId, ...(until !== null && { until: new Date(until).getTime() }) };
}

/** Whether there is such a user or key in the tenant, whether or not they may come in. */
export async function isThere(em: EntityManager, { kind, id }: PrincipalKey): Promise<boolean> {
  if (!isUuid(id)) return false;
  const rows = await em.execute(
    `select from tenants.app_user where ? = 'user' and id = ?
     union all
     select from tenants.api_key where ? in ('api_key', 'connector') and id = ?`,
    [kind, id, kind, id],
  );
  return rows.length > 0;
}

// The same steps as in `kernel.access_of`, for all of them together; what is changed is put in where it is read.
const statement = `
  with recursive
    asked as (select kind, id from jsonb_to_recordset(?::jsonb) as row (kind text, id uuid)),
    changed as (
      select "roleId" as role_id, permissions
      from jsonb_to_recordset(?::jsonb) as row ("roleId" uuid, permissions text[])
    ),
    added as (
      select "userId" as user_id, "roleId" as role_id
      from jsonb_to_recordset(?::jsonb) as row ("userId" uuid, "roleId" uuid)
    ),
    taken as (
      select "userId" as user_id, "roleId" as role_id
      from jsonb_to_recordset(?::jsonb) as row ("userId" uuid, "roleId" uuid)
    ),
    key as (
      select a.kind, a.id, k.owner_id, k.permissions, k.expires_at
      from asked a join tenants.api_key k on k.id = a.id and (a.kind = 'connector') = (k.connector is not null)
      where a.kind in ('api_key', 'connector') and k.revoked_at is null and k.expires_at > statement_timestamp()
    ),
    who as (
      select a.kind, a.id, a.id as person_id from asked a where a.kind = 'user'
      union all
      select k.kind, k.id, k.owner_id from key k
    ),
    person as (
      select u.id, u.email, u.attributes from tenants.app_user u
      where u.active and u.id in (select w.person_id from who w)
    ),
    held_group as (
      select m.user_id, m.group_id from tenants.group_member m join person p on m.user_id = p.id
      union
      select h.user_id, c.group_id from tenants.group_child c join held_group h on c.child_id = h.group_id
    ),
    assigned as (
      select a.user_id, a.role_id, a.expires_at from tenants.assignment a join person p on a.user_id = p.id
      where (a.expires_at is null or a.expires_at > statement_timestamp())
        and not exists (select from taken t where t.user_id = a.user_id and t.role_id = a.role_id)
      union all
      select h.user_id, a.role_id, a.expires_at from tenants.assignment a join held_group h using (group_id)
      where a.expires_at is null or a.expires_at > statement_timestamp()
      union all
      select d.user_id, d.role_id, null from added d join person p on d.user_id = p.id
    ),
    held_role as (
      select a.user_id, a.role_id from assigned a
      union
      select h.user_id, i.included_id from tenants.role_include i join held_role h on i.role_id = h.role_id
    ),
    role as (
      select r.id as role_id, r.name, coalesce(c.permissions, r.permissions) as permissions
      from tenants.role r left join changed c on c.role_id = r.id
    ),
    held as (
      select distinct h.user_id, pattern from held_role h join role r using (role_id), unnest(r.permissions) pattern
    ),
    effective as (
      select w.kind, w.id, h.pattern from who w join held h on h.user_id = w.person_id where w.kind = 'user'
      union
      select k.kind, k.id, tenants.meet(h.pattern, scoped)
      from key k join held h on h.user_id = k.owner_id, unnest(k.permissions) scoped
    ),
    roles_of as (
      select h.user_id, array_agg(r.name order by r.name) as roles from held_role h join role r using (role_id)
      group by h.user_id
    ),
    groups_of as (
      select h.user_id, array_agg(g.name order by g.name) as groups
      from held_group h join tenants.user_group g on g.id = h.group_id group by h.user_id
    ),
    permissions_of as (
      select e.kind, e.id, array_agg(e.pattern order by e.pattern) as permissions
      from effective e where e.pattern is not null group by e.kind, e.id
    ),
    ending as (select a.user_id, min(a.expires_at) as at from assigned a group by a.user_id)
  select w.kind, w.id::text as id, p.id::text as person, p.email, coalesce(r.roles, '{}') as roles,
    coalesce(g.groups, '{}') as groups, coalesce(e.permissions, '{}') as permissions, p.attributes,
    least(ending.at, k.expires_at) as until
  from who w
    join person p on p.id = w.person_id
    left join roles_of r on r.user_id = p.id
    left join groups_of g on g.user_id = p.id
    left join permissions_of e on e.kind = w.kind and e.id = w.id
    left join ending on ending.user_id = p.id
    left join key k on k.kind = w.kind and k.id = w.id`;
