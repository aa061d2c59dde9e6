import { type EntityManager, type EventOrigin, publish } from '@countersign/kernel';
import type { BudgetExceeded } from '../events.ts';
import { markExceeded } from '../statements.ts';
import { monthOf } from './period.ts';

/** Tells, once a month and budget, that the budget of the month is spent, if it is. What is told of months gone by is late. */
export async function tellIfExceeded(em: EntityManager, origin: EventOrigin, now: Date): Promise<void> {
  const month = monthKey(now);
  const monthlyUsd = await markExceeded(em, month);
  if (monthlyUsd === null) return;
  await publish(em, origin, 'BudgetExceeded', { monthlyUsd, month: month.slice(0, 7) } satisfies BudgetExceeded);
}

/** The first day of the month, UTC. */
export const monthKey = (moment: Date): string => monthOf(moment).from.toISOString().slice(0, 10);
