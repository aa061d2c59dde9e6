import type { Kernel } from '@countersign/kernel';
import { ActionGates } from './action-gates.ts';
import { ActionReader } from './action-reader.ts';
import { Approvals } from './approvals.ts';
import { AuditTrail } from './audit-trail.ts';
import { ConnectorPool } from './connector-pool.ts';
import { crashAt } from './crash-points.ts';
import { DeadLetters } from './dead-letters.ts';
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
import { type RetryBudget, usualBudget } from './retries.ts';
import { Revisions } from './revisions.ts';
import { Settlement } from './settlement.ts';
import { Suspensions } from './suspensions.ts';
import type { CallTool } from './tool-calls.ts';
import { loadCatalogue } from './tool-catalogue.ts';
import { Undos } from './undos.ts';

export interface Timing {
  /** How long one call of a tool may take, in milliseconds. */
  readonly callTimeoutMs: number;
  /** How long an action is left to who works on it, in milliseconds: more than a few calls take. */
  readonly leaseMs: number;
  /** How long a second caller waits for the first one's outcome, in milliseconds. */
  readonly patienceMs: number;
  /** How often and for how long what failed is tried again. */
  readonly retries: Partial<RetryBudget>;
}

const usual: Timing = { callTimeoutMs: 8_000, leaseMs: 30_000, patienceMs: 10_000, retries: {} };

/** All services of this subgraph, put together for one process. */
export function assembleServices(kernel: Kernel, timing: Partial<Timing>) {
  const { callTimeoutMs, leaseMs, patienceMs } = { ...usual, ...timing };
  const { access, database, graph, config, now } = kernel;
  const catalogue = loadCatalogue(config.pluginsDir);
  if (catalogue.connectors.size === 0) kernel.log.warn('No connector is built: there are no tools to propose with');
  const pool = new ConnectorPool(kernel.log);
  const call: CallTool = (request) => pool.call(request);
  const crash = crashAt(config);
  const log = new LogWriter(now);
  // The embedded database belongs to one process: what another one held, it held in an earlier life.
  const leases = new Leases({ leaseMs, alone: database.backend.kind === 'pglite' });
  const settlement = new Settlement(log, leases, { ...usualBudget, ...timing.retries });
  const effects = new Effects(call, callTimeoutMs);
  const previews = new Previews({ database, call, callTimeoutMs });
  const drift = new Drift({ database, access, catalogue, previews, log });
  const executions = new Executions({
    database,
    access,
    catalogue,
    log,
    leases,
    effects,
    settlement,
    drift,
    crash,
    patienceMs,
  });
  const services = {
    reader: new ActionReader(database, access),
    installations: new Installations({ database, catalogue, log, now }),
    proposals: new Proposals({ database, access, graph, log, previews, crash }),
    expiry: new Expiry({ database, log, logger: kernel.log, crash }),
    deadLetters: new DeadLetters({ database, access, log, crash }),
    inbox: new Inbox({ database, access, now }),
    gates: new ActionGates({ database, log }),
    suspensions: new Suspensions({ database, catalogue, log }),
    revisions: new Revisions({ database, access, catalogue, previews, log, crash }),
    approvals: new Approvals({ database, access, log, crash }),
    executions,
    undos: new Undos({ database, access, catalogue, log, executions, settlement, call, callTimeoutMs, crash }),
    recovery: new Recovery({ database, executions, leases, log: kernel.log, now }),
    logReader: new LogReader(database, access),
    auditTrail: new AuditTrail({ database, access, log }),
    logWriter: log,
    logProofs: new LogProofs(database, access),
    logExport: new LogExport({ database, access, log }),
    logErasure: new LogErasure({ database, access, log }),
    sealer: new LogSealer({ database, signer: new LogSigner({ database, config, log: kernel.log }), now, crash }),
  };
  return { catalogue, services, stop: () => pool.close() };
}
