import { migration, tenantTable } from '@countersign/kernel';

/** What each month has cost so far, and in which month it was last told that the budget is spent. */
export const budgetExceeded = migration('billing/003-budget-exceeded', [
  `create table billing.month_spent (
     tenant_id uuid not null,
     month date not null,
     spent_usd numeric not null,
     primary key (tenant_id, month)
   )`,
  ...tenantTable('billing.month_spent', ['select', 'insert', 'update']),
  // Row-level security binds the owner, too, unless it is lifted.
  'alter table billing.meter_event no force row level security',
  'alter table billing.month_spent no force row level security',
  `insert into billing.month_spent (tenant_id, month, spent_usd)
     select tenant_id, date_trunc('month', occurred_at at time zone 'UTC')::date, sum(cost_usd)
     from billing.meter_event group by 1, 2`,
  'alter table billing.month_spent force row level security',
  'alter table billing.meter_event force row level security',
  'alter table billing.budget add column exceeded_in date',
]);
