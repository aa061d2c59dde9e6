import { acrossTenants, migration, tenantTable } from '@countersign/kernel';

/** Several actions as one: previewed, approved, executed and taken back together. */
export const bundles = migration('actions/013-bundles', [
  `create table actions.bundle (
     id uuid primary key,
     tenant_id uuid not null,
     version integer not null default 1,
     title text not null,
     status text not null,
     on_failure text not null check (on_failure in ('STOP', 'COMPENSATE')),
     plan_hash text not null,
     idempotency_key text,
     fingerprint text not null,
     maker_kind text not null,
     maker_id text not null,
     failed_step text,
     failure_code text,
     cancelled_because text,
     undone_because text,
     left_over text[] not null default '{}',
     waiting jsonb,
     lease_owner text,
     lease_until timestamptz,
     fence integer not null default 0,
     checks integer not null default 0,
     workflow text,
     surface text,
     correlation_id text not null,
     expires_at timestamptz not null,
     created_at timestamptz not null,
     updated_at timestamptz not null,
     unique (tenant_id, idempotency_key)
   )`,
  'create index bundle_newest on actions.bundle (tenant_id, id desc)',
  `create index bundle_at_work on actions.bundle (lease_until) where status in ('EXECUTING', 'COMPENSATING')`,
  `create index bundle_expiring on actions.bundle (expires_at) where status in ('AWAITING_APPROVAL', 'APPROVED')`,
  ...tenantTable('actions.bundle', ['select', 'insert', 'update']),
  ...acrossTenants('actions.bundle', 'worker', 'select (id, tenant_id, status, lease_owner, lease_until, expires_at)'),
  // `step_template`: the input as it was approved, where parts of it come from earlier steps.
  `alter table actions.action
     add column bundle_id uuid references actions.bundle,
     add column step_key text,
     add column step_ordinal integer,
     add column step_after text[] not null default '{}',
     add column step_template jsonb`,
  `create index action_of_bundle on actions.action (tenant_id, bundle_id, step_ordinal) where bundle_id is not null`,
  // A bundle's steps end with it, not each for itself.
  'grant select (bundle_id) on actions.action to countersign_worker',
]);
