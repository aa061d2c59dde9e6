import { migration, tenantTable } from '@countersign/kernel';

/** What a tenant asks of actions beyond maker and checker, and what is looked at to say whether it is given. */
export const gates = migration('actions/008-gates', [
  `create table actions.gate (
     id uuid primary key,
     tenant_id uuid not null,
     name text not null,
     definition jsonb not null,
     version integer not null default 1,
     updated_at timestamptz not null
   )`,
  'create unique index gate_name on actions.gate (tenant_id, lower(name))',
  ...tenantTable('actions.gate', ['select', 'insert', 'update', 'delete']),
  // Approvers as they were when they approved.
  `alter table actions.approval
     add column approver_roles text[] not null default '{}',
     add column approver_groups text[] not null default '{}',
     add column approver_department text,
     add column sees_all boolean not null default false`,
  // When it took effect: from then on it counts towards limits for the length of their windows.
  // And when the plan that stands was made.
  'alter table actions.action add column done_at timestamptz, add column planned_at timestamptz',
  'alter table actions.action no force row level security',
  `update actions.action set done_at = updated_at
     where status in ('SUCCEEDED', 'SUBMITTED', 'PARTIALLY_SUCCEEDED', 'UNDOING', 'UNDONE')`,
  'update actions.action set planned_at = created_at',
  'alter table actions.action alter column planned_at set not null',
  'alter table actions.action force row level security',
  `create index action_counted on actions.action (tenant_id, done_at)
     where undo_of_id is null and status not in ('PROPOSED', 'DENIED', 'REJECTED', 'EXPIRED', 'FAILED')`,
]);
