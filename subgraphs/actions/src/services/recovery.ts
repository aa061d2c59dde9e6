import { type Database, type Logger, servicePrincipal } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { dueActions, retriableActions } from '../statements.ts';
import { type Due, eachDue, goingOn } from './each-due.ts';
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
    const { due, again } = await database.asRole('worker', async (em) => ({
      due: await dueActions(em, { now: now(), owner, alone, limit: batch }),
      again: await retriableActions(em, now(), batch),
    }));
    const work = [
      ...due.map((action) => ({ ...action, how: 'pickUp' as const })),
      ...again.map((action) => ({ ...action, how: 'retry' as const })),
    ];
    const message = 'An action could not be settled; it is tried again';
    const allDone = await eachDue(work, (action) => this.#settle(action), log, message);
    return (due.length === batch || again.length === batch) && allDone;
  }

  async #settle({ id, tenantId, how }: Due & { readonly how: 'pickUp' | 'retry' }): Promise<void> {
    const { database, executions } = this.#parts;
    const principal = servicePrincipal(tenantId, 'actions.recovery', []);
    const action = await database.read(principal, (em) => em.findOne(Action, { id }));
    if (action) await executions[how](id, goingOn(action, principal));
  }
}
