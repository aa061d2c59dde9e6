import type { Kernel } from '@countersign/kernel';
import { actionChanges } from './action-changes.ts';
import { ActionGates } from './action-gates.ts';
import { ActionReader } from './action-reader.ts';
import { Approvals } from './approvals.ts';
import { Attempts } from './attempts.ts';
import { AuditTrail } from './audit-trail.ts';
import { AutonomyPromotions } from './autonomy-promotions.ts';
import { AutonomyReport } from './autonomy-report.ts';
import { AutonomySettings } from './autonomy-settings.ts';
import { BundleApprovals } from './bundle-approvals.ts';
import { BundleProposals } from './bundle-proposals.ts';
import { BundleReader } from './bundle-reader.ts';
import { BundleRecovery } from './bundle-recovery.ts';
import { BundleRuns } from './bundle-runs.ts';
import { BundleSimulations } from './bundle-simulations.ts';
import { StepInputs } from './bundle-steps.ts';
import { type BreakerLimits, usualLimits } from './calls/breaker.ts';
import { Breakers } from './calls/breakers.ts';
import { type CallLimits, limitedCalls, usualCallLimits } from './calls/limited-calls.ts';
import { watchedCalls } from './calls/watched-calls.ts';
import { ConnectorPool } from './connector-pool.ts';
import { ConnectorStatuses } from './connector-statuses.ts';
import { crashAt } from './crash-points.ts';
import { DeadLetters } from './dead-letters.ts';
import { Delegations } from './delegations.ts';
import { Drift } from './drift.ts';
import { Effects } from './effects.ts';
import { Executions } from './executions.ts';
import { Expiry } from './expiry.ts';
import { Inbox } from './inbox.ts';
import { Installations } from './installations.ts';
import { Leases } from './leases.ts';
import { LogErasure } from './log-erasure.ts';
import { LogExport } from './log-export.ts';
import { LogProofs } from './log-proofs.ts';
import { LogReader } from './log-reader.ts';
import { LogSealer } from './log-sealer.ts';
import { LogSigner } from './log-signer.ts';
import { LogWriter } from './log-writer.ts';
import { Previews } from './previews.ts';
import { Proposals } from './proposals.ts';
import { Recovery } from './recovery.ts';
import { Reminders } from './reminders.ts';
import { Resumptions } from './resumptions.ts';
import { type RetryBudget, usualBudget } from './retries.ts';
import { Revisions } from './revisions.ts';
import { Saga } from './saga.ts';
import { Settlement } from './settlement.ts';
import { Settlements } from './settlements.ts';
import { Suspensions } from './suspensions.ts';
import type { CallTool } from './tool-calls.ts';
import { loadCatalogue } from './tool-catalogue.ts';
import { Unattended } from './unattended.ts';
import { Undos } from './undos.ts';
import { Waits } from './waits.ts';
import { assembleWebhooks } from './webhooks/index.ts';

export interface Timing {
  /** How long one call of a tool may take, in milliseconds. */
  readonly callTimeoutMs: number;
  /** How long an action is left to who works on it, in milliseconds: more than a few calls take. */
  readonly leaseMs: number;
  /** How long a second caller waits for the first one's outcome, in milliseconds. */
  readonly patienceMs: number;
  /** How often and for how long what failed is tried again. */
  readonly retries: Partial<RetryBudget>;
  /** When a tool is left alone, and for how long. */
  readonly breaker: Partial<BreakerLimits>;
  /** How many calls are made at once. */
  readonly calls: Partial<CallLimits>;
  /** How long a webhook's receiver may take for its answer, in milliseconds; its usual bound unless told. */
  readonly webhookTimeoutMs?: number;
}

const usual: Timing = {
  callTimeoutMs: 8_000,
  leaseMs: 30_000,
  patienceMs: 10_000,
  retries: {},
  breaker: {},
  calls: {},
};

export type Services = ReturnType<typeof assembleServices>['services'];

/** All services of this subgraph, put together for one process. */
export function assembleServices(kernel: Kernel, timing: Partial<Timing>) {
  const { callTimeoutMs, leaseMs, patienceMs, webhookTimeoutMs } = { ...usual, ...timing };
  const { access, database, graph, config, now } = kernel;
  const catalogue = loadCatalogue(config.pluginsDir);
  if (catalogue.connectors.size === 0) kernel.log.warn('No connector is built: there are no tools to propose with');
  const pool = new ConnectorPool(kernel.log);
  const crash = crashAt(config);
  const log = new LogWriter(now);
  const breakers = new Breakers({
    database,
    log,
    logger: kernel.log,
    limits: { ...usualLimits, ...timing.breaker },
    probeMs: leaseMs,
  });
  const watched = watchedCalls((request) => pool.call(request), breakers);
  const call: CallTool = limitedCalls(watched, { ...usualCallLimits, ...timing.calls });
  // The embedded database belongs to one process: what another one held, it held in an earlier life.
  const leases = new Leases({ leaseMs, alone: database.backend.kind === 'pglite' });
  const budget = { ...usualBudget, ...timing.retries };
  const settlement = new Settlement(log, leases, budget);
  const effects = new Effects(call, callTimeoutMs);
  const previews = new Previews({ database, call, callTimeoutMs });
  const drift = new Drift({ database, access, catalogue, previews, log });
  const common = { database, access, catalogue, log, leases, settlement, drift, breakers, crash };
  const attempts = new Attempts({ ...common, effects });
  const executions = new Executions({ ...common, attempts, patienceMs });
  const resumptions = new Resumptions({ ...common, attempts });
  const proposals = new Proposals({ database, access, graph, log, previews, crash });
  const approvals = new Approvals({ database, access, log, settlement, crash });
  const undos = new Undos({ ...common, attempts, executions, call, callTimeoutMs });
  const bundleReader = new BundleReader(database, access);
  const inputs = new StepInputs({ database, catalogue, log, previews, drift });
  const saga = new Saga({ database, log, leases, executions, undos, inputs, drift, budget });
  const waits = new Waits({ database, access, executions, log });
  const recovery = new Recovery({ database, resumptions, waits, leases, log: kernel.log, now });
  const services = {
    reader: new ActionReader(database, access),
    installations: new Installations({ database, catalogue, log, now }),
    proposals,
    unattended: new Unattended({ proposals, executions }),
    autonomySettings: new AutonomySettings({ database, catalogue, log }),
    autonomyPromotions: new AutonomyPromotions({ database, access, catalogue, log }),
    autonomyReport: new AutonomyReport({ database, access, catalogue, now }),
    expiry: new Expiry({ database, log, logger: kernel.log, settlement, crash }),
    deadLetters: new DeadLetters({ database, access, log, crash }),
    inbox: new Inbox({ database, access, now }),
    reminders: new Reminders({ database, access, log }),
    changes: actionChanges(database, kernel.log),
    gates: new ActionGates({ database, log }),
    delegations: new Delegations({ database, log }),
    suspensions: new Suspensions({ database, catalogue, log }),
    revisions: new Revisions({ database, access, catalogue, previews, log, crash }),
    approvals,
    executions,
    undos,
    settlements: new Settlements({ ...common, patienceMs }),
    bundleReader,
    bundleProposals: new BundleProposals({
      database,
      access,
      catalogue,
      graph,
      log,
      previews,
      proposals,
      reader: bundleReader,
    }),
    bundleSimulations: new BundleSimulations({ database, access, catalogue, previews, now }),
    bundleApprovals: new BundleApprovals({ database, access, log, approvals }),
    bundleRuns: new BundleRuns({ database, access, log, saga, reader: bundleReader, patienceMs }),
    bundleRecovery: new BundleRecovery({ database, saga, leases, log, logger: kernel.log }),
    recovery,
    breakers,
    connectorStatuses: new ConnectorStatuses({ database, access, catalogue, breakers }),
    logReader: new LogReader(database, access),
    auditTrail: new AuditTrail({ database, access, log }),
    logWriter: log,
    logProofs: new LogProofs(database, access),
    logExport: new LogExport({ database, access, log }),
    logErasure: new LogErasure({ database, access, log }),
    sealer: new LogSealer({ database, signer: new LogSigner({ database, config, log: kernel.log }), now, crash }),
    webhooks: assembleWebhooks(kernel, { database, log, leases, timeoutMs: webhookTimeoutMs }),
  };
  const stop = async () => {
    await services.webhooks.sender.stop();
    await recovery.stop();
    await pool.close();
  };
  return { catalogue, services, stop };
}
