import { defineSubgraph } from '@countersign/kernel';
import { Membership } from './entities/membership.ts';
import { Role } from './entities/role.ts';
import { Tenant } from './entities/tenant.ts';
import { User } from './entities/user.ts';
import { initial } from './migrations/001-initial.ts';
import { permissions } from './permissions.ts';
import { SignInResolver } from './resolvers/sign-in.resolver.ts';
import { ViewerResolver } from './resolvers/viewer.resolver.ts';
import { Directory } from './services/directory.ts';

export { type NewTenant, provisionTenant } from './services/provisioning.ts';

/** Who: tenants, users, memberships, roles. */
export const tenants = defineSubgraph({
  name: 'tenants',
  entities: [Tenant, User, Role, Membership],
  migrations: [initial],
  permissions,
  assemble: ({ database }) => {
    const directory = new Directory(database);
    return {
      resolvers: [new ViewerResolver(directory), new SignInResolver(directory)],
      references: {
        Tenant: async (keys, { principal }) => {
          const own = await directory.tenant(principal);
          return keys.map((key) => (own && key.id === own.id ? own : null));
        },
        User: (keys, { principal }) =>
          directory.users(
            principal,
            keys.map((key) => String(key.id)),
          ),
        Role: (keys, { principal }) =>
          directory.roles(
            principal,
            keys.map((key) => String(key.id)),
          ),
      },
    };
  },
});
