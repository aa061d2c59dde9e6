import { defineSubgraph } from '@countersign/kernel';
import { AccessChange } from './entities/access-change.ts';
import { AccessPolicy } from './entities/access-policy.ts';
import { Assignment } from './entities/assignment.ts';
import { Group } from './entities/group.ts';
import { Role } from './entities/role.ts';
import { Tenant } from './entities/tenant.ts';
import { User } from './entities/user.ts';
import { identityEntities, identityResolvers } from './identity.ts';
import { initial } from './migrations/001-initial.ts';
import { access as accessMigration } from './migrations/002-access.ts';
import { sensitiveFields } from './migrations/003-sensitive-fields.ts';
import { permissions } from './permissions.ts';
import { AccessChangeResolver } from './resolvers/access-change.resolver.ts';
import { AccessSettingsResolver } from './resolvers/access-settings.resolver.ts';
import { AssignmentResolver, RoleAssignmentsResolver } from './resolvers/assignment.resolver.ts';
import { AttributeSchemaResolver } from './resolvers/attribute-schema.resolver.ts';
import { DirectoryResolver } from './resolvers/directory.resolver.ts';
import { ExplanationResolver } from './resolvers/explanation.resolver.ts';
import { GroupResolver } from './resolvers/group.resolver.ts';
import { GroupMutations } from './resolvers/group-mutations.resolver.ts';
import { PermissionCatalogResolver } from './resolvers/permission-catalog.resolver.ts';
import { PolicyResolver } from './resolvers/policy.resolver.ts';
import { PolicyTemplateResolver } from './resolvers/policy-template.resolver.ts';
import { PolicyVersionResolver } from './resolvers/policy-version.resolver.ts';
import { RoleResolver } from './resolvers/role.resolver.ts';
import { SignInResolver } from './resolvers/sign-in.resolver.ts';
import { SimulationResolver } from './resolvers/simulation.resolver.ts';
import { UserResolver } from './resolvers/user.resolver.ts';
import { UserMutations } from './resolvers/user-mutations.resolver.ts';
import { ViewerResolver } from './resolvers/viewer.resolver.ts';
import { AccessChanges } from './services/changes/access-changes.ts';
import { changeKinds } from './services/changes/index.ts';
import { createPolicyChanges } from './services/changes/policy-changes.ts';
import { Directory } from './services/directory.ts';
import { EffectivePermissionsReader } from './services/effective-permissions.ts';
import { Explanations } from './services/explanations.ts';
import { People } from './services/people.ts';
import { PermissionCatalogue } from './services/permission-catalogue.ts';
import { Policies } from './services/policies/policies.ts';
import { ScimReading } from './services/scim/reading.ts';
import { newDenials } from './services/simulation/new-denials.ts';
import { Simulations } from './services/simulation/simulations.ts';
import { WhoCanReader } from './services/who-can.ts';

export { builtInRoles, type RoleTemplate } from './services/built-in-roles.ts';
export { type NewTenant, provisionTenant } from './services/provisioning.ts';

/** Who: tenants, users, memberships, roles. */
export const tenants = defineSubgraph({
  name: 'tenants',
  entities: [...identityEntities, Tenant, User, Role, Group, Assignment, AccessChange, AccessPolicy],
  migrations: [initial, accessMigration, sensitiveFields],
  permissions,
  assemble: ({ access, config, database, now }) => {
    const directory = new Directory(database);
    const people = new People(database);
    const catalogue = new PermissionCatalogue(database);
    const policies = new Policies(database);
    const policyChanges = createPolicyChanges({
      newDenials: (em, change, since) => newDenials(em, change, since, now()),
    });
    const changes = new AccessChanges({ database, access, now, kinds: [...changeKinds, ...policyChanges.kinds] });
    return {
      resolvers: [
        new ViewerResolver(directory),
        new SignInResolver(directory),
        new RoleResolver({ directory, changes }),
        ...identityResolvers({ access, config, database, now, directory, changes }),
        new UserResolver(people),
        new UserMutations(changes),
        new GroupResolver(people),
        new GroupMutations(changes),
        new AssignmentResolver({ directory, people, changes }),
        new RoleAssignmentsResolver(people),
        new AttributeSchemaResolver({ catalogue, changes }),
        new PermissionCatalogResolver(catalogue),
        new DirectoryResolver({ reading: new ScimReading(database), changes }),
        new ExplanationResolver({
          explanations: new Explanations({ database, access, now }),
          whoCan: new WhoCanReader({ database, access, now }),
          effective: new EffectivePermissionsReader({ database, access }),
        }),
        new SimulationResolver(new Simulations({ database, access, now })),
        new PolicyResolver({ policies, changes, kinds: policyChanges }),
        new PolicyVersionResolver(policies),
        new PolicyTemplateResolver(policies),
        new AccessSettingsResolver({ database, changes }),
        new AccessChangeResolver(changes),
      ],
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
        Group: (keys, { principal }) =>
          people.groupsById(
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
