import { type Database, goingOn, type Logger, servicePrincipal } from '@countersign/kernel';
import { Bundle } from '../entities/bundle.ts';
import { dueBundles, expiringBundles } from '../statements.ts';
import { recordBundle } from './bundle-log.ts';
import { type Due, eachDue } from './each-due.ts';
import { expire } from './expire.ts';
import type { Leases } from './leases.ts';
import { transition } from './lifecycle/index.ts';
import { lockAction } from './load-actions.ts';
import { lockBundle, moveBundle, stepsOf } from './load-bundles.ts';
import type { LogWriter } from './log-writer.ts';
import type { Saga } from './saga.ts';

const batch = 20;
/** After so long a bundle lets the others have their turn. */
const turnMs = 5_000;

export interface BundleRecoveryParts {
  readonly database: Database;
  readonly saga: Saga;
  readonly leases: Leases;
  readonly log: LogWriter;
  readonly logger: Logger;
}

/** Takes up bundles that wait or were cut off, and ends those whose time has run out, of all tenants. */
export class BundleRecovery {
  readonly #parts: BundleRecoveryParts;

  constructor(parts: BundleRecoveryParts) {
    this.#parts = parts;
  }

  /** True when there may be more. */
  async settleDue(): Promise<boolean> {
    const { database, leases, log, logger } = this.#parts;
    const { owner, alone } = leases;
    const { due, ending } = await database.asRole('worker', async (em) => ({
      due: await dueBundles(em, { now: log.now(), owner, alone, limit: batch }),
      ending: await expiringBundles(em, log.now(), batch),
    }));
    const message = 'A bundle could not be taken further; it is tried again';
    const wentOn = await eachDue(due, (bundle) => this.#goOn(bundle), logger, message);
    const ended = await eachDue(ending, (bundle) => this.#expire(bundle), logger, message);
    return (due.length === batch || ending.length === batch) && wentOn && ended;
  }

  async #goOn({ id, tenantId }: Due): Promise<void> {
    const { database, saga } = this.#parts;
    const principal = servicePrincipal(tenantId, 'actions.bundles', []);
    const bundle = await database.read(principal, (em) => em.findOne(Bundle, { id }));
    if (bundle) await saga.run(id, goingOn(bundle, principal), turnMs);
  }

  #expire({ id, tenantId }: Due): Promise<void> {
    const { database, log } = this.#parts;
    const principal = servicePrincipal(tenantId, 'actions.bundles', []);
    return database.withTenant(principal, async (em) => {
      const bundle = await lockBundle(em, id);
      const isWaiting = bundle.status === 'AWAITING_APPROVAL' || bundle.status === 'APPROVED';
      // Somebody was faster: it was begun or decided on.
      if (!isWaiting || bundle.expiresAt > log.now()) return;
      const origin = goingOn(bundle, principal);
      for (const step of await stepsOf(em, id)) {
        if (transition(step.status, { type: 'EXPIRE' }).ok)
          await expire(em, log, origin, await lockAction(em, step.id));
      }
      moveBundle(bundle, 'EXPIRE', log.now());
      await recordBundle(em, log, origin, bundle, { state: 'EXPIRED' });
    });
  }
}
