import { anyone, can, type SubgraphPermissions } from '@countersign/kernel';

export const permissions: SubgraphPermissions = {
  catalogue: [
    {
      name: 'billing:budget:read',
      description: "See the tenant's budget, what is spent of it, and the prices.",
      risk: 'LOW',
    },
    { name: 'billing:budget:update', description: "Set the tenant's budget.", risk: 'MEDIUM' },
    { name: 'billing:economics:read', description: 'See what work cost and what came of it.', risk: 'LOW' },
  ],
  Query: {
    prices: can('billing:budget:read'),
    unitEconomics: can('billing:economics:read'),
  },
  Mutation: {
    setBudget: can('billing:budget:update'),
  },
  entities: {
    // A bare id; what hangs on it is guarded below.
    Tenant: anyone,
  },
  fields: {
    Tenant: { budget: can('billing:budget:read') },
  },
};
