import {
  anyone,
  can,
  maskJson,
  type Principal,
  personOf,
  type SubgraphPermissions,
  servicesOnly,
} from '@countersign/kernel';
import type { AccessChange } from './entities/access-change.ts';
import type { User } from './entities/user.ts';
import { seesPersonalData } from './services/personal-data.ts';

/** A change of a person says their address, before and after. */
const ofPerson = {
  dataClass: 'PII',
  permission: seesPersonalData,
  open: ({ subject, authorKind, authorId }: AccessChange, { kind, id }: Principal) =>
    subject.type !== 'User' || (authorKind === kind && authorId === id),
  mask: maskJson,
} as const;

export const permissions: SubgraphPermissions = {
  catalogue: [
    { name: 'tenants:user:read', description: "See the tenant's people, groups and roles.", risk: 'LOW' },
    { name: seesPersonalData, description: "See people's addresses.", risk: 'MEDIUM' },
    {
      name: 'tenants:user:administer',
      description: 'Add, change and deactivate people, their groups and their attributes.',
      risk: 'HIGH',
    },
    { name: 'tenants:role:administer', description: 'Make, change, assign and revoke roles.', risk: 'HIGH' },
    {
      name: 'tenants:policy:read',
      description:
        'See policies, their versions and templates, how permissions are administered, and changes that wait.',
      risk: 'LOW',
    },
    { name: 'tenants:policy:administer', description: 'Publish and retire policies.', risk: 'HIGH' },
    {
      name: 'tenants:access:explain',
      description: 'See why others are allowed or refused what, who can do what, and what a change would change.',
      risk: 'MEDIUM',
    },
    { name: 'tenants:access:administer', description: 'Set how permissions are administered.', risk: 'HIGH' },
    {
      name: 'tenants:key:administer',
      description: 'Make, rotate and revoke API keys, of what one holds oneself.',
      risk: 'HIGH',
    },
    {
      name: 'tenants:identity:administer',
      description: 'Connect identity providers, end sessions, and let platform operators in.',
      risk: 'HIGH',
    },
    {
      name: 'tenants:directory:provision',
      description: 'Provision people and groups from a directory (SCIM).',
      risk: 'HIGH',
    },
  ],
  Query: {
    viewer: anyone,
    signIn: servicesOnly,
    sessionSignIn: servicesOnly,
    operatorSignIn: servicesOnly,
    providersByIssuer: servicesOnly,
    providersOfTenant: servicesOnly,
    apiKeys: can('tenants:key:administer'),
    // One's own for everybody; the service asks for a permission where they are another's.
    sessions: anyone,
    identityProviders: can('tenants:identity:administer'),
    operatorAccess: can('tenants:identity:administer'),
    roles: can('tenants:user:read'),
    users: can('tenants:user:read'),
    user: can('tenants:user:read'),
    groups: can('tenants:user:read'),
    group: can('tenants:user:read'),
    attributeSchema: can('tenants:user:read'),
    permissionCatalog: can('tenants:user:read'),
    orphanedPermissions: can('tenants:user:read'),
    directoryUsers: can('tenants:directory:provision'),
    directoryUser: can('tenants:directory:provision'),
    directoryGroups: can('tenants:directory:provision'),
    directoryGroup: can('tenants:directory:provision'),
    // Of oneself; asking about others takes `tenants:access:explain`, which the service insists on.
    explainAccess: anyone,
    effectivePermissions: anyone,
    whoCan: can('tenants:access:explain'),
    simulatePolicyChange: can('tenants:access:explain'),
    policies: can('tenants:policy:read'),
    policy: can('tenants:policy:read'),
    policyTemplates: can('tenants:policy:read'),
    renderPolicyTemplate: can('tenants:policy:read'),
    accessSettings: can('tenants:policy:read'),
    accessChanges: can('tenants:policy:read'),
  },
  Mutation: {
    enter: servicesOnly,
    presentApiKey: servicesOnly,
    openSession: servicesOnly,
    closeSession: servicesOnly,
    recordOperatorAccess: servicesOnly,
    createApiKey: can('tenants:key:administer'),
    rotateApiKey: can('tenants:key:administer'),
    revokeApiKey: can('tenants:key:administer'),
    // One's own for everybody; the service asks for a permission where they are another's.
    revokeSession: anyone,
    revokeUserSessions: anyone,
    configureIdentityProvider: can('tenants:identity:administer'),
    removeIdentityProvider: can('tenants:identity:administer'),
    grantOperatorAccess: can('tenants:identity:administer'),
    revokeOperatorAccess: can('tenants:identity:administer'),
    createRole: can('tenants:role:administer'),
    updateRole: can('tenants:role:administer'),
    deleteRole: can('tenants:role:administer'),
    assignRole: can('tenants:role:administer'),
    revokeRole: can('tenants:role:administer'),
    createGroup: can('tenants:user:administer'),
    updateGroup: can('tenants:user:administer'),
    deleteGroup: can('tenants:user:administer'),
    addGroupMembers: can('tenants:user:administer'),
    removeGroupMembers: can('tenants:user:administer'),
    createUser: can('tenants:user:administer'),
    updateUser: can('tenants:user:administer'),
    deactivateUser: can('tenants:user:administer'),
    reactivateUser: can('tenants:user:administer'),
    updateUserAttributes: can('tenants:user:administer'),
    setAttributeSchema: can('tenants:access:administer'),
    directoryCreateUser: can('tenants:directory:provision'),
    directoryReplaceUser: can('tenants:directory:provision'),
    directoryDeleteUser: can('tenants:directory:provision'),
    directoryCreateGroup: can('tenants:directory:provision'),
    directoryReplaceGroup: can('tenants:directory:provision'),
    directoryChangeGroup: can('tenants:directory:provision'),
    directoryDeleteGroup: can('tenants:directory:provision'),
    publishPolicy: can('tenants:policy:administer'),
    retirePolicy: can('tenants:policy:administer'),
    updateAccessSettings: can('tenants:access:administer'),
    // The service asks for what the change itself takes, and says nothing to who holds none of it.
    approveAccessChange: anyone,
    rejectAccessChange: anyone,
  },
  entities: {
    // Row-level security shows each caller their own tenant's alone.
    Tenant: anyone,
    User: anyone,
    Role: anyone,
    Group: can('tenants:user:read'),
  },
  fields: {
    // Everybody of the tenant may come upon a person or a role; who is in what is for those who may see the people.
    User: { assignments: can('tenants:user:read'), groups: can('tenants:user:read') },
    Role: { assignments: can('tenants:user:read') },
    Group: { members: can('tenants:user:read') },
  },
  sensitive: {
    User: {
      email: {
        dataClass: 'PII',
        permission: seesPersonalData,
        open: ({ id }: User, principal) => id === personOf(principal),
      },
    },
    AccessChange: { before: ofPerson, after: ofPerson, input: ofPerson },
  },
};
