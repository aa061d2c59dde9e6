import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import { CompiledQuery, type DatabaseConnection, type Dialect, PostgresDialect, PostgresDriver } from 'kysely';
import { Pool, TypeOverrides } from 'pg';
import { parse as parseArray } from 'postgres-array';
import { beginStatement } from './session.ts';

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

/** Kysely's PostgreSQL dialect, whose transactions begin as the session says, in one round trip. */
export function postgresDialect(pool: Pool): Dialect {
  const base = new PostgresDialect({ pool });
  return {
    createAdapter: () => base.createAdapter(),
    createDriver: () => new SessionDriver({ pool }),
    createIntrospector: (db) => base.createIntrospector(db),
    createQueryCompiler: () => base.createQueryCompiler(),
  };
}

/** What the driver itself hands out, and so is handed back. */
type PostgresConnection = Parameters<PostgresDriver['releaseConnection']>[0];

class SessionDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw(beginStatement()));
    } catch (error) {
      // Kysely keeps the connection of a transaction that did not begin; the pool would run dry.
      await this.rollbackTransaction(connection);
      await this.releaseConnection(connection as PostgresConnection);
      throw error;
    }
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // It fails on a dead connection alone, whose transaction the server has rolled back. Thrown, it would keep Kysely from
    // giving the connection back to the pool, which throws dead ones away.
    await connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => {});
  }
}
