import { setImmediate } from 'node:timers/promises';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import { type Dialect, PGliteDialect } from 'kysely';
import { parse as parseArray } from 'postgres-array';
import { type Link, TransactionDriver } from './transaction-driver.ts';

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

/** Kysely's PGlite dialect, whose transactions take turns and begin as the session says. */
export function pgliteDialect(pglite: PGlite, turnstile: Turnstile): Dialect {
  const base = new PGliteDialect({ pglite });
  return {
    createAdapter: () => base.createAdapter(),
    createDriver: () => new TransactionDriver(async () => linkTo(pglite, await turnstile.enter())),
    createIntrospector: (db) => base.createIntrospector(db),
    createQueryCompiler: () => base.createQueryCompiler(),
  };
}

function linkTo(pglite: PGlite, release: () => void): Link {
  return {
    send: async <R>(sql: string, parameters: readonly unknown[] = []) => {
      // MikroORM inlines its (escaped) parameters; the simple protocol takes one message where the extended takes four.
      const result =
        parameters.length > 0
          ? await pglite.query(sql, [...parameters], { rowMode: 'object' })
          : (await pglite.exec(sql, { rowMode: 'object' })).at(-1);
      return {
        rows: (result?.rows ?? []) as R[], // Kysely's contract: the caller knows the row's shape.
        numAffectedRows: result?.affectedRows === undefined ? undefined : BigInt(result.affectedRows),
      };
    },
    release,
  };
}
