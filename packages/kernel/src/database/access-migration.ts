import { createRoles, migration, tenantTable } from './migrations.ts';

/**
 * What every subgraph has to know of who may do what: the tenant's access revision, its active policies, what this
 * version of the product declares, and what was decided. The tenants subgraph writes the first two.
 */
export const accessGround = migration('kernel/002-access', [
  createRoles,
  'grant usage on schema kernel to countersign_registrar, countersign_doorkeeper',
  // The row is locked by whoever changes roles, grants or policies, so that two changes of a tenant never cross.
  `create table kernel.access (
     tenant_id uuid primary key,
     revision bigint not null default 1,
     region text not null,
     time_zone text not null default 'UTC',
     attributes jsonb not null default '[]',
     settings jsonb not null default '{}'
   )`,
  ...tenantTable('kernel.access', ['select', 'insert', 'update']),
  `create function kernel.tell_access() returns trigger language plpgsql as $$
   begin
     perform pg_notify('countersign_access', new.tenant_id::text);
     return null;
   end $$`,
  `create trigger tell after update on kernel.access for each row
     when (old.revision is distinct from new.revision) execute function kernel.tell_access()`,
  // Who a principal is by now. The tenants subgraph gives it its body; without one nobody is anybody.
  `create function kernel.access_of(kind text, id text, session text)
     returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                    until timestamptz)
     language sql stable
     as $$ select null, null, null::text[], null::text[], null::text[], null::jsonb, null::timestamptz where false $$`,
  `create table kernel.policy (
     tenant_id uuid not null,
     id uuid not null,
     name text not null,
     version integer not null,
     source text not null,
     primary key (tenant_id, id)
   )`,
  ...tenantTable('kernel.policy', ['select', 'insert', 'update', 'delete']),
  `create table kernel.permission (
     name text primary key,
     subgraph text not null,
     description text not null,
     risk text not null,
     resource text,
     listed boolean not null
   )`,
  'grant select on kernel.permission to countersign_app',
  'grant select, insert, update, delete on kernel.permission to countersign_registrar',
  `create table kernel.resource_type (
     type text primary key,
     subgraph text not null,
     description text not null,
     noun text not null,
     read_permission text not null,
     attributes jsonb not null
   )`,
  'grant select on kernel.resource_type to countersign_app',
  'grant select, insert, update, delete on kernel.resource_type to countersign_registrar',
  `create table kernel.built_in_policy (
     id text primary key,
     subgraph text not null,
     name text not null,
     source text not null,
     exempt text
   )`,
  'grant select on kernel.built_in_policy to countersign_app',
  'grant select, insert, update, delete on kernel.built_in_policy to countersign_registrar',
  // Decisions of an hour that are alike are one row.
  `create table kernel.access_decision (
     tenant_id uuid not null,
     hour timestamptz not null,
     principal_kind text not null,
     principal_id text not null,
     permission text not null,
     object_type text not null,
     object_id text not null,
     allowed boolean not null,
     decided_by text not null,
     policy text,
     times integer not null,
     last_at timestamptz not null,
     object jsonb,
     context jsonb,
     primary key (tenant_id, hour, principal_kind, principal_id, permission, object_type, object_id, allowed)
   )`,
  'create index access_decision_recent on kernel.access_decision (tenant_id, last_at)',
  ...tenantTable('kernel.access_decision', ['select', 'insert', 'update']),
]);
