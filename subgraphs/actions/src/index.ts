import { defineSubgraph, type SubgraphDefinition } from '@countersign/kernel';
import { consumers } from './consumers.ts';
import { entities } from './entities/index.ts';
import { loopsOf } from './loops.ts';
import { migrations } from './migrations/index.ts';
import { permissions } from './permissions.ts';
import { resolversOf } from './resolvers/index.ts';
import { toolMutations } from './resolvers/tool-mutations.ts';
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
    entities,
    migrations,
    permissions,
    assemble: (kernel) => {
      const { catalogue, services, stop } = assembleServices(kernel, timing);
      const { reader, installations, logWriter, connectorStatuses, webhooks: hooks } = services;
      const { sealing, sending, ...others } = loopsOf(services, kernel.log);
      let forget = () => {};
      return {
        resolvers: resolversOf(services),
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
        loops: [sealing, sending, ...Object.values(others)],
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
