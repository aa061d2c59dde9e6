import type { Services } from '../services/assemble-services.ts';
import { ActionResolver } from './action.resolver.ts';
import { ActionGateResolver } from './action-gate.resolver.ts';
import { ActionRelationsResolver } from './action-relations.resolver.ts';
import { AuditTrailResolver } from './audit-trail.resolver.ts';
import { AutonomyResolver } from './autonomy.resolver.ts';
import { BundleResolver } from './bundle.resolver.ts';
import { BundleSimulationResolver } from './bundle-simulation.resolver.ts';
import { ConnectorResolver } from './connector.resolver.ts';
import { ConnectorStatusResolver } from './connector-status.resolver.ts';
import { DecisionLogResolver } from './decision-log.resolver.ts';
import { DelegationResolver } from './delegation.resolver.ts';
import { InboxResolver } from './inbox.resolver.ts';
import { LiveResolver } from './live.resolver.ts';
import { LogErasureResolver } from './log-erasure.resolver.ts';
import { LogExportResolver } from './log-export.resolver.ts';
import { LogProofsResolver } from './log-proofs.resolver.ts';
import { SettlementResolver } from './settlement.resolver.ts';
import { SuspensionResolver } from './suspension.resolver.ts';
import { WebhookResolver } from './webhook.resolver.ts';

/** Everything that can be asked of this subgraph, beside the tools' own mutations. */
export const resolversOf = (services: Services) => [
  new ActionResolver(services),
  new ActionRelationsResolver(services.reader),
  new DecisionLogResolver(services.logReader),
  new LogProofsResolver(services.logProofs),
  new LogExportResolver(services.logExport),
  new LogErasureResolver(services.logErasure),
  new AuditTrailResolver(services.auditTrail),
  new ConnectorResolver(services.installations),
  new SettlementResolver(services),
  new ConnectorStatusResolver(services.connectorStatuses),
  new SuspensionResolver(services.suspensions),
  new ActionGateResolver(services.gates),
  new DelegationResolver(services.delegations),
  new InboxResolver(services.inbox),
  new AutonomyResolver(services),
  new WebhookResolver(services.webhooks),
  new LiveResolver(services),
  new BundleResolver(services),
  new BundleSimulationResolver(services.bundleSimulations),
];
