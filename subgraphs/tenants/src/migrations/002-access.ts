import { acrossTenants, migration, tenantTable } from '@countersign/kernel';

/** Who may do what: groups, assignments, keys, sessions, identity providers, policies, and changes that wait. */
export const access = migration('tenants/002-access', [
  'grant usage on schema tenants to countersign_doorkeeper',
  `alter table tenants.app_user
     add column external_id text,
     add column given_name text,
     add column family_name text,
     add column deleted_at timestamptz,
     add column updated_at timestamptz not null default clock_timestamp(),
     add column version integer not null default 1,
     drop constraint app_user_tenant_id_email_key`,
  'create unique index app_user_email on tenants.app_user (tenant_id, lower(email))',
  'create unique index app_user_external on tenants.app_user (tenant_id, external_id) where external_id is not null',
  'alter table tenants.role add column built_in boolean not null default false',
  `create table tenants.role_include (
     tenant_id uuid not null,
     role_id uuid not null references tenants.role on delete cascade,
     included_id uuid not null references tenants.role,
     primary key (tenant_id, role_id, included_id)
   )`,
  ...tenantTable('tenants.role_include', ['select', 'insert', 'delete']),
  `create table tenants.user_group (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     name text not null,
     external_id text,
     managed_by text not null default 'TENANT',
     created_at timestamptz not null default clock_timestamp(),
     updated_at timestamptz not null default clock_timestamp(),
     version integer not null default 1
   )`,
  'create unique index user_group_name on tenants.user_group (tenant_id, lower(name))',
  ...tenantTable('tenants.user_group', ['select', 'insert', 'update', 'delete']),
  `create table tenants.group_member (
     tenant_id uuid not null,
     group_id uuid not null references tenants.user_group on delete cascade,
     user_id uuid not null references tenants.app_user,
     primary key (tenant_id, group_id, user_id)
   )`,
  'create index group_member_of on tenants.group_member (tenant_id, user_id)',
  ...tenantTable('tenants.group_member', ['select', 'insert', 'delete']),
  `create table tenants.group_child (
     tenant_id uuid not null,
     group_id uuid not null references tenants.user_group on delete cascade,
     child_id uuid not null references tenants.user_group on delete cascade,
     primary key (tenant_id, group_id, child_id)
   )`,
  'create index group_child_of on tenants.group_child (tenant_id, child_id)',
  ...tenantTable('tenants.group_child', ['select', 'insert', 'delete']),
  `create table tenants.assignment (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     role_id uuid not null references tenants.role,
     user_id uuid references tenants.app_user,
     group_id uuid references tenants.user_group on delete cascade,
     since timestamptz not null default clock_timestamp(),
     expires_at timestamptz,
     reason text,
     assigned_by text not null,
     check ((user_id is null) <> (group_id is null))
   )`,
  'create unique index assignment_of_user on tenants.assignment (tenant_id, user_id, role_id) where user_id is not null',
  'create unique index assignment_of_group on tenants.assignment (tenant_id, group_id, role_id) where group_id is not null',
  'create index assignment_of_role on tenants.assignment (tenant_id, role_id)',
  // Memberships were assignments without an end; their owner is bound by row-level security, too, unless it is lifted.
  'alter table tenants.membership no force row level security',
  `insert into tenants.assignment (id, tenant_id, role_id, user_id, since, assigned_by)
     select gen_random_uuid(), tenant_id, role_id, user_id, since, 'service:provisioning' from tenants.membership`,
  'drop table tenants.membership',
  ...tenantTable('tenants.assignment', ['select', 'insert', 'update', 'delete']),
  'alter table tenants.role no force row level security',
  `update tenants.role set built_in = true where name in ('admin', 'operator', 'approver', 'auditor', 'viewer', 'partner')`,
  `update tenants.role set permissions = permissions || array['tenants:policy:read', 'tenants:access:explain']
     where name = 'auditor' and built_in`,
  'alter table tenants.role force row level security',
  'alter table tenants.tenant no force row level security',
  'alter table kernel.access no force row level security',
  `insert into kernel.access (tenant_id, region) select tenant_id, region from tenants.tenant`,
  'alter table kernel.access force row level security',
  'alter table tenants.tenant force row level security',
  'create index tenant_name on tenants.tenant (name)',
  ...acrossTenants('tenants.tenant', 'doorkeeper', 'select (tenant_id, name)'),
  `create table tenants.api_key (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     name text not null,
     owner_id uuid not null references tenants.app_user,
     permissions text[] not null,
     connector text,
     secret_hash text not null,
     created_at timestamptz not null default clock_timestamp(),
     expires_at timestamptz not null,
     last_used_at timestamptz,
     revoked_at timestamptz,
     rotated_from uuid references tenants.api_key
   )`,
  ...tenantTable('tenants.api_key', ['select', 'insert', 'update']),
  `create table tenants.session (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     user_id uuid not null references tenants.app_user,
     token_hash text not null,
     user_agent text,
     created_at timestamptz not null default clock_timestamp(),
     expires_at timestamptz not null,
     closed_at timestamptz
   )`,
  'create unique index session_token on tenants.session (tenant_id, token_hash)',
  'create index session_of_user on tenants.session (tenant_id, user_id)',
  ...tenantTable('tenants.session', ['select', 'insert', 'update']),
  `create table tenants.identity_provider (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     name text not null,
     issuer text not null,
     client_id text not null,
     client_secret text,
     audience text not null,
     scopes text[] not null,
     active boolean not null default true,
     just_in_time boolean not null default false,
     trust_email boolean not null default false,
     default_roles uuid[] not null default '{}',
     claims jsonb not null default '{}',
     created_at timestamptz not null default clock_timestamp(),
     unique (tenant_id, name)
   )`,
  // Two tenants on one issuer are told apart by the audience alone, so that no two may have the same.
  'create unique index identity_provider_audience on tenants.identity_provider (issuer, audience) where active',
  ...tenantTable('tenants.identity_provider', ['select', 'insert', 'update', 'delete']),
  ...acrossTenants(
    'tenants.identity_provider',
    'doorkeeper',
    'select (id, tenant_id, name, issuer, client_id, client_secret, audience, scopes, active)',
  ),
  `create table tenants.identity (
     tenant_id uuid not null references tenants.tenant,
     provider_id uuid not null references tenants.identity_provider on delete cascade,
     subject text not null,
     user_id uuid not null references tenants.app_user,
     primary key (tenant_id, provider_id, subject)
   )`,
  'create index identity_of_user on tenants.identity (tenant_id, user_id)',
  ...tenantTable('tenants.identity', ['select', 'insert', 'delete']),
  // Changes that wait are shown and logged in full: a secret that one of them needs waits here, encrypted.
  `create table tenants.secret_in_waiting (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     sealed text not null,
     created_at timestamptz not null default clock_timestamp()
   )`,
  ...tenantTable('tenants.secret_in_waiting', ['select', 'insert', 'delete']),
  `create table tenants.operator_access (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     operator text not null,
     permissions text[] not null,
     reason text not null,
     granted_by text not null,
     granted_at timestamptz not null default clock_timestamp(),
     expires_at timestamptz not null,
     revoked_at timestamptz
   )`,
  ...tenantTable('tenants.operator_access', ['select', 'insert', 'update']),
  `create table tenants.policy (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     name text not null,
     version integer not null,
     retired_at timestamptz,
     unique (tenant_id, name)
   )`,
  ...tenantTable('tenants.policy', ['select', 'insert', 'update']),
  `create table tenants.policy_version (
     tenant_id uuid not null references tenants.tenant,
     policy_id uuid not null references tenants.policy,
     version integer not null,
     source text not null,
     note text,
     author_kind text not null,
     author_id text not null,
     published_at timestamptz not null default clock_timestamp(),
     primary key (tenant_id, policy_id, version)
   )`,
  ...tenantTable('tenants.policy_version', ['select', 'insert']),
  `create table tenants.access_change (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     kind text not null,
     input jsonb not null,
     subject jsonb not null,
     before jsonb,
     after jsonb,
     status text not null,
     reason text,
     author_kind text not null,
     author_id text not null,
     author_person text,
     proposed_at timestamptz not null default clock_timestamp(),
     decided_by text,
     decided_at timestamptz,
     comment text
   )`,
  'create index access_change_waiting on tenants.access_change (tenant_id, status, id desc)',
  ...tenantTable('tenants.access_change', ['select', 'insert', 'update']),
  // What two patterns have in common: `a:*:read` and `*:b:read` meet in `a:b:read`; null where they do not.
  `create function tenants.meet(one text, other text) returns text language sql immutable
     return case
       when split_part(one, ':', 3) = '' or split_part(other, ':', 3) = ''
         or split_part(one, ':', 4) <> '' or split_part(other, ':', 4) <> '' then null
       when (split_part(one, ':', 1) = split_part(other, ':', 1) or '*' in (split_part(one, ':', 1), split_part(other, ':', 1)))
        and (split_part(one, ':', 2) = split_part(other, ':', 2) or '*' in (split_part(one, ':', 2), split_part(other, ':', 2)))
        and (split_part(one, ':', 3) = split_part(other, ':', 3) or '*' in (split_part(one, ':', 3), split_part(other, ':', 3)))
       then case split_part(one, ':', 1) when '*' then split_part(other, ':', 1) else split_part(one, ':', 1) end || ':'
         || case split_part(one, ':', 2) when '*' then split_part(other, ':', 2) else split_part(one, ':', 2) end || ':'
         || case split_part(one, ':', 3) when '*' then split_part(other, ':', 3) else split_part(one, ':', 3) end
     end`,
  // Row-level security holds inside: it runs as whoever calls it. A user's groups and roles are followed to their ends;
  // "union" also ends what would go in circles.
  `create or replace function kernel.access_of(kind text, id text, session text)
     returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                    until timestamptz)
     language sql stable as $$
   with recursive
     key as (
       select k.owner_id, k.permissions, k.expires_at from tenants.api_key k
       where $1 in ('api_key', 'connector') and k.id::text = $2 and ($1 = 'connector') = (k.connector is not null)
         and k.revoked_at is null and k.expires_at > statement_timestamp()
     ),
     signed_in as (
       select s.expires_at from tenants.session s
       where $3 is not null and s.id::text = $3 and s.user_id::text = $2
         and s.closed_at is null and s.expires_at > statement_timestamp()
     ),
     person as (
       select u.id, u.email, u.attributes from tenants.app_user u
       where u.active
         and case when $1 = 'user' then u.id::text = $2 and ($3 is null or exists (select from signed_in))
                  else u.id = (select owner_id from key) end
     ),
     held_group as (
       select m.group_id from tenants.group_member m join person p on m.user_id = p.id
       union
       select c.group_id from tenants.group_child c join held_group h on c.child_id = h.group_id
     ),
     assigned as (
       select a.role_id, a.expires_at from tenants.assignment a
       where (a.user_id = (select p.id from person p) or a.group_id in (select h.group_id from held_group h))
         and (a.expires_at is null or a.expires_at > statement_timestamp())
     ),
     held_role as (
       select a.role_id from assigned a
       union
       select i.included_id from tenants.role_include i join held_role h on i.role_id = h.role_id
     ),
     held as (
       select distinct pattern from tenants.role r join held_role h on r.id = h.role_id, unnest(r.permissions) pattern
     ),
     effective as (
       select h.pattern from held h where $1 = 'user'
       union
       select tenants.meet(h.pattern, scoped) from held h, key k, unnest(k.permissions) scoped
     )
   select p.id::text, p.email,
     coalesce((select array_agg(r.name order by r.name) from tenants.role r where r.id in (select h.role_id from held_role h)), '{}'),
     coalesce((select array_agg(g.name order by g.name) from tenants.user_group g where g.id in (select h.group_id from held_group h)), '{}'),
     coalesce((select array_agg(e.pattern order by e.pattern) from effective e where e.pattern is not null), '{}'),
     p.attributes,
     (select min(ending) from (
        select a.expires_at as ending from assigned a
        union all select k.expires_at from key k
        union all select s.expires_at from signed_in s) endings)
   from person p
   where $1 in ('user', 'api_key', 'connector')
   union all
   select null, null, '{}', '{}', coalesce((select array_agg(distinct pattern) from tenants.operator_access o, unnest(o.permissions) pattern
       where o.operator = $2 and o.revoked_at is null and o.expires_at > statement_timestamp()), '{}'), '{}'::jsonb,
     (select min(o.expires_at) from tenants.operator_access o
       where o.operator = $2 and o.revoked_at is null and o.expires_at > statement_timestamp())
   where $1 = 'platform_operator' and exists (select from tenants.operator_access o
       where o.operator = $2 and o.revoked_at is null and o.expires_at > statement_timestamp())
   $$`,
]);
