import {
  type Database,
  type EntityManager,
  type EventOrigin,
  type Principal,
  problem,
  publish,
} from '@countersign/kernel';
import { Budget } from '../entities/budget.ts';
import type { BudgetChanged } from '../events.ts';
import { insertBudget, saveBudget, spentIn } from '../statements.ts';
import { tellIfExceeded } from './exceeding.ts';
import { monthOf } from './period.ts';

/** What a new tenant may spend in a month, in USD. */
const defaultMonthlyUsd = 100;

/** The largest budget that can be set, in USD a month. */
const largestMonthlyUsd = 1_000_000_000;

/** What a tenant may spend, and has spent. */
export class Budgets {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /** The tenant's budget with what this month has cost; null before the tenant has one. */
  current(principal: Principal): Promise<Budget | null> {
    return this.#database.read(principal, (em) => this.#read(em, principal));
  }

  /** Sets the tenant's budget. Throws a user problem for an amount that is no budget. */
  async set(origin: EventOrigin, monthlyUsd: number): Promise<Budget | null> {
    assertBudget(monthlyUsd);
    return this.#database.withTenant(origin.principal, async (em) => {
      await saveBudget(em, monthlyUsd);
      await publish(em, origin, 'BudgetChanged', { monthlyUsd } satisfies BudgetChanged);
      await tellIfExceeded(em, origin, this.#now());
      return this.#read(em, origin.principal);
    });
  }

  async #read(em: EntityManager, { tenantId }: Principal): Promise<Budget | null> {
    const budget = await em.findOne(Budget, { tenantId });
    if (budget) budget.spentUsd = await spentIn(em, monthOf(this.#now()));
    return budget;
  }
}

/** What a new tenant begins with; one that was set before is left as it is. */
export const giveDefaultBudget = (em: EntityManager): Promise<void> => insertBudget(em, defaultMonthlyUsd);

function assertBudget(monthlyUsd: number): void {
  const path = ['input', 'monthlyUsd'];
  if (!Number.isFinite(monthlyUsd)) {
    throw problem('BUDGET_NOT_FINITE', 'A budget must be a finite amount in USD a month.', path);
  }
  if (monthlyUsd < 0) {
    throw problem('BUDGET_NEGATIVE', `A budget of ${monthlyUsd} USD is below 0; 0 stops all spending.`, path, {
      monthlyUsd,
    });
  }
  if (monthlyUsd > largestMonthlyUsd) {
    const message = `A budget of ${monthlyUsd} USD a month is too large; ${largestMonthlyUsd} USD is the most.`;
    throw problem('BUDGET_TOO_LARGE', message, path, { monthlyUsd, largestMonthlyUsd });
  }
  if (Number(monthlyUsd.toFixed(2)) !== monthlyUsd) {
    throw problem('BUDGET_NOT_IN_CENTS', `A budget of ${monthlyUsd} USD has parts of a cent; give whole cents.`, path, {
      monthlyUsd,
    });
  }
}
