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
  const pool = new Pool({ connectionString: url, max, types });
  // A connection that the server drops must not end the process; the query in flight fails by itself.
  pool.on('error', () => {});
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

class SessionDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(beginStatement()));
  }
}
