import { anyone, type SubgraphPermissions, servicesOnly } from '@countersign/kernel';

export const permissions: SubgraphPermissions = {
  catalogue: [{ name: 'tenants:user:read', description: "See the tenant's people." }],
  Query: {
    viewer: anyone,
    signIn: servicesOnly,
  },
  entities: {
    // Row-level security shows each caller their own tenant's alone.
    Tenant: anyone,
    User: anyone,
    Role: anyone,
  },
};
