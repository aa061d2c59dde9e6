import { type Database, goingOn, type Logger, servicePrincipal } from '@countersign/kernel';
import { expiringActions } from '../statements.ts';
import { type Crash, noCrash } from './crash-points.ts';
import { type Due, eachDue } from './each-due.ts';
import { expire } from './expire.ts';
import { transition } from './lifecycle/index.ts';
import { lockWithUndone } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import type { Settlement } from './settlement.ts';

/** How long a plan waits for its approval, and an approved one for its execution, in milliseconds. */
export const planTtlMs = 7 * 24 * 3_600_000;

const batch = 50;

/** Ends what nobody decided on, or executed, in time, of all tenants. */
export class Expiry {
  readonly #parts: { database: Database; log: LogWriter; logger: Logger; settlement: Settlement };
  readonly #crash: Crash;

  constructor({
    crash = noCrash,
    ...parts
  }: {
    database: Database;
    log: LogWriter;
    logger: Logger;
    settlement: Settlement;
    crash?: Crash;
  }) {
    this.#parts = parts;
    this.#crash = crash;
  }

  /** True when there may be more. */
  async expireDue(): Promise<boolean> {
    const { database, log, logger } = this.#parts;
    const due = await database.asRole('worker', (em) => expiringActions(em, log.now(), batch));
    const message = 'An action could not be ended; it is tried again';
    const allDone = await eachDue(due, (action) => this.#expire(action), logger, message);
    return due.length === batch && allDone;
  }

  #expire({ id, tenantId }: Due): Promise<void> {
    const { database, log, settlement } = this.#parts;
    const principal = servicePrincipal(tenantId, 'actions.expiry', []);
    return database.withTenant(principal, async (em) => {
      const locked = await lockWithUndone(em, id);
      const { action } = locked;
      const { expiresAt, status } = action;
      // Somebody was faster: it was begun, decided on, or planned anew.
      if (!expiresAt || expiresAt > log.now() || !transition(status, { type: 'EXPIRE' }).ok) return;
      const origin = goingOn(action, principal);
      await expire(em, log, origin, action);
      await settlement.follow(em, origin, locked);
      this.#crash('expiring');
    });
  }
}
