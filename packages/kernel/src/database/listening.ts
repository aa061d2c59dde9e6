import { Client } from 'pg';
import type { Logger } from '../telemetry/log.ts';
import type { Database } from './database.ts';

const reconnectMs = { first: 100, most: 5_000 } as const;

/** Who is told what was told on a channel. */
export interface Listener {
  /** `payload` is what stands in the notification. */
  heard(payload: string): void;
  /** From now on everything is heard; what was told before may have been missed. */
  begun?(): void;
  /** From now on nothing is heard until it is begun again, which is tried until it succeeds. */
  lost?(): void;
}

/** Hears what is told on one channel by PostgreSQL's NOTIFY, in this process and in others. */
export class Listening {
  readonly #backend: Database['backend'];
  readonly #channel: string;
  readonly #listener: Listener;
  readonly #log: Logger;
  #delayMs: number = reconnectMs.first;
  #client: Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #forget: (() => Promise<void>) | undefined;
  #listening = false;
  #stopped = false;

  /** `channel` is a plain name: it stands in SQL text. */
  constructor({ backend }: Pick<Database, 'backend'>, channel: string, listener: Listener, log: Logger) {
    if (!/^[a-z_]{1,60}$/.test(channel)) throw new TypeError(`${channel} is not the name of a channel.`);
    this.#backend = backend;
    this.#channel = channel;
    this.#listener = listener;
    this.#log = log;
  }

  get listening(): boolean {
    return this.#listening;
  }

  async start(): Promise<void> {
    const backend = this.#backend;
    if (backend.kind === 'postgres') return this.#connect(backend.url);
    const unlisten = await backend.turnstile.run(() =>
      backend.pglite.listen(this.#channel, (payload) => this.#listener.heard(payload)),
    );
    this.#forget = () => backend.turnstile.run(() => unlisten());
    this.#begun();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#listening = false;
    clearTimeout(this.#retry);
    await this.#forget?.();
    await this.#client?.end().catch(() => {});
  }

  async #connect(url: string): Promise<void> {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true });
    const lost = once(() => this.#lost(client, url));
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload = '' }) => this.#listener.heard(payload));
    try {
      await client.connect();
      await client.query(`listen ${this.#channel}`);
    } catch (error) {
      this.#log.warn(
        { err: error, channel: this.#channel },
        'What other processes tell is not heard; it is tried again',
      );
      await client.end().catch(() => {});
      return lost();
    }
    this.#client = client;
    this.#delayMs = reconnectMs.first;
    this.#begun();
  }

  #begun(): void {
    this.#listening = true;
    this.#listener.begun?.();
  }

  #lost(client: Client, url: string): void {
    if (this.#stopped) return;
    if (this.#client === client) this.#client = undefined;
    this.#listening = false;
    this.#listener.lost?.();
    this.#retry = setTimeout(() => void this.#connect(url), this.#delayMs);
    this.#retry.unref();
    this.#delayMs = Math.min(this.#delayMs * 2, reconnectMs.most);
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
