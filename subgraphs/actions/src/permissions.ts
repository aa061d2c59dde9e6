import { can, canList, canOn, type SubgraphPermissions } from '@countersign/kernel';
import { makerIsNotChecker } from './maker-is-not-checker.ts';
import { proposedAction } from './proposed-action.ts';
import { seesActionData, sensitiveFields } from './sensitive-data.ts';

interface OfAction {
  readonly input: { readonly actionId: string };
}

const onAction = (permission: string) => canOn(permission, 'ProposedAction', ({ input }: OfAction) => input.actionId);

export const permissions: SubgraphPermissions = {
  catalogue: [
    {
      name: 'actions:action:read',
      description: 'See actions, their evidence and their outcomes.',
      risk: 'LOW',
      on: 'ProposedAction',
      listed: true,
    },
    {
      name: 'actions:action:approve',
      description: 'Approve or reject what others proposed.',
      risk: 'HIGH',
      on: 'ProposedAction',
    },
    { name: 'actions:action:execute', description: 'Execute what was approved.', risk: 'HIGH', on: 'ProposedAction' },
    { name: 'actions:action:undo', description: 'Undo what was done.', risk: 'HIGH', on: 'ProposedAction' },
    {
      name: seesActionData,
      description: 'See what actions say of persons: previews, outcomes, evidence, and values in the decision log.',
      risk: 'MEDIUM',
    },
    { name: 'actions:log:read', description: 'Read and verify the decision log.', risk: 'MEDIUM' },
    { name: 'actions:log:erase', description: 'Erase values from the decision log, for good.', risk: 'HIGH' },
    {
      name: 'actions:connector:read',
      description: 'See connectors, their tools and how they are configured.',
      risk: 'LOW',
    },
    { name: 'actions:connector:configure', description: 'Configure connectors.', risk: 'HIGH' },
    {
      name: 'actions:gate:administer',
      description: 'Set what actions need: approvals, change windows, freezes, limits.',
      risk: 'HIGH',
    },
    {
      name: 'actions:suspension:administer',
      description: 'Stop what is executed and undone, and resume it.',
      risk: 'HIGH',
    },
  ],
  objectTypes: [proposedAction],
  builtInPolicies: [makerIsNotChecker],
  Query: {
    // Decided action by action in the statements that read them: what is hidden is absent, like what does not exist.
    action: canList('actions:action:read'),
    actions: canList('actions:action:read'),
    decisionLog: can('actions:log:read'),
    auditTrail: can('actions:log:read'),
    exportAuditTrail: can('actions:log:read'),
    exportDecisionLog: can('actions:log:read'),
    treeHeads: can('actions:log:read'),
    logKeys: can('actions:log:read'),
    actionProof: can('actions:log:read'),
    consistencyProof: can('actions:log:read'),
    connectors: can('actions:connector:read'),
    suspensions: can('actions:action:read'),
    // What keeps an action waiting is told to who sees it.
    connectorStatus: can('actions:action:read'),
    actionGates: can('actions:action:read'),
    inbox: canList('actions:action:approve'),
  },
  Mutation: {
    // What is let through here is decided again under the action's lock.
    approveAction: onAction('actions:action:approve'),
    // Its maker takes an action back also where a policy keeps them from deciding on it: the service tells the two apart.
    rejectAction: canList('actions:action:approve'),
    executeAction: onAction('actions:action:execute'),
    undoAction: onAction('actions:action:undo'),
    requeueAction: onAction('actions:action:execute'),
    abandonAction: onAction('actions:action:execute'),
    // They take leave to propose with the action's tool, which the service insists on.
    previewAction: canList('actions:action:read'),
    reviseAction: canList('actions:action:read'),
    eraseLogValues: can('actions:log:erase'),
    configureConnector: can('actions:connector:configure'),
    setActionGate: can('actions:gate:administer'),
    removeActionGate: can('actions:gate:administer'),
    suspendActions: can('actions:suspension:administer'),
    resumeActions: can('actions:suspension:administer'),
    // Each tool's own mutation needs `tool:<connector>.<tool>:propose`: see resolvers/tool-mutations.ts.
  },
  entities: {
    Action: canList('actions:action:read'),
    ConnectorInstallation: can('actions:connector:read'),
  },
  sensitive: sensitiveFields,
};
