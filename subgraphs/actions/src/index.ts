import { defineSubgraph, Loop, type SubgraphDefinition } from '@countersign/kernel';
import { consumers } from './consumers.ts';
import { Action } from './entities/action.ts';
import { ActionGate } from './entities/action-gate.ts';
import { Approval } from './entities/approval.ts';
import { ConnectorInstallation } from './entities/connector-installation.ts';
import { Evidence } from './entities/evidence.ts';
import { LogEntry } from './entities/log-entry.ts';
import { LogHead } from './entities/log-head.ts';
import { Suspension } from './entities/suspension.ts';
import { TreeHead } from './entities/tree-head.ts';
import { initial } from './migrations/001-initial.ts';
import { access } from './migrations/002-access.ts';
import { sensitiveFields } from './migrations/003-sensitive-fields.ts';
import { treeHeads } from './migrations/004-tree-heads.ts';
import { revisions } from './migrations/005-revisions.ts';
import { suspensions } from './migrations/006-suspensions.ts';
import { expiry } from './migrations/007-expiry.ts';
import { gates } from './migrations/008-gates.ts';
import { retries } from './migrations/009-retries.ts';
import { permissions } from './permissions.ts';
import { ActionResolver } from './resolvers/action.resolver.ts';
import { ActionGateResolver } from './resolvers/action-gate.resolver.ts';
import { AuditTrailResolver } from './resolvers/audit-trail.resolver.ts';
import { ConnectorResolver } from './resolvers/connector.resolver.ts';
import { DecisionLogResolver } from './resolvers/decision-log.resolver.ts';
import { InboxResolver } from './resolvers/inbox.resolver.ts';
import { LogErasureResolver } from './resolvers/log-erasure.resolver.ts';
import { LogExportResolver } from './resolvers/log-export.resolver.ts';
import { LogProofsResolver } from './resolvers/log-proofs.resolver.ts';
import { SuspensionResolver } from './resolvers/suspension.resolver.ts';
import { toolMutations } from './resolvers/tool-mutations.ts';
import { assembleServices, type Timing } from './services/assemble-services.ts';

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
    entities: [Action, Approval, Evidence, ConnectorInstallation, Suspension, ActionGate, LogEntry, LogHead, TreeHead],
    migrations: [initial, access, sensitiveFields, treeHeads, revisions, suspensions, expiry, gates, retries],
    permissions,
    assemble: (kernel) => {
      const { catalogue, services, stop } = assembleServices(kernel, timing);
      const { reader, installations, logReader, logWriter, auditTrail, sealer, recovery } = services;
      const { logProofs, logExport, logErasure } = services;
      const sealing = new Loop('log-sealer', () => sealer.sealOutstanding(), kernel.log, { intervalMs: 500 });
      const expiring = new Loop('action-expiry', () => services.expiry.expireDue(), kernel.log, { intervalMs: 5_000 });
      const recovering = new Loop('action-recovery', () => recovery.settleDue(), kernel.log, { intervalMs: 1_000 });
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
          new SuspensionResolver(services.suspensions),
          new ActionGateResolver(services.gates),
          new InboxResolver(services.inbox),
        ],
        references: {
          Action: (keys, context) =>
            reader.many(
              context,
              keys.map((key) => String(key.id)),
            ),
          ConnectorInstallation: (keys, { principal }) =>
            installations.many(
              principal,
              keys.map((key) => String(key.id)),
            ),
        },
        extension: toolMutations(catalogue, services.proposals),
        consumers: consumers(logWriter),
        loops: [sealing, recovering, expiring],
        start: async () => {
          // Woken by what was written, not by every commit: the sealer's own would wake it again.
          forget = kernel.database.onCommit(() => logWriter.takeWritten() && sealing.wake());
        },
        stop: async () => {
          forget();
          await stop();
        },
      };
    },
  });
}
