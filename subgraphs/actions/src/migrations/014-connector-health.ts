import { acrossTenants, migration, tenantTable } from '@countersign/kernel';

/** What is known of how well each tool's other side is, and what waits until it is well again. */
export const connectorHealth = migration('actions/014-connector-health', [
  `create table actions.connector_health (
     id uuid primary key,
     tenant_id uuid not null,
     connector text not null,
     tool text not null,
     state text not null check (state in ('CLOSED', 'OPEN', 'HALF_OPEN')),
     reads_fail boolean not null,
     writes_fail boolean not null,
     reason text not null,
     failures integer not null,
     probes integer not null,
     since timestamptz not null,
     next_probe_at timestamptz not null,
     unique (tenant_id, tool)
   )`,
  ...tenantTable('actions.connector_health', ['select', 'insert', 'update']),
  ...acrossTenants('actions.connector_health', 'worker', ['select']),
  `alter table actions.action
     add column lane text not null default 'INTERACTIVE' check (lane in ('INTERACTIVE', 'BATCH')),
     add column waiting_since timestamptz,
     add column waiting_due timestamptz,
     add column waiter_kind text,
     add column waiter_id text,
     add column waiter_unattended boolean not null default false`,
  `create index action_waiting on actions.action (tenant_id, waiting_due)
     where status = 'APPROVED' and waiting_since is not null`,
  'grant select (tool, undo_of_id, lane, waiting_since, waiting_due) on actions.action to countersign_worker',
]);
