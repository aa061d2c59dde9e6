import { defineSubgraph } from '@countersign/kernel';
import { consumers } from './consumers.ts';
import { Budget } from './entities/budget.ts';
import { Price } from './entities/price.ts';
import { Tenant } from './entities/references.ts';
import { initial } from './migrations/001-initial.ts';
import { priceList } from './migrations/002-price-list.ts';
import { budgetExceeded } from './migrations/003-budget-exceeded.ts';
import { permissions } from './permissions.ts';
import { BudgetResolver } from './resolvers/budget.resolver.ts';
import { EconomicsResolver } from './resolvers/economics.resolver.ts';
import { Budgets } from './services/budgets.ts';
import { Economics } from './services/economics.ts';
import { Prices } from './services/prices.ts';

export type { BudgetChanged, BudgetExceeded } from './events.ts';

/** What it costs: meters, prices, budgets, unit economics. */
export const billing = defineSubgraph({
  name: 'billing',
  entities: [Budget, Price],
  migrations: [initial, priceList, budgetExceeded],
  permissions,
  types: [Tenant],
  assemble: ({ database, now }) => ({
    resolvers: [
      new BudgetResolver(new Budgets(database, now)),
      new EconomicsResolver(new Economics(database, now), new Prices(database, now)),
    ],
    references: {
      Tenant: async (keys) => keys.map(({ id }) => ({ id })),
    },
    consumers,
  }),
});
