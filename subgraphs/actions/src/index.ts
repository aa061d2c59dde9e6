import { defineSubgraph, Loop, type SubgraphDefinition } from '@countersign/kernel';
import { consumers } from './consumers.ts';
import { Action } from './entities/action.ts';
import { ActionGate } from './entities/action-gate.ts';
import { Approval } from './entities/approval.ts';
import { AutonomyProposal } from './entities/autonomy-proposal.ts';
import { AutonomySetting } from './entities/autonomy-setting.ts';
import { Bundle } from './entities/bundle.ts';
import { ConnectorInstallation } from './entities/connector-installation.ts';
import { Delegation } from './entities/delegation.ts';
import { Evidence } from './entities/evidence.ts';
import { LogEntry } from './entities/log-entry.ts';
import { LogHead } from './entities/log-head.ts';
import { Suspension } from './entities/suspension.ts';
import { ToolHealth } from './entities/tool-health.ts';
import { TreeHead } from './entities/tree-head.ts';
import { WebhookDelivery } from './entities/webhook-delivery.ts';
import { WebhookEndpoint } from './entities/webhook-endpoint.ts';
import { initial } from './migrations/001-initial.ts';
import { access } from './migrations/002-access.ts';
import { sensitiveFields } from './migrations/003-sensitive-fields.ts';
import { treeHeads } from './migrations/004-tree-heads.ts';
import { revisions } from './migrations/005-revisions.ts';
import { suspensions } from './migrations/006-suspensions.ts';
import { expiry } from './migrations/007-expiry.ts';
import { gates } from './migrations/008-gates.ts';
import { retries } from './migrations/009-retries.ts';
import { live } from './migrations/010-live.ts';
import { autonomy } from './migrations/011-autonomy.ts';
import { webhooks } from './migrations/012-webhooks.ts';
import { bundles } from './migrations/013-bundles.ts';
import { connectorHealth } from './migrations/014-connector-health.ts';
import { settlement } from './migrations/015-settlement.ts';
import { delegations } from './migrations/016-delegations.ts';
import { permissions } from './permissions.ts';
import { ActionResolver } from './resolvers/action.resolver.ts';
import { ActionGateResolver } from './resolvers/action-gate.resolver.ts';
import { AuditTrailResolver } from './resolvers/audit-trail.resolver.ts';
import { AutonomyResolver } from './resolvers/autonomy.resolver.ts';
import { BundleResolver } from './resolvers/bundle.resolver.ts';
import { BundleSimulationResolver } from './resolvers/bundle-simulation.resolver.ts';
import { ConnectorResolver } from './resolvers/connector.resolver.ts';
import { ConnectorStatusResolver } from './resolvers/connector-status.resolver.ts';
import { DecisionLogResolver } from './resolvers/decision-log.resolver.ts';
import { DelegationResolver } from './resolvers/delegation.resolver.ts';
import { InboxResolver } from './resolvers/inbox.resolver.ts';
import { LiveResolver } from './resolvers/live.resolver.ts';
import { LogErasureResolver } from './resolvers/log-erasure.resolver.ts';
import { LogExportResolver } from './resolvers/log-export.resolver.ts';
import { LogProofsResolver } from './resolvers/log-proofs.resolver.ts';
import { SettlementResolver } from './resolvers/settlement.resolver.ts';
import { SuspensionResolver } from './resolvers/suspension.resolver.ts';
import { toolMutations } from './resolvers/tool-mutations.ts';
import { WebhookResolver } from './resolvers/webhook.resolver.ts';
import { asksForApproval, type WantedChanges, wants } from './services/action-changes.ts';
import { assembleServices, type Timing } from './services/assemble-services.ts';
import { webhookConsumers } from './services/webhooks/index.ts';

export type { ActionEvents, ActionFact, ToolCall } from './events.ts';
export { assembleServices, type Timing } from './services/assemble-services.ts';
export * as decisionLog from './services/decision-log/index.ts';
export {
  type FileReport as LogFileReport,
  type LogHead,
  logHeadSchema,
  readPublicKeys,
  verifyLogFile,
} from './services/decision-log/index.ts';
export { provisionConnector } from './services/provisioning.ts';
export { loadCatalogue, ToolCatalogue } from './services/tool-catalogue.ts';

/** What is done: tools, proposals, approvals, executions, undos, and the log of all decisions. */
export const actions = defineActions();

/** The subgraph with other times than the default ones. */
export function defineActions(timing: Partial<Timing> = {}): SubgraphDefinition {
  return defineSubgraph({
    name: 'actions',
    entities: [
      ...[Action, Approval, Delegation, Evidence, ConnectorInstallation, Suspension, ActionGate, ToolHealth],
      ...[LogEntry, LogHead, TreeHead],
      ...[AutonomySetting, AutonomyProposal, Bundle],
      ...[WebhookEndpoint, WebhookDelivery],
    ],
    migrations: [
      ...[initial, access, sensitiveFields, treeHeads, revisions, suspensions, expiry, gates, retries],
      ...[live, autonomy, webhooks, bundles, connectorHealth, settlement, delegations],
    ],
    permissions,
    assemble: (kernel) => {
      const { catalogue, services, stop } = assembleServices(kernel, timing);
      const { reader, installations, logReader, logWriter, auditTrail, sealer, recovery } = services;
      const { logProofs, logExport, logErasure, breakers, connectorStatuses, webhooks: hooks } = services;
      const sealing = new Loop('log-sealer', () => sealer.sealOutstanding(), kernel.log, { intervalMs: 500 });
      const expiring = new Loop('action-expiry', () => services.expiry.expireDue(), kernel.log, { intervalMs: 5_000 });
      const recovering = new Loop('action-recovery', () => recovery.settleDue(), kernel.log, { intervalMs: 1_000 });
      const sending = new Loop('webhook-sender', () => hooks.sender.sendDue(), kernel.log, { intervalMs: 1_000 });
      const tidying = new Loop('webhook-tidying', () => hooks.deliveries.removeOld(), kernel.log, {
        intervalMs: 600_000,
      });
      const bundling = new Loop('bundle-saga', () => services.bundleRecovery.settleDue(), kernel.log, {
        intervalMs: 1_000,
      });
      const watching = new Loop('connector-health', () => breakers.refresh(), kernel.log, { intervalMs: 1_000 });
      let forget = () => {};
      return {
        resolvers: [
          new ActionResolver(services),
          new DecisionLogResolver(logReader),
          new LogProofsResolver(logProofs),
          new LogExportResolver(logExport),
          new LogErasureResolver(logErasure),
          new AuditTrailResolver(auditTrail),
          new ConnectorResolver(installations),
          new SettlementResolver(services),
          new ConnectorStatusResolver(connectorStatuses),
          new SuspensionResolver(services.suspensions),
          new ActionGateResolver(services.gates),
          new DelegationResolver(services.delegations),
          new InboxResolver(services.inbox),
          new AutonomyResolver(services),
          new WebhookResolver(hooks),
          new LiveResolver(services),
          new BundleResolver(services),
          new BundleSimulationResolver(services.bundleSimulations),
        ],
        references: {
          Action: (keys, context) =>
            reader.many(
              context,
              keys.map((key) => String(key.id)),
            ),
          Bundle: (keys, context) =>
            services.bundleReader.many(
              context,
              keys.map((key) => String(key.id)),
            ),
          ConnectorInstallation: (keys, { principal }) =>
            installations.many(
              principal,
              keys.map((key) => String(key.id)),
            ),
        },
        follows: {
          // The arguments are those of the field, which GraphQL has checked.
          actionChanged: (args, { principal }) =>
            services.changes.follow(principal.tenantId, wants(args as WantedChanges)),
          approvalRequested: (_args, { principal }) => services.changes.follow(principal.tenantId, asksForApproval),
        },
        extension: toolMutations(catalogue, services.unattended, connectorStatuses),
        consumers: [...consumers(logWriter), ...webhookConsumers(hooks.fanOut)],
        loops: [sealing, recovering, expiring, bundling, watching, sending, tidying],
        start: async () => {
          await services.changes.start();
          // Woken by what was written, not by every commit: the sealer's own would wake it again.
          const forgetEntries = kernel.database.onCommit(() => logWriter.takeWritten() && sealing.wake());
          const forgetWebhooks = kernel.database.onCommit(() => hooks.fanOut.takeWritten() && sending.wake());
          hooks.onRoom(() => sending.wake());
          forget = () => {
            forgetEntries();
            forgetWebhooks();
          };
        },
        stop: async () => {
          forget();
          await services.changes.stop();
          await stop();
        },
      };
    },
  });
}
