import { type DomainEvent, type EntityManager, servicePrincipal } from '@countersign/kernel';
import { z } from 'zod';
import { addSpent, appendMeterRows, appendOutcome } from '../statements.ts';
import { monthKey, tellIfExceeded } from './exceeding.ts';
import type { Measure } from './measures.ts';
import { pricesAt } from './prices.ts';

/**
 * Meters what an event says was used, at the prices of the time when it happened. An event metered before changes
 * nothing. Throws when a meter has no price: work without a price must be noticed, not given away.
 */
export async function meter(em: EntityManager, event: DomainEvent, measures: readonly Measure[]): Promise<void> {
  if (measures.length === 0) return;
  const prices = await pricesAt(em, new Date(event.occurredAt));
  const rows = measures.map((measure, line) => {
    const price = prices.get(measure.meter);
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
  const cost = await appendMeterRows(em, rows);
  if (Number(cost) === 0) return;
  const now = new Date();
  const month = monthKey(new Date(event.occurredAt));
  await addSpent(em, month, cost);
  if (month !== monthKey(now)) return;
  const { correlationId, workflow, surface } = event;
  const principal = servicePrincipal(event.tenantId, 'billing.metering', []);
  const origin = { principal, correlationId, workflow: workflow ?? undefined, surface: surface ?? undefined };
  await tellIfExceeded(em, origin, now);
}

/** Counts an action that succeeded. An undo is an action of its own in the log, but not one that anybody wanted. */
export async function countSuccess(em: EntityManager, event: DomainEvent): Promise<void> {
  const { actionId, tool, undoOf } = succeeded.parse(event.payload);
  if (undoOf === null) {
    await appendOutcome(em, { ...originOf(event), action_id: actionId, outcome: 'succeeded', tool });
  }
}

/** Counts an action that was undone. */
export async function countUndone(em: EntityManager, event: DomainEvent): Promise<void> {
  const { actionId, tool } = undone.parse(event.payload);
  await appendOutcome(em, { ...originOf(event), action_id: actionId, outcome: 'undone', tool });
}

const undone = z.object({ actionId: z.string(), tool: z.string() });
const succeeded = undone.extend({ undoOf: z.string().nullable() });

const originOf = (event: DomainEvent) => ({
  event_id: event.id,
  workflow: event.workflow,
  surface: event.surface,
  correlation_id: event.correlationId,
  occurred_at: event.occurredAt,
});
