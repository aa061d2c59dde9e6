import { type DomainEvent, type EntityManager, goingOn, servicePrincipal } from '@countersign/kernel';
import { z } from 'zod';
import { addSpent, appendMeterRows, appendOutcomes, type MeterRow, type OutcomeRow } from '../statements.ts';
import { monthKey, tellIfExceeded } from './exceeding.ts';
import type { Measure } from './measures.ts';
import { type PriceAt, pricesUpTo } from './prices.ts';

/** An event, and what it says was used. */
export interface Metered {
  readonly event: DomainEvent;
  readonly measures: readonly Measure[];
}

/**
 * Meters what events of a tenant say was used, at the prices of the time when each happened. An event metered before
 * changes nothing. Throws when a meter has no price: work without a price must be noticed, not given away.
 */
export async function meter(em: EntityManager, events: readonly Metered[]): Promise<void> {
  const used = events.filter(({ measures }) => measures.length > 0);
  if (used.length === 0) return;
  const priceOf = await pricesUpTo(em, new Date(Math.max(...used.map(({ event }) => timeOf(event)))));
  for (const [month, inMonth] of Map.groupBy(used, ({ event }) => monthKey(new Date(event.occurredAt)))) {
    const cost = await appendMeterRows(
      em,
      inMonth.flatMap((each) => rowsOf(each, priceOf)),
    );
    if (Number(cost) === 0) continue;
    await addSpent(em, month, cost);
    const now = new Date();
    const last = inMonth.at(-1);
    if (last && month === monthKey(now)) await tellIfExceeded(em, goingOn(last.event, metering(last.event)), now);
  }
}

function rowsOf({ event, measures }: Metered, priceOf: PriceAt): MeterRow[] {
  const moment = new Date(event.occurredAt);
  return measures.map((measure, line) => {
    const price = priceOf(measure.meter, moment);
    if (!price)
      throw new Error(`The meter ${measure.meter} has no price at ${event.occurredAt}; add one by migration.`);
    return {
      ...originOf(event),
      line,
      event_type: event.type,
      meter: measure.meter,
      unit: price.unit,
      quantity: measure.quantity,
      unit_price_usd: price.unitPriceUsd,
      subject_id: measure.subjectId,
      attributes: measure.attributes,
      principal: event.principal,
    };
  });
}

/** Counts actions that succeeded. An undo is an action of its own in the log, but not one that anybody wanted. */
export async function countSuccesses(em: EntityManager, events: readonly DomainEvent[]): Promise<void> {
  const wanted = events.filter(({ payload }) => succeeded.parse(payload).undoOf === null);
  await appendOutcomes(
    em,
    wanted.map((event) => outcomeOf(event, 'succeeded')),
  );
}

/** Counts actions that were undone. */
export async function countUndone(em: EntityManager, events: readonly DomainEvent[]): Promise<void> {
  await appendOutcomes(
    em,
    events.map((event) => outcomeOf(event, 'undone')),
  );
}

function outcomeOf(event: DomainEvent, outcome: OutcomeRow['outcome']): OutcomeRow {
  const { actionId, tool } = undone.parse(event.payload);
  return { ...originOf(event), action_id: actionId, outcome, tool };
}

const undone = z.object({ actionId: z.string(), tool: z.string() });
const succeeded = undone.extend({ undoOf: z.string().nullable() });

const metering = ({ tenantId }: DomainEvent) => servicePrincipal(tenantId, 'billing.metering', []);

const timeOf = ({ occurredAt }: DomainEvent): number => new Date(occurredAt).getTime();

const originOf = (event: DomainEvent) => ({
  event_id: event.id,
  workflow: event.workflow,
  surface: event.surface,
  correlation_id: event.correlationId,
  occurred_at: event.occurredAt,
});
