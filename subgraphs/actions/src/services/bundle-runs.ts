import {
  type Access,
  type Database,
  type EntityManager,
  problem,
  type RequestContext,
  UserProblem,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Bundle } from '../entities/bundle.ts';
import { refTo } from '../proposed-action.ts';
import { recordBundle } from './bundle-log.ts';
import type { BundleReader } from './bundle-reader.ts';
import { insistClick } from './click.ts';
import { askedOf, insistGates, insistOpen } from './gate-keeper.ts';
import { moveBundle, noSuchBundle } from './load-bundles.ts';
import type { LogWriter } from './log-writer.ts';
import { checkReason } from './reason.ts';
import type { Saga } from './saga.ts';
import { insistNotSuspended } from './suspensions.ts';
import { lockVisibleBundle } from './visible-bundles.ts';

export interface BundleRunParts {
  readonly database: Database;
  readonly access: Access;
  readonly log: LogWriter;
  readonly saga: Saga;
  readonly reader: BundleReader;
  /** How long a caller waits before the rest goes on without them, in milliseconds. */
  readonly patienceMs: number;
}

/** What people set off on a whole bundle. Leave is asked for all steps at once; from then on the product goes on by itself. */
export class BundleRuns {
  readonly #parts: BundleRunParts;

  constructor(parts: BundleRunParts) {
    this.#parts = parts;
  }

  /**
   * Executes its steps, or goes on where it waits; answers how far it has come. Throws `NOT_FOUND`, and `FORBIDDEN` for who
   * may not execute all of them; refuses with `ILLEGAL_TRANSITION`, and with what keeps any step from being begun.
   */
  async execute(bundleId: string, context: RequestContext): Promise<Bundle> {
    await this.#change(bundleId, context, 'actions:action:execute', async (em, bundle) => {
      if (bundle.status === 'EXECUTING' || bundle.status === 'COMPENSATING' || bundle.status === 'SUCCEEDED') return;
      const { log } = this.#parts;
      const now = log.now();
      moveBundle(bundle, 'START', now);
      if (bundle.expiresAt <= now) {
        const message = `The approval ended at ${bundle.expiresAt.toISOString()}: propose it again.`;
        throw problem('APPROVAL_EXPIRED', message, ['input', 'bundleId']);
      }
      for (const { action } of bundle.steps) {
        await insistNotSuspended(em, action.tool);
        const { autonomy } = await insistGates(em, action, now);
        insistClick(autonomy, context.principal);
      }
      await recordBundle(em, log, context, bundle, { state: 'BEGUN' });
    });
    return this.#goOn(bundleId, context);
  }

  /**
   * No further step is begun; what was done stands, or is taken back, as it was approved. What is under way is brought to its
   * end first. Throws like `execute`; refuses with `REASON_REQUIRED`, and with `ILLEGAL_TRANSITION` unless it is EXECUTING:
   * what is taken back cannot be cancelled.
   */
  async cancel(bundleId: string, reason: string, context: RequestContext): Promise<Bundle> {
    const because = checkReason(reason);
    await this.#change(bundleId, context, 'actions:action:execute', async (em, bundle) => {
      const { log } = this.#parts;
      const { status, updatedAt } = bundle;
      moveBundle({ status, updatedAt }, 'STOP', log.now());
      bundle.cancelledBecause ??= because;
      await recordBundle(em, log, context, bundle, { state: 'CANCELLED', values: { reason: because } });
    });
    return this.#goOn(bundleId, context);
  }

  /**
   * Takes back what was done, the last step first. Throws `NOT_FOUND`, and `FORBIDDEN` for who may not undo all that was
   * done; refuses with `REASON_REQUIRED`, `ILLEGAL_TRANSITION`, `NOT_REVERSIBLE` where none of it can be taken back, and
   * like `insistUndoGates`.
   */
  async undo(bundleId: string, reason: string, context: RequestContext): Promise<Bundle> {
    const because = checkReason(reason);
    await this.#change(bundleId, context, 'actions:action:undo', async (em, bundle) => {
      const { log } = this.#parts;
      moveBundle(bundle, 'COMPENSATE', log.now());
      const standing = bundle.steps.filter(({ action }) => stands.has(action.status));
      if (standing.length > 0 && !standing.some(({ action }) => action.reversible)) {
        throw problem('NOT_REVERSIBLE', 'None of its steps can be taken back.', ['input', 'bundleId']);
      }
      await insistUndoGates(em, standing, log.now());
      Object.assign(bundle, { undoneBecause: because, leftOver: [], waiting: null });
      await recordBundle(em, log, context, bundle, { state: 'UNDO', values: { reason: because } });
    });
    return this.#goOn(bundleId, context);
  }

  #change(
    bundleId: string,
    context: RequestContext,
    permission: string,
    work: (em: EntityManager, bundle: Bundle) => Promise<void>,
  ): Promise<void> {
    const { database, access } = this.#parts;
    return database.withTenant(context.principal, async (em) => {
      const bundle = await lockVisibleBundle(em, access, bundleId, context);
      for (const { action } of bundle.steps) await access.checkIn(em, context, permission, refTo(action.id));
      await work(em, bundle).catch(asOfBundle);
    });
  }

  async #goOn(bundleId: string, context: RequestContext): Promise<Bundle> {
    const { saga, reader, patienceMs } = this.#parts;
    await saga.run(bundleId, context, patienceMs);
    const bundle = await reader.one(context, bundleId);
    if (!bundle) throw noSuchBundle();
    return bundle;
  }
}

const stands = new Set<Action['status']>(['SUCCEEDED', 'PARTIALLY_SUCCEEDED']);

/**
 * What a person takes back, and was not approved with the bundle, is asked for at the gates, and not begun while it is
 * stopped. Refuses with `SUSPENDED`, `OUTSIDE_CHANGE_WINDOW`, `UNDO_NEEDS_APPROVAL`.
 */
async function insistUndoGates(em: EntityManager, steps: Bundle['steps'], now: Date): Promise<void> {
  for (const { action, key } of steps) {
    await insistNotSuspended(em, action.tool);
    const asked = await askedOf(em, { ...action, undoOfId: action.id });
    insistOpen(asked, now);
    if (asked.demands.length === 0) continue;
    const message = `Gates ask for approvals of undos of step "${key}": undo its actions one by one, the last one first, with undoAction.`;
    throw problem('UNDO_NEEDS_APPROVAL', message, ['input', 'bundleId'], { step: key });
  }
}

/** What a step's rules refuse is refused of the bundle. */
function asOfBundle(error: unknown): never {
  if (!(error instanceof UserProblem)) throw error;
  throw new UserProblem(...error.errors.map((each) => ({ ...each, path: ['input', 'bundleId'] })));
}
