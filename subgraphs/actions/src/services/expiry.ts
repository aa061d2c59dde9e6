import { type Database, type Logger, publish, servicePrincipal } from '@countersign/kernel';
import { expiringActions } from '../statements.ts';
import { transition } from './lifecycle/index.ts';
import { lockAction } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { move } from './move.ts';

/** How long a plan waits for its approval, and an approved one for its execution, in milliseconds. */
export const planTtlMs = 7 * 24 * 3_600_000;

const batch = 50;

/** Ends what nobody decided on, or executed, in time, of all tenants. */
export class Expiry {
  readonly #parts: { database: Database; log: LogWriter; logger: Logger };

  constructor(parts: { database: Database; log: LogWriter; logger: Logger }) {
    this.#parts = parts;
  }

  /** True when there may be more. */
  async expireDue(): Promise<boolean> {
    const { database, log, logger } = this.#parts;
    const due = await database.asRole('worker', (em) => expiringActions(em, log.now(), batch));
    let failed = false;
    for (const action of due) {
      // One that cannot be ended must not keep the others waiting.
      await this.#expire(action).catch((error: unknown) => {
        failed = true;
        logger.warn({ err: error, actionId: action.id }, 'An action could not be ended; it is tried again');
      });
    }
    return due.length === batch && !failed;
  }

  #expire({ id, tenantId }: { id: string; tenantId: string }): Promise<void> {
    const { database, log } = this.#parts;
    const principal = servicePrincipal(tenantId, 'actions.expiry', []);
    return database.withTenant(principal, async (em) => {
      const action = await lockAction(em, id);
      const { expiresAt, status: from, workflow, surface, correlationId, planHash, tool } = action;
      // Somebody was faster: it was begun, decided on, or planned anew.
      if (!expiresAt || expiresAt > log.now() || !transition(from, { type: 'EXPIRE' }).ok) return;
      const origin = { principal, correlationId, workflow: workflow ?? undefined, surface: surface ?? undefined };
      move(action, { type: 'EXPIRE' });
      const facts = { from, planHash, expiresAt: expiresAt.toISOString() };
      log.append(em, origin, action, 'EXPIRY', { facts });
      await publish(em, origin, 'ActionExpired', { actionId: id, tool });
    });
  }
}
