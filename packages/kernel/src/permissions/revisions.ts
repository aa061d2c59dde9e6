import type { Database } from '../database/database.ts';
import { Listening } from '../database/listening.ts';
import type { TenantId } from '../ids.ts';
import type { Logger } from '../telemetry/log.ts';

/** How long a tenant's revision is believed without asking again, in milliseconds: the bound for a lost notification. */
export const believedMs = { listening: 5_000, deaf: 500 } as const;

/**
 * The access revision of each tenant, as far as this process knows. Changes made here are known when they are committed;
 * those of other processes are told by PostgreSQL's NOTIFY. What was not told is found out when it is asked for again.
 */
export class Revisions {
  readonly #known = new Map<TenantId, { readonly revision: number; readonly at: number }>();
  /** Absent on the embedded database, which belongs to this process: what was not told has not happened. */
  readonly #others: Listening | undefined;
  readonly #listeners = new Set<(tenantId: TenantId | null) => void>();
  #told = 0;

  constructor(database: Database, log: Logger) {
    // The payload is a tenant's id; what is not known needs no forgetting.
    const heard = (payload: string) => this.#forget(payload as TenantId);
    const listener = { heard, begun: () => this.#forgetAll() };
    const distributed = database.backend.kind === 'postgres';
    this.#others = distributed ? new Listening(database, 'countersign_access', listener, log) : undefined;
    database.onCommit(({ accessChanged }) => accessChanged && this.#forget(accessChanged));
  }

  get(tenantId: TenantId): number | undefined {
    const known = this.#known.get(tenantId);
    if (!known) return undefined;
    if (!this.#others) return known.revision;
    const age = performance.now() - known.at;
    return age <= (this.#others.listening ? believedMs.listening : believedMs.deaf) ? known.revision : undefined;
  }

  /** Counts what was told. To be read before a revision is asked for and handed in with the answer. */
  get told(): number {
    return this.#told;
  }

  /** Believes an answer, unless a change was told since it was asked for: then it may be older than that. */
  learn(tenantId: TenantId, revision: number, told: number): void {
    if (told !== this.#told) return;
    if (this.#known.size >= 100_000) this.#known.clear();
    this.#known.set(tenantId, { revision, at: performance.now() });
  }

  /** Calls back when a tenant's access has changed; null when changes may have been missed. */
  onChange(listener: (tenantId: TenantId | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins to listen; without a PostgreSQL server there is nothing to listen to. */
  async start(): Promise<void> {
    await this.#others?.start();
  }

  async stop(): Promise<void> {
    await this.#others?.stop();
  }

  #forget(tenantId: TenantId): void {
    this.#told += 1;
    this.#known.delete(tenantId);
    for (const listener of this.#listeners) listener(tenantId);
  }

  #forgetAll(): void {
    this.#told += 1;
    this.#known.clear();
    for (const listener of this.#listeners) listener(null);
  }
}
