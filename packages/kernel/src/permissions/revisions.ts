import { Client } from 'pg';
import type { Database } from '../database/database.ts';
import type { TenantId } from '../ids.ts';
import type { Logger } from '../telemetry/log.ts';

/** How long a tenant's revision is believed without asking again, in milliseconds: the bound for a lost notification. */
export const believedMs = { listening: 5_000, deaf: 500 } as const;
const reconnectMs = { first: 100, most: 5_000 } as const;

/**
 * The access revision of each tenant, as far as this process knows. Changes made here are known when they are committed;
 * those of other processes are told by PostgreSQL's NOTIFY. What was not told is found out when it is asked for again.
 */
export class Revisions {
  readonly #known = new Map<TenantId, { readonly revision: number; readonly at: number }>();
  readonly #log: Logger;
  readonly #url: string | undefined;
  readonly #listeners = new Set<(tenantId: TenantId | null) => void>();
  #told = 0;
  #delayMs: number = reconnectMs.first;
  #client: Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #listening = false;
  #stopped = false;

  constructor(database: Database, log: Logger) {
    this.#log = log;
    this.#url = database.backend.kind === 'postgres' ? database.backend.url : undefined;
    database.onCommit(({ accessChanged }) => accessChanged && this.#forget(accessChanged));
  }

  get(tenantId: TenantId): number | undefined {
    const known = this.#known.get(tenantId);
    if (!known) return undefined;
    // The embedded database belongs to this process: what was not told has not happened.
    if (this.#url === undefined) return known.revision;
    const age = performance.now() - known.at;
    return age <= (this.#listening ? believedMs.listening : believedMs.deaf) ? known.revision : undefined;
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
    if (this.#url) await this.#connect();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new Client({ connectionString: this.#url, connectionTimeoutMillis: 5_000, keepAlive: true });
    const lost = once(() => this.#lost(client));
    client.on('error', lost);
    client.on('end', lost);
    // The payload is a tenant's id; what is not known needs no forgetting.
    client.on('notification', ({ payload = '' }) => this.#forget(payload as TenantId));
    try {
      await client.connect();
      await client.query('listen countersign_access');
    } catch (error) {
      this.#log.warn({ err: error }, 'Permission changes of other processes are not heard; they are asked for');
      await client.end().catch(() => {});
      return lost();
    }
    this.#client = client;
    this.#delayMs = reconnectMs.first;
    this.#listening = true;
    this.#forgetAll();
  }

  #lost(client: Client): void {
    if (this.#stopped) return;
    if (this.#client === client) this.#client = undefined;
    this.#listening = false;
    this.#retry = setTimeout(() => void this.#connect(), this.#delayMs);
    this.#retry.unref();
    this.#delayMs = Math.min(this.#delayMs * 2, reconnectMs.most);
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

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
