import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import { type Dialect, PostgresDialect } from 'kysely';
import { type QueryResult as PgResult, Pool, type PoolClient, TypeOverrides } from 'pg';
import { parse as parseArray } from 'postgres-array';
import { type Link, TransactionDriver } from './transaction-driver.ts';

/** A pool whose values are parsed as MikroORM expects them. */
export function createPool(url: string, max: number): Pool {
  const types = new TypeOverrides();
  const parsers = createPostgreSqlTypeParsers((text: string) => parseArray(text, (value: string) => value));
  for (const [oid, parser] of Object.entries(parsers)) types.setTypeParser(Number(oid), parser);
  const pool = new Pool({ connectionString: url, max, types, connectionTimeoutMillis: 10_000 });
  // A connection that the server drops must not end the process, whether idle or in use; what is in flight on it fails by
  // itself, and the pool replaces it.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Kysely's PostgreSQL dialect, whose transactions begin as the session says. */
export function postgresDialect(pool: Pool): Dialect {
  const base = new PostgresDialect({ pool });
  return {
    createAdapter: () => base.createAdapter(),
    createDriver: () => new PoolDriver(pool),
    createIntrospector: (db) => base.createIntrospector(db),
    createQueryCompiler: () => base.createQueryCompiler(),
  };
}

class PoolDriver extends TransactionDriver {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    super(async () => linkTo(await pool.connect()));
    this.#pool = pool;
  }

  override destroy(): Promise<void> {
    return this.#pool.end();
  }
}

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

const linkTo = (client: PoolClient): Link => ({
  send: async (sql, parameters = []) => {
    // Of several statements it answers several results, which its types do not say.
    const answered: PgResult | PgResult[] = await client.query(sql, [...parameters]);
    const result = Array.isArray(answered) ? answered.at(-1) : answered;
    const isChange = changing.has(result?.command ?? '');
    return {
      rows: result?.rows ?? [],
      numAffectedRows: isChange && result?.rowCount != null ? BigInt(result.rowCount) : undefined,
    };
  },
  release: () => client.release(),
});
