import { can, type SubgraphPermissions } from '@countersign/kernel';

export const permissions: SubgraphPermissions = {
  catalogue: [
    { name: 'actions:action:read', description: 'See actions, their evidence and their outcomes.' },
    { name: 'actions:action:approve', description: 'Approve or reject what others proposed.' },
    { name: 'actions:action:execute', description: 'Execute what was approved.' },
    { name: 'actions:action:undo', description: 'Undo what was done.' },
    { name: 'actions:log:read', description: 'Read and verify the decision log.' },
    { name: 'actions:connector:read', description: 'See connectors, their tools and how they are configured.' },
    { name: 'actions:connector:configure', description: 'Configure connectors.' },
  ],
  Query: {
    action: can('actions:action:read'),
    actions: can('actions:action:read'),
    decisionLog: can('actions:log:read'),
    connectors: can('actions:connector:read'),
  },
  Mutation: {
    // Whoever proposed an action cannot approve it, whatever they hold: the service sees to that.
    approveAction: can('actions:action:approve'),
    rejectAction: can('actions:action:approve'),
    executeAction: can('actions:action:execute'),
    undoAction: can('actions:action:undo'),
    configureConnector: can('actions:connector:configure'),
    // Each tool's own mutation needs `tool:<connector>.<tool>:propose`: see resolvers/tool-mutations.ts.
  },
  entities: {
    Action: can('actions:action:read'),
    ConnectorInstallation: can('actions:connector:read'),
  },
};
