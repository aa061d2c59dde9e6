import type { EntityManager } from '@countersign/kernel';
import type { Period } from './services/period.ts';

export interface MeterRow {
  readonly event_id: string;
  readonly line: number;
  readonly event_type: string;
  readonly meter: string;
  readonly unit: string;
  readonly quantity: number;
  readonly unit_price_usd: number;
  readonly subject_id: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly workflow: string | null;
  readonly surface: string | null;
  readonly correlation_id: string;
  readonly principal: Readonly<Record<string, unknown>>;
  readonly occurred_at: string;
}

export interface OutcomeRow {
  readonly event_id: string;
  readonly action_id: string;
  readonly outcome: 'succeeded' | 'undone';
  readonly tool: string;
  readonly workflow: string | null;
  readonly surface: string | null;
  readonly correlation_id: string;
  readonly occurred_at: string;
}

interface Totals {
  readonly meter: string;
  readonly unit: string;
  readonly quantity: string;
  readonly unit_price_usd: string;
  readonly cost_usd: string;
  /** Of all meters together. */
  readonly total_usd: string;
}

/** Appends rows; those of an event that was metered before are left as they are. Answers what the new ones cost, exact. */
export async function appendMeterRows(em: EntityManager, rows: readonly MeterRow[]): Promise<string> {
  const [added]: { cost: string }[] = await em.execute(
    `with added as (
     insert into billing.meter_event (tenant_id, event_id, line, event_type, meter, unit, quantity, unit_price_usd,
                                      subject_id, attributes, workflow, surface, correlation_id, principal, occurred_at)
     select kernel.tenant_id(), entry.*
     from jsonb_to_recordset(?::jsonb) as entry (
       event_id uuid, line smallint, event_type text, meter text, unit text, quantity numeric, unit_price_usd numeric,
       subject_id text, attributes jsonb, workflow text, surface text, correlation_id text, principal jsonb,
       occurred_at timestamptz
     )
     on conflict do nothing returning cost_usd)
     select coalesce(sum(cost_usd), 0)::text as cost from added`,
    [JSON.stringify(rows)],
  );
  return added?.cost ?? '0';
}

/** Adds to what a month has cost; `month` is its first day. */
export async function addSpent(em: EntityManager, month: string, costUsd: string): Promise<void> {
  await em.execute(
    `insert into billing.month_spent (tenant_id, month, spent_usd) values (kernel.tenant_id(), ?::date, ?::numeric)
     on conflict (tenant_id, month) do update set spent_usd = month_spent.spent_usd + excluded.spent_usd`,
    [month, costUsd],
  );
}

/** Notes that the budget of the month is spent, if it is and that is not noted. Answers the budget then, else null. */
export async function markExceeded(em: EntityManager, month: string): Promise<number | null> {
  const [marked]: { monthly_usd: string }[] = await em.execute(
    `update billing.budget set exceeded_in = ?::date
     where exceeded_in is distinct from ?::date
       and monthly_usd <= coalesce((select spent_usd from billing.month_spent where month = ?::date), 0)
     returning monthly_usd::text`,
    [month, month, month],
  );
  return marked ? Number(marked.monthly_usd) : null;
}

/** Notes what became of actions; each action succeeds once and is undone once. */
export async function appendOutcomes(em: EntityManager, outcomes: readonly OutcomeRow[]): Promise<void> {
  if (outcomes.length === 0) return;
  await em.execute(
    `insert into billing.action_outcome (tenant_id, event_id, action_id, outcome, tool, workflow, surface, correlation_id,
                                         occurred_at)
     select kernel.tenant_id(), entry.*
     from jsonb_to_recordset(?::jsonb) as entry (
       event_id uuid, action_id uuid, outcome text, tool text, workflow text, surface text, correlation_id text,
       occurred_at timestamptz
     )
     on conflict do nothing`,
    [JSON.stringify(outcomes)],
  );
}

/** What a period cost, in USD. */
export async function spentIn(em: EntityManager, period: Period): Promise<number> {
  const [row]: { spent: string }[] = await em.execute(
    `select coalesce(sum(cost_usd), 0)::text as spent from billing.meter_event where ${during}`,
    bounds(period),
  );
  return Number(row?.spent ?? 0);
}

/** What each meter counted in a period at each price, the dearest first. */
export function meterTotals(em: EntityManager, period: Period): Promise<Totals[]> {
  return em.execute(
    `select meter, unit, sum(quantity)::text as quantity, unit_price_usd::text as unit_price_usd,
            sum(cost_usd)::text as cost_usd, sum(sum(cost_usd)) over ()::text as total_usd
     from billing.meter_event where ${during}
     group by meter, unit, unit_price_usd
     order by sum(cost_usd) desc, meter, unit_price_usd`,
    bounds(period),
  );
}

/** How many actions succeeded and how many were undone in a period. */
export async function outcomeCounts(em: EntityManager, period: Period): Promise<{ succeeded: number; undone: number }> {
  const [row]: { succeeded: number; undone: number }[] = await em.execute(
    `select count(*) filter (where outcome = 'succeeded')::int as succeeded,
            count(*) filter (where outcome = 'undone')::int as undone
     from billing.action_outcome where ${during}`,
    bounds(period),
  );
  return row ?? { succeeded: 0, undone: 0 };
}

/** Gives the tenant a budget unless it has one. */
export async function insertBudget(em: EntityManager, monthlyUsd: number): Promise<void> {
  await em.execute(
    `insert into billing.budget (tenant_id, monthly_usd) values (kernel.tenant_id(), ?) on conflict do nothing`,
    [monthlyUsd],
  );
}

/** Gives the tenant a budget, whether it had one or not. */
export async function saveBudget(em: EntityManager, monthlyUsd: number): Promise<void> {
  await em.execute(
    `insert into billing.budget (tenant_id, monthly_usd) values (kernel.tenant_id(), ?)
     on conflict (tenant_id) do update set monthly_usd = excluded.monthly_usd, changed_at = clock_timestamp(),
                                            exceeded_in = null`,
    [monthlyUsd],
  );
}

// The tenant is named beside row-level security, so that the index is entered by it.
const during = 'tenant_id = kernel.tenant_id() and occurred_at >= ?::timestamptz and occurred_at < ?::timestamptz';
const bounds = ({ from, to }: Period): string[] => [from.toISOString(), to.toISOString()];
