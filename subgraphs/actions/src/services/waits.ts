import {
  type Access,
  CountersignError,
  type Database,
  type EventOrigin,
  goingOn,
  type Principal,
  publish,
  servicePrincipal,
  tenantId as tenantIdOf,
  UserProblem,
} from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { isUnattended } from './click.ts';
import type { Due } from './each-due.ts';
import type { Executions } from './executions.ts';
import { lockAction } from './load-actions.ts';
import type { LogWriter } from './log-writer.ts';
import { notWaiting } from './move.ts';

/** Lets go what waited for its tool, in the name of who set it off, whose leave is asked for again. */
export class Waits {
  readonly #parts: { database: Database; access: Access; executions: Executions; log: LogWriter };

  constructor(parts: { database: Database; access: Access; executions: Executions; log: LogWriter }) {
    this.#parts = parts;
  }

  /** Executes it if it may go. Ends the wait where its waiter may not execute it any more. */
  async goOn({ id, tenantId }: Due): Promise<void> {
    const { database, executions } = this.#parts;
    const product = servicePrincipal(tenantId, 'actions.recovery', []);
    const { action, takesClick } = await database.read(product, async (em) => {
      const action = await em.findOne(Action, { id });
      return { action, takesClick: action?.waiterUnattended && !(await isUnattended(em, action)) };
    });
    if (action?.status !== 'APPROVED' || action.waitingSince === null) return;
    // Asked first: what only suggests by now lacks an approval, too, for which it would wait.
    if (takesClick) return this.#end(id, goingOn(action, product), 'NOT_UNATTENDED');
    try {
      const waiter = await this.#waiterOf(action);
      await executions.execute(id, goingOn(action, waiter), action.waiterUnattended ? { unattended: true } : {});
    } catch (error) {
      const [first] = error instanceof UserProblem ? error.errors : [];
      // Nobody clicked, and by now somebody has to.
      if (first?.code === 'NOT_UNATTENDED') await this.#end(id, goingOn(action, product), first.code);
      else if (error instanceof UserProblem) await this.#putOff(id, product, pauseAfter(error));
      else if (error instanceof CountersignError && leaveIsGone.has(error.code))
        await this.#end(id, goingOn(action, product), error.code);
      else throw error;
    }
  }

  /** As they stand by now, whichever session they came with. Throws `UNAUTHENTICATED` for who may not come in any more. */
  #waiterOf({ tenantId, waiterKind, waiterId }: Action): Promise<Principal> {
    const { database, access } = this.#parts;
    const name = waiterId ?? '';
    // Of a part of the product nobody takes anything away.
    if (waiterKind === 'service' || waiterKind === null) {
      return Promise.resolve(servicePrincipal(tenantId, name, ['actions:action:execute']));
    }
    const asStored: Principal = {
      kind: waiterKind,
      id: name,
      tenantId: tenantIdOf(tenantId),
      roles: [],
      permissions: [],
      attributes: {},
      // Of no revision that there is: they are read anew.
      revision: -1,
    };
    return database.read(asStored, (em) => access.currentIn(em, asStored));
  }

  /** Gates, a suspension or the other side keep it: it goes on waiting. */
  #putOff(id: string, principal: Principal, pauseMs: number): Promise<void> {
    return this.#parts.database.withTenant(principal, async (em) => {
      const action = await lockAction(em, id);
      if (action.waitingSince === null) return;
      action.waitingDue = new Date(this.#parts.log.now().getTime() + pauseMs);
    });
  }

  #end(id: string, origin: EventOrigin, code: string): Promise<void> {
    const { database, log } = this.#parts;
    return database.withTenant(origin.principal, async (em) => {
      const action = await lockAction(em, id);
      if (action.waitingSince === null) return;
      const { tool, planHash } = action;
      Object.assign(action, notWaiting);
      log.append(em, origin, action, 'WAITING', { facts: { state: 'ENDED', tool, planHash, code } });
      await publish(em, origin, 'ActionWaitEnded', { actionId: id, tool, code });
    });
  }
}

/** For how long what may not go just now is left, in milliseconds; of what is sick the breaker says how long. */
const pauseAfter = ({ errors }: UserProblem): number =>
  errors.some(({ code }) => code === 'OTHER_SIDE_UNAVAILABLE') ? 2_000 : 30_000;

const leaveIsGone = new Set<string>(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);
