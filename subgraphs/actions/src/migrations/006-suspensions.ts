import { migration, tenantTable } from '@countersign/kernel';

/** What is stopped: everything of a tenant, of a connector, or of a tool. */
export const suspensions = migration('actions/006-suspensions', [
  `create table actions.suspension (
     id uuid primary key,
     tenant_id uuid not null,
     scope text not null check (scope in ('TENANT', 'CONNECTOR', 'TOOL')),
     name text not null,
     reason text not null,
     suspended_by_kind text not null,
     suspended_by_id text not null,
     since timestamptz not null,
     unique (tenant_id, scope, name)
   )`,
  ...tenantTable('actions.suspension', ['select', 'insert', 'delete']),
]);
