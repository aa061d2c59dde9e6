import { setImmediate } from 'node:timers/promises';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PGliteDialect,
  type QueryResult,
} from 'kysely';
import { parse as parseArray } from 'postgres-array';
import { beginStatement } from './session.ts';

/** An embedded PostgreSQL with pgvector and the value parsers that MikroORM expects. */
export async function createPglite(options: PGliteOptions): Promise<PGlite> {
  const pglite = await PGlite.create({
    ...options,
    extensions: { vector },
    parsers: createPostgreSqlTypeParsers((text: string) => parseArray(text, (value: string) => value)),
  });
  await forgetOtherArrays(pglite);
  return pglite;
}

/**
 * PGlite copies its parsers for every statement, and it has one for the arrays of each type, so also of each table's
 * rows. Those that remain are of types which have values in a table, or a function answers.
 */
async function forgetOtherArrays(pglite: PGlite): Promise<void> {
  const { rows } = await pglite.query<{ oid: number }>(
    'select typarray::int as oid from pg_type where typarray <> 0 and not typname = any ($1)',
    [readAsArrays],
  );
  for (const { oid } of rows) delete pglite.parsers[oid];
}

const readAsArrays = [
  ...['bool', 'int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'uuid', 'json', 'jsonb', 'bytea'],
  ...['text', 'varchar', 'bpchar', 'name', 'char', 'date', 'time', 'timestamp', 'timestamptz', 'interval'],
];

/** How long turns may follow each other before everything else in the process gets its own, in milliseconds. */
const longestBreathMs = 10;

/**
 * PGlite is one connection. Everyone who uses it (MikroORM, the job queue) takes turns here, a turn being one statement
 * or one whole transaction, in the order of asking.
 */
export class Turnstile {
  #tail: Promise<void> = Promise.resolve();
  #breathed = 0;

  async enter(): Promise<() => void> {
    const before = this.#tail;
    let leave: () => void = () => {};
    this.#tail = new Promise((resolve) => (leave = resolve));
    await before;
    await this.#breathe();
    return leave;
  }

  /** PGlite answers in microtasks: without a pause now and then the process would not look at its sockets. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathed < longestBreathMs) return;
    await setImmediate();
    this.#breathed = performance.now();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}

/** Kysely's PGlite dialect with a driver of ours, which takes turns and opens transactions as the session says. */
export function pgliteDialect(pglite: PGlite, turnstile: Turnstile): Dialect {
  const base = new PGliteDialect({ pglite });
  return {
    createAdapter: () => base.createAdapter(),
    createDriver: () => new TurnstileDriver(pglite, turnstile),
    createIntrospector: (db) => base.createIntrospector(db),
    createQueryCompiler: () => base.createQueryCompiler(),
  };
}

class TurnstileDriver implements Driver {
  readonly #leave = new Map<DatabaseConnection, () => void>();
  readonly #pglite: PGlite;
  readonly #turnstile: Turnstile;

  constructor(pglite: PGlite, turnstile: Turnstile) {
    this.#pglite = pglite;
    this.#turnstile = turnstile;
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const leave = await this.#turnstile.enter();
    const connection = new PgliteConnection(this.#pglite);
    this.#leave.set(connection, leave);
    return connection;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#leave.get(connection)?.();
    this.#leave.delete(connection);
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await this.#pglite.exec(beginStatement());
    } catch (error) {
      // Kysely keeps the connection of a transaction that did not begin; everyone else would wait for ever.
      await this.#pglite.exec('rollback').catch(() => {});
      await this.releaseConnection(connection);
      throw error;
    }
  }

  async commitTransaction(): Promise<void> {
    await this.#pglite.exec('commit');
  }

  async rollbackTransaction(): Promise<void> {
    await this.#pglite.exec('rollback');
  }

  async savepoint(_: DatabaseConnection, name: string): Promise<void> {
    await this.#pglite.exec(`savepoint "${name}"`);
  }

  async rollbackToSavepoint(_: DatabaseConnection, name: string): Promise<void> {
    await this.#pglite.exec(`rollback to savepoint "${name}"`);
  }

  async releaseSavepoint(_: DatabaseConnection, name: string): Promise<void> {
    await this.#pglite.exec(`release savepoint "${name}"`);
  }
}

class PgliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // MikroORM inlines its (escaped) parameters; the simple protocol takes one message where the extended takes four.
    const result =
      query.parameters.length > 0
        ? await this.#pglite.query(query.sql, [...query.parameters], { rowMode: 'object' })
        : (await this.#pglite.exec(query.sql, { rowMode: 'object' })).at(-1);
    return {
      rows: (result?.rows ?? []) as R[], // Kysely's contract: the caller knows the row's shape.
      numAffectedRows: result?.affectedRows === undefined ? undefined : BigInt(result.affectedRows),
    };
  }

  // biome-ignore lint/correctness/useYield: Kysely requires the method; PGlite cannot stream.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('PGlite does not stream.');
  }
}
