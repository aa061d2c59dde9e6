export interface RoleTemplate {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

const reading = [
  'tenants:user:read',
  'knowledge:document:read',
  'inference:answer:create',
  'inference:answer:read',
  'actions:action:read',
  'billing:budget:read',
] as const;

/** The roles that every tenant begins with. */
export const builtInRoles: readonly RoleTemplate[] = [
  {
    name: 'admin',
    description: 'Runs the tenant: people, roles, connectors, budgets.',
    permissions: ['tenants:*:*', 'knowledge:*:*', 'inference:*:*', 'actions:*:*', 'billing:*:*', 'tool:*:propose'],
  },
  {
    name: 'operator',
    description:
      'Does the work: asks, proposes, executes and undoes actions, and may countersign what others proposed.',
    permissions: [
      ...reading,
      'knowledge:document:ingest',
      'actions:action:approve',
      'actions:action:execute',
      'actions:action:undo',
      'actions:sensitive:read',
      'tool:*:propose',
    ],
  },
  {
    name: 'approver',
    description: 'Countersigns what others propose.',
    permissions: [...reading, 'actions:action:approve', 'actions:sensitive:read'],
  },
  {
    name: 'auditor',
    description: 'Reads and verifies the decision log.',
    permissions: [
      ...reading,
      'actions:log:read',
      'actions:sensitive:read',
      'billing:economics:read',
      'tenants:policy:read',
      'tenants:access:explain',
      'tenants:sensitive:read',
    ],
  },
  { name: 'viewer', description: 'Reads and asks.', permissions: reading },
  { name: 'partner', description: 'Ships connectors.', permissions: ['actions:connector:read'] },
];
