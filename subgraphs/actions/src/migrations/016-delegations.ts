import { migration, tenantTable } from '@countersign/kernel';

/** Who approves in whose place, and for whom an approval was given. */
export const delegations = migration('actions/016-delegations', [
  `create table actions.delegation (
     id uuid primary key,
     tenant_id uuid not null,
     from_id text not null,
     to_id text not null check (to_id <> from_id),
     since timestamptz not null,
     until timestamptz not null check (until > since),
     reason text not null
   )`,
  'create index delegation_to on actions.delegation (tenant_id, to_id, until)',
  ...tenantTable('actions.delegation', ['select', 'insert', 'update']),
  `alter table actions.approval add column on_behalf_of text[] not null default '{}'`,
]);
