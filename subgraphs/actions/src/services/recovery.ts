import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, goingOn, type Logger, servicePrincipal } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { type DueAction, dueActions, retriableActions, type Share, waitingActions } from '../statements.ts';
import { FairQueue, type Job } from './calls/fair-queue.ts';
import type { Due } from './each-due.ts';
import type { Leases } from './leases.ts';
import type { Resumptions } from './resumptions.ts';
import type { Waits } from './waits.ts';

const share: Share = { ofTenant: 20, limit: 200 };
/** A tenant whose other side hangs keeps its few places, and no others. */
const atOnce = { inAll: 16, perTenant: 4, perUnit: 4 };
/** How long what hangs is waited for before it is asked what else is due, in milliseconds. */
const patienceMs = 1_000;

type How = 'pickUp' | 'retry' | 'goOn';

interface Task extends Job, DueAction {
  readonly how: How;
  readonly start: () => void;
}

export interface RecoveryParts {
  readonly database: Database;
  readonly resumptions: Resumptions;
  readonly waits: Waits;
  readonly leases: Leases;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => Date;
}

/**
 * Finds actions that were cut off, whose outcome is not known, that are to be tried again, or that waited for a
 * connector, and brings them on: several at once, a few of each tenant, tenants in turns.
 */
export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #queue = new FairQueue<Task>(atOnce);
  /** What waits here or is at work, by the action's id. */
  readonly #underWay = new Map<string, Promise<void>>();
  #failed = 0;
  #isStopped = false;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** True when there may be more. Does not wait for what hangs. */
  async settleDue(): Promise<boolean> {
    const { database, leases, now } = this.#parts;
    const { owner, alone } = leases;
    const found = await database.asRole('worker', async (em) => ({
      pickUp: await dueActions(em, { now: now(), owner, alone, ...share }),
      retry: await retriableActions(em, now(), share),
      goOn: await waitingActions(em, now(), share),
    }));
    const failedBefore = this.#failed;
    const begun = Object.entries(found).flatMap(([how, due]) =>
      due
        .filter(({ id }) => !this.#underWay.has(id))
        // `Object.entries` forgets the names.
        .map((action) => this.#begin(action, how as How)),
    );
    if (begun.length === 0 || this.#isStopped) return false;
    const rest = new AbortController();
    const patience = sleep(patienceMs, undefined, { signal: rest.signal }).catch(() => {});
    await Promise.race([Promise.all(begun), patience]);
    rest.abort();
    return Object.values(found).some(mayBeMore) && this.#failed === failedBefore;
  }

  /** Ends when what is at work has come to its end; begins nothing more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#startAll();
    await Promise.all(this.#underWay.values());
  }

  #begin(action: DueAction, how: How): Promise<void> {
    const { promise: turn, resolve: start } = Promise.withResolvers<void>();
    const { id, tenantId: tenant } = action;
    const task = { ...action, how, tenant, unit: tenant, start };
    const work = turn
      .then(() => (this.#isStopped ? undefined : this.#settle(task)))
      .catch((error: unknown) => {
        this.#failed += 1;
        this.#parts.log.warn({ err: error, actionId: id }, 'An action could not be settled; it is tried again');
      })
      .finally(() => {
        this.#underWay.delete(id);
        this.#queue.done(task);
        this.#startAll();
      });
    this.#underWay.set(id, work);
    this.#queue.offer(task);
    this.#startAll();
    return work;
  }

  #startAll(): void {
    for (let next = this.#queue.take(); next; next = this.#queue.take()) next.start();
  }

  async #settle({ id, tenantId, how }: Due & { readonly how: How }): Promise<void> {
    const { database, resumptions, waits } = this.#parts;
    if (how === 'goOn') return waits.goOn({ id, tenantId });
    const principal = servicePrincipal(tenantId, 'actions.recovery', []);
    const action = await database.read(principal, (em) => em.findOne(Action, { id }));
    if (action) await resumptions[how](id, goingOn(action, principal));
  }
}

/** Whether a tenant, or all of them together, had their full share. */
function mayBeMore(due: readonly DueAction[]): boolean {
  if (due.length >= share.limit) return true;
  const counts = new Map<string, number>();
  for (const { tenantId } of due) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
  return [...counts.values()].some((count) => count >= share.ofTenant);
}
