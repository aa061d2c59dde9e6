import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import { beginStatement, closing, isReadOnly, markSavepoint, returnToSavepoint } from './session.ts';

/** One connection of a database: one message at a time. */
export interface Link {
  /** Sends one statement, or several without parameters; answers what the last one gave. */
  send<R>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<R>>;
  release(): void;
}

/**
 * Kysely's transactions in as few messages as they need: what opens one travels with its first statement, and what was
 * left for its end travels with the commit.
 */
export class TransactionDriver implements Driver {
  readonly #connect: () => Promise<Link>;

  constructor(connect: () => Promise<Link>) {
    this.#connect = connect;
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}

  async acquireConnection(): Promise<TransactionConnection> {
    return new TransactionConnection(await this.#connect());
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await own(connection).release();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      own(connection).begin(beginStatement());
    } catch (error) {
      // Kysely keeps the connection of a transaction that did not begin; the pool would run dry.
      await this.releaseConnection(connection);
      throw error;
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await own(connection).commit();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await own(connection).rollback();
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await own(connection).send(`savepoint "${name}"`);
    markSavepoint(name);
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    returnToSavepoint(name);
    await own(connection).send(`rollback to savepoint "${name}"`);
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await own(connection).send(`release savepoint "${name}"`);
  }
}

/** Kysely hands back what it was given. */
const own = (connection: DatabaseConnection): TransactionConnection => connection as TransactionConnection;

class TransactionConnection implements DatabaseConnection {
  readonly #link: Link;
  /** What opens the transaction and was not sent yet. */
  #opening: string | null = null;
  /** The end of what only read, which nobody waits for. */
  #ending: Promise<unknown> | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return this.send(sql, parameters);
  }

  async send<R>(sql: string, parameters: readonly unknown[] = []): Promise<QueryResult<R>> {
    const opening = this.#opening;
    this.#opening = null;
    if (opening === null) return this.#link.send(sql, parameters);
    if (parameters.length === 0) return this.#link.send(`${opening}; ${sql}`);
    await this.#link.send(opening);
    return this.#link.send(sql, parameters);
  }

  begin(opening: string): void {
    this.#opening = opening;
  }

  async commit(): Promise<void> {
    const last = closing();
    // Nothing was asked of the database.
    if (this.#opening !== null && last.length === 0) {
      this.#opening = null;
      return;
    }
    const sent = this.send([...last, 'commit'].join('; '));
    if (isReadOnly()) this.#ending = sent.catch(() => {});
    else await sent;
  }

  async rollback(): Promise<void> {
    const isOpen = this.#opening === null;
    this.#opening = null;
    // It fails on a dead connection alone, whose transaction the server has rolled back. Thrown, it would keep Kysely from
    // giving the connection back to the pool, which throws dead ones away.
    if (isOpen) await this.#link.send('rollback').catch(() => {});
  }

  async release(): Promise<void> {
    await this.#ending;
    this.#link.release();
  }

  // biome-ignore lint/correctness/useYield: Kysely requires the method; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Rows are not streamed.');
  }
}
