import { type GraphQLSchema, getNamedType, getNullableType, isListType, isObjectType } from 'graphql';
import { nodeOf } from './counts.ts';

/** Which rows the objects of a type are. */
export const tableOfType: Readonly<Record<string, string>> = {
  AccessChange: 'tenants.access_change',
  AccessPolicy: 'tenants.policy',
  AccessPolicyVersion: 'tenants.policy_version',
  Action: 'actions.action',
  ActionGate: 'actions.gate',
  Answer: 'inference.answer',
  ApiKey: 'tenants.api_key',
  Approval: 'actions.approval',
  Delegation: 'actions.delegation',
  AutonomyProposal: 'actions.autonomy_proposal',
  AutonomySetting: 'actions.autonomy_setting',
  Bundle: 'actions.bundle',
  BundleStep: 'actions.action',
  Document: 'knowledge.document',
  Evidence: 'actions.evidence',
  Group: 'tenants.user_group',
  IdentityProvider: 'tenants.identity_provider',
  LogEntry: 'actions.log_entry',
  LogEntryProof: 'actions.log_entry',
  OperatorAccess: 'tenants.operator_access',
  Passage: 'knowledge.passage',
  Price: 'billing.price',
  Role: 'tenants.role',
  RoleAssignment: 'tenants.assignment',
  Session: 'tenants.session',
  Suspension: 'actions.suspension',
  TreeHead: 'actions.log_tree_head',
  User: 'tenants.app_user',
  Webhook: 'actions.webhook_endpoint',
  WebhookDelivery: 'actions.webhook_delivery',
};

/** Lists of what is in no table: parts of other objects, and what is the product's own. */
const ofNoTable = new Set([
  ...['AccessFlip', 'AccessFlipsOfPermission', 'AccessFlipsOfPrincipal', 'UntriedPermission', 'PermissionExtension'],
  ...['AccessPolicyClause', 'AccessPolicyStatement', 'DecidingPolicy', 'PolicyFailure', 'RenderedPolicyProblem'],
  ...[
    'AnswerAttempt',
    'Citation',
    'Change',
    'OutcomeItem',
    'Deviation',
    'MeterTotal',
    'AttributeFromClaim',
    'RoleFromClaim',
    'UserAttribute',
  ],
  ...['AttributeLookedAt', 'EffectivePermission', 'OrphanedPermission', 'RoleGrant', 'AccessHolder'],
  ...[
    'Connector',
    'ConnectorStatus',
    'Tool',
    'Permission',
    'PolicyTemplate',
    'PolicyTemplateParameter',
    'UserError',
    'SignInProvider',
  ],
  ...['ToolAutonomy', 'AutonomyLimit'],
  ...['BundleAmount', 'BundleSimulationRefusal', 'BundleSimulationGates'],
  // Of the whole product: everybody may check with it.
  'LogKey',
]);

/** What a number counts. */
export const tableOfNumber: Readonly<Record<string, string>> = {
  'InboxConnection.count': 'actions.action',
  'AutonomyEvidence.clean': 'actions.action',
  'AutonomyEvidence.corrected': 'actions.action',
  'AutonomyEvidence.reversed': 'actions.action',
  'AutonomyEvidence.rejected': 'actions.action',
  'AutonomyEvidence.failed': 'actions.action',
  'ConnectorStatus.waiting': 'actions.action',
  'AddGroupMembersPayload.added': 'tenants.app_user',
  'AuditExport.count': 'actions.log_entry',
  'DecisionLogExport.count': 'actions.log_entry',
  'ReplayWebhookDeliveriesPayload.count': 'actions.webhook_delivery',
  'RemoveGroupMembersPayload.removed': 'tenants.app_user',
  'RevokeUserSessionsPayload.revoked': 'tenants.session',
  'UnitEconomics.successfulActions': 'billing.action_outcome',
  'UnitEconomics.undoneActions': 'billing.action_outcome',
};

/** Whole numbers that count no objects: places, versions, and decisions that were replayed. */
const countsNothing = new Set([
  ...['AccessPolicy.version', 'AccessPolicyVersion.version', 'DecidingPolicy.version', 'PolicyFailure.version'],
  ...['Action.attempts', 'AnswerAttempt.inputTokens', 'AnswerAttempt.outputTokens', 'LogEntry.format', 'LogEntry.seq'],
  ...['Citation.start', 'Citation.end', 'Citation.marker', 'Evidence.marker'],
  ...['Passage.start', 'Passage.end', 'Passage.ordinal', 'RenderedPolicyProblem.line', 'RenderedPolicyProblem.column'],
  ...['AccessFlips.total', 'AccessFlips.permissions', 'AccessFlips.principals', 'AccessFlipsOfPermission.total'],
  ...['AccessFlipsOfPrincipal.total', 'DecisionsTried.records', 'PolicySimulation.drifted'],
  ...['BundleStep.ordinal', 'BundleTotals.steps', 'BundleTotals.changes', 'BundleSimulation.records'],
  ...['BundleSimulation.going', 'BundleSimulation.notPreviewed', 'BundleSimulationRefusal.record'],
  'BundleSimulationGates.record',
  ...[
    'Action.revision',
    // Sums of tallies, and numbers that a rule asks for.
    ...['AutonomyEvidence.refused', 'AutonomyEvidence.refusedOfPeople', 'AutonomyEvidence.successesNeeded'],
    ...['AutonomyRules.windowDays', 'AutonomyRules.successesToClick', 'AutonomyRules.successesUnattended'],
    ...['AutonomyRules.spikeReversals', 'AutonomyRules.spikeRefusals'],
    'ActionGate.version',
    'TreeHead.treeSize',
    'LogEntryProof.seq',
    'ConsistencyProof.from',
    'ConsistencyProof.to',
    'WebhookDelivery.attempts',
    'WebhookDelivery.responseStatus',
  ],
]);

/**
 * Lists and numbers of the schema of which nothing is said here: one that is new has to be, so that somebody who knows
 * what it counts has thought of it.
 */
export function uncounted(schema: GraphQLSchema): string[] {
  const unknown = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      const named = getNamedType(field.type);
      const node = named.name.endsWith('Connection') ? nodeOf(named) : undefined;
      const listed = isListType(getNullableType(field.type)) && !named.name.endsWith('Edge') ? named : node;
      if (isObjectType(listed) && !tableOfType[listed.name] && !ofNoTable.has(listed.name)) unknown.add(listed.name);
      if (named.name === 'Int' && !tableOfNumber[name] && !countsNothing.has(name)) unknown.add(name);
    }
  }
  return [...unknown].sort();
}
