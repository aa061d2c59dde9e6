import { createSchema, migration, tenantTable } from '@countersign/kernel';

export const initial = migration('tenants/001-initial', [
  ...createSchema('tenants'),
  `create table tenants.tenant (
     tenant_id uuid primary key,
     name text not null,
     region text not null,
     created_at timestamptz not null default clock_timestamp()
   )`,
  ...tenantTable('tenants.tenant', ['select', 'insert', 'update']),
  `create table tenants.app_user (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     email text not null,
     name text not null,
     attributes jsonb not null default '{}',
     active boolean not null default true,
     created_at timestamptz not null default clock_timestamp(),
     unique (tenant_id, email)
   )`,
  ...tenantTable('tenants.app_user', ['select', 'insert', 'update']),
  `create table tenants.role (
     id uuid primary key,
     tenant_id uuid not null references tenants.tenant,
     name text not null,
     description text not null,
     permissions text[] not null,
     unique (tenant_id, name)
   )`,
  ...tenantTable('tenants.role', ['select', 'insert', 'update', 'delete']),
  `create table tenants.membership (
     tenant_id uuid not null references tenants.tenant,
     user_id uuid not null references tenants.app_user,
     role_id uuid not null references tenants.role,
     since timestamptz not null default clock_timestamp(),
     primary key (tenant_id, user_id, role_id)
   )`,
  ...tenantTable('tenants.membership', ['select', 'insert', 'delete']),
]);
