import { createSchema, migration, tenantTable } from '@countersign/kernel';

export const initial = migration('billing/001-initial', [
  ...createSchema('billing'),
  // A price without a tenant is the list's, which every tenant sees; one with a tenant is that tenant's own contract.
  `create table billing.price (
     id uuid primary key default gen_random_uuid(),
     tenant_id uuid,
     meter text not null,
     unit text not null,
     unit_price_usd numeric not null check (unit_price_usd > 0),
     effective_from timestamptz not null,
     unique nulls not distinct (tenant_id, meter, effective_from)
   )`,
  ...tenantTable('billing.price', ['select']),
  'create policy list on billing.price for select to countersign_app using (tenant_id is null)',
  // Prices change by migration alone; row-level security is forced on the owner too, so the owner needs a policy.
  'create policy owner on billing.price to current_user using (true) with check (true)',
  `create table billing.budget (
     tenant_id uuid primary key,
     monthly_usd numeric(12, 2) not null check (monthly_usd >= 0),
     changed_at timestamptz not null default clock_timestamp()
   )`,
  ...tenantTable('billing.budget', ['select', 'insert', 'update']),
  // Append-only: no privilege to update or delete, so that a price once charged stays what it was.
  `create table billing.meter_event (
     tenant_id uuid not null,
     event_id uuid not null,
     line smallint not null,
     event_type text not null,
     meter text not null,
     unit text not null,
     quantity numeric not null check (quantity > 0),
     unit_price_usd numeric not null check (unit_price_usd > 0),
     cost_usd numeric not null generated always as (quantity * unit_price_usd) stored,
     subject_id text,
     attributes jsonb not null,
     workflow text,
     surface text,
     correlation_id text not null,
     principal jsonb not null,
     occurred_at timestamptz not null,
     primary key (tenant_id, event_id, line)
   )`,
  'create index meter_event_by_time on billing.meter_event (tenant_id, occurred_at) include (cost_usd)',
  ...tenantTable('billing.meter_event', ['select', 'insert']),
  `create table billing.action_outcome (
     tenant_id uuid not null,
     action_id uuid not null,
     outcome text not null check (outcome in ('succeeded', 'undone')),
     event_id uuid not null,
     tool text not null,
     workflow text,
     surface text,
     correlation_id text not null,
     occurred_at timestamptz not null,
     primary key (tenant_id, action_id, outcome)
   )`,
  'create index action_outcome_by_time on billing.action_outcome (tenant_id, occurred_at)',
  ...tenantTable('billing.action_outcome', ['select', 'insert']),
]);
