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
    {
      name: 'actions:action:settle',
      description: 'Bring in what the other side answered later to what it had taken.',
      risk: 'HIGH',
      on: 'ProposedAction',
    },
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
    {
      name: 'actions:autonomy:administer',
      description: 'Set how far tools go without people, and decide whether they go further.',
      risk: 'HIGH',
    },
    { name: 'actions:webhook:read', description: 'See webhooks and what they were sent.', risk: 'LOW' },
    {
      name: 'actions:webhook:administer',
      description: 'Say which addresses are told what happens to actions, and send it to them again.',
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
    delegations: can('actions:action:read'),
    autonomyReport: can('actions:action:read'),
    autonomySettings: can('actions:action:read'),
    autonomyRules: can('actions:action:read'),
    inbox: canList('actions:action:approve'),
    webhooks: can('actions:webhook:read'),
    webhookDeliveries: can('actions:webhook:read'),
    // Whoever may see all steps of a bundle sees it.
    bundle: canList('actions:action:read'),
    bundles: canList('actions:action:read'),
  },
  Mutation: {
    // What is let through here is decided again under the action's lock.
    approveAction: onAction('actions:action:approve'),
    // Its maker takes an action back also where a policy keeps them from deciding on it: the service tells the two apart.
    rejectAction: canList('actions:action:approve'),
    executeAction: onAction('actions:action:execute'),
    undoAction: onAction('actions:action:undo'),
    settleAction: onAction('actions:action:settle'),
    requeueAction: onAction('actions:action:execute'),
    abandonAction: onAction('actions:action:execute'),
    // They take leave to propose with the action's tool, which the service insists on.
    previewAction: canList('actions:action:read'),
    reviseAction: canList('actions:action:read'),
    remindApprovers: onAction('actions:action:read'),
    // Decided for each step of a bundle, under its lock; for proposing, by leave to propose with each of the tools.
    proposeBundle: canList('actions:action:read'),
    simulateBundle: canList('actions:action:read'),
    approveBundle: canList('actions:action:approve'),
    rejectBundle: canList('actions:action:approve'),
    executeBundle: canList('actions:action:execute'),
    cancelBundle: canList('actions:action:execute'),
    undoBundle: canList('actions:action:undo'),
    eraseLogValues: can('actions:log:erase'),
    configureConnector: can('actions:connector:configure'),
    delegateApprovals: can('actions:action:approve'),
    endDelegation: can('actions:action:read'),
    setActionGate: can('actions:gate:administer'),
    removeActionGate: can('actions:gate:administer'),
    suspendActions: can('actions:suspension:administer'),
    resumeActions: can('actions:suspension:administer'),
    setAutonomy: can('actions:autonomy:administer'),
    setAutonomyRules: can('actions:autonomy:administer'),
    decideAutonomyPromotion: can('actions:autonomy:administer'),
    createWebhook: can('actions:webhook:administer'),
    updateWebhook: can('actions:webhook:administer'),
    removeWebhook: can('actions:webhook:administer'),
    rotateWebhookSecret: can('actions:webhook:administer'),
    enableWebhook: can('actions:webhook:administer'),
    disableWebhook: can('actions:webhook:administer'),
    testWebhook: can('actions:webhook:administer'),
    replayWebhookDelivery: can('actions:webhook:administer'),
    replayWebhookDeliveries: can('actions:webhook:administer'),
    // Each tool's own mutation needs `tool:<connector>.<tool>:propose`: see resolvers/tool-mutations.ts.
  },
  Subscription: {
    // Decided for each event on its action, as for the lists: what is hidden is not told.
    actionChanged: canList('actions:action:read'),
    approvalRequested: canList('actions:action:approve'),
  },
  entities: {
    Action: canList('actions:action:read'),
    Bundle: canList('actions:action:read'),
    ConnectorInstallation: can('actions:connector:read'),
  },
  sensitive: sensitiveFields,
};
