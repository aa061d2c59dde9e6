import { type Database, type Logger, servicePrincipal } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { dueActions, retriableActions } from '../statements.ts';
import type { Executions } from './executions.ts';
import type { Leases } from './leases.ts';

const batch = 20;

/** Finds actions that were cut off, whose outcome is not known, or that are to be tried again, and settles them. */
export class Recovery {
  readonly #parts: { database: Database; executions: Executions; leases: Leases; log: Logger; now: () => Date };

  constructor(parts: { database: Database; executions: Executions; leases: Leases; log: Logger; now: () => Date }) {
    this.#parts = parts;
  }

  /** True when there may be more. */
  async settleDue(): Promise<boolean> {
    const { database, leases, log, now } = this.#parts;
    const { owner, alone } = leases;
    const due = await database.asRole('worker', (em) => dueActions(em, { now: now(), owner, alone, limit: batch }));
    const again = await database.asRole('worker', (em) => retriableActions(em, now(), batch));
    let failed = false;
    const work = [
      ...due.map((action) => ({ action, how: 'pickUp' as const })),
      ...again.map((action) => ({ action, how: 'retry' as const })),
    ];
    for (const { action, how } of work) {
      // One that cannot be settled must not keep the others waiting.
      await this.#settle(action, how).catch((error: unknown) => {
        failed = true;
        log.warn({ err: error, actionId: action.id }, 'An action could not be settled; it is tried again');
      });
    }
    return (due.length === batch || again.length === batch) && !failed;
  }

  async #settle({ id, tenantId }: { id: string; tenantId: string }, how: 'pickUp' | 'retry'): Promise<void> {
    const { database, executions } = this.#parts;
    const principal = servicePrincipal(tenantId, 'actions.recovery', []);
    const action = await database.read(principal, (em) => em.findOne(Action, { id }));
    if (!action) return;
    const { correlationId, workflow, surface } = action;
    await executions[how](id, {
      principal,
      correlationId,
      workflow: workflow ?? undefined,
      surface: surface ?? undefined,
    });
  }
}
