import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { type EntityClass, MikroORM } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { PgliteDriver } from '@mikro-orm/pglite';
import { type EntityManager, PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { Dialect } from 'kysely';
import type { Pool } from 'pg';
import type { Principal } from '../principal/principal.ts';
import { kernelMigrations } from './kernel-migrations.ts';
import type { NamedMigration } from './migrations.ts';
import { createPglite, pgliteDialect, Turnstile } from './pglite.ts';
import { createPool, postgresDialect } from './postgres.ts';
import { assertOutsideTransaction, type Committed, type DatabaseRole, inSession, type Session } from './session.ts';

export type { EntityManager } from '@mikro-orm/postgresql';

export interface DatabaseOptions {
  readonly entities: readonly EntityClass[];
  /** A PostgreSQL URL of a role that neither owns tables nor bypasses row-level security; absent: embedded. */
  readonly url?: string;
  /** The folder of the embedded database; absent: in memory. */
  readonly folder?: string;
  /** A ready embedded instance (tests bring one made from an image). */
  readonly pglite?: PGlite;
  readonly poolSize?: number;
}

/** Told after a commit what the transaction leaves for others to act on. */
export type CommitListener = (committed: Committed) => unknown;

type Orm = MikroORM<PostgreSqlDriver, EntityManager>;
type Backend =
  | { readonly kind: 'pglite'; pglite: PGlite; turnstile: Turnstile }
  | { readonly kind: 'postgres'; pool: Pool; url: string };

/** One MikroORM per process. Every way in is a transaction as one role, and for `app` as one tenant. */
export class Database {
  readonly backend: Backend;
  readonly #orm: Orm;
  readonly #listeners = new Set<CommitListener>();

  private constructor(orm: Orm, backend: Backend) {
    this.#orm = orm;
    this.backend = backend;
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    const backend = await openBackend(options);
    return new Database(await createOrm(options.entities, dialectOf(backend), backend.kind), backend);
  }

  /**
   * Runs `work` in one transaction as the principal's tenant, under row-level security. Inside it nothing but SQL.
   * What `work` throws rolls everything back.
   */
  withTenant<T>(principal: Pick<Principal, 'tenantId'>, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.#transaction({ role: 'app', tenantId: principal.tenantId }, work);
  }

  /**
   * Like `withTenant`, for work that only reads: the database refuses a write, and what was loaded is not compared with
   * what it was when the transaction ends.
   */
  read<T>(principal: Pick<Principal, 'tenantId'>, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.#transaction({ role: 'app', tenantId: principal.tenantId, readOnly: true }, async (em) => {
      const result = await work(em);
      em.clear();
      return result;
    });
  }

  /** Runs `work` in one transaction as one of the narrow roles that see across tenants. */
  asRole<T>(role: Exclude<DatabaseRole, 'app'>, work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.#transaction({ role }, work);
  }

  /** Calls back after each committed transaction of this process, to wake those who wait for its effects. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Brings the schema up to date. Needs the owner: on PostgreSQL give the owner's URL, embedded is the owner itself. */
  async migrate(migrations: readonly NamedMigration[], ownerUrl?: string): Promise<void> {
    const pool = ownerUrl ? createPool(ownerUrl, 2) : undefined;
    const dialect = pool ? postgresDialect(pool) : dialectOf(this.backend);
    const owner = await createOrm([], dialect, this.backend.kind, [...kernelMigrations, ...migrations]);
    try {
      await inSession('owner', () => owner.migrator.up());
    } finally {
      await owner.close();
    }
  }

  async close(): Promise<void> {
    await this.#orm.close(true);
    if (this.backend.kind === 'pglite') await this.backend.pglite.close();
  }

  async #transaction<T>(session: Session, work: (em: EntityManager) => Promise<T>): Promise<T> {
    const { result, committed } = await inSession(session, () =>
      this.#orm.em.fork({ clear: true }).transactional((em) => work(em)),
    );
    for (const listener of this.#listeners) listener(committed);
    return result;
  }
}

async function openBackend(options: DatabaseOptions): Promise<Backend> {
  if (options.url) return { kind: 'postgres', pool: createPool(options.url, options.poolSize ?? 10), url: options.url };
  if (options.folder) mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const dataDir = options.folder ? join(options.folder, 'postgres') : 'memory://';
  return { kind: 'pglite', pglite: options.pglite ?? (await createPglite({ dataDir })), turnstile: new Turnstile() };
}

const dialectOf = (backend: Backend): Dialect =>
  backend.kind === 'pglite' ? pgliteDialect(backend.pglite, backend.turnstile) : postgresDialect(backend.pool);

function createOrm(
  entities: readonly EntityClass[],
  dialect: Dialect,
  kind: Backend['kind'],
  migrations: readonly NamedMigration[] = [],
): Promise<Orm> {
  assertOutsideTransaction('opening the database');
  return MikroORM.init<PostgreSqlDriver, EntityManager>({
    // PGlite's driver is PostgreSQL's with another connection; both take the dialect that we hand them.
    driver: kind === 'pglite' ? (PgliteDriver as unknown as typeof PostgreSqlDriver) : PostgreSqlDriver,
    driverOptions: dialect,
    dbName: 'countersign',
    entities: [...entities],
    discovery: { warnWhenNoEntities: false },
    metadataProvider: ReflectMetadataProvider,
    metadataCache: { enabled: false },
    ensureDatabase: false,
    allowGlobalContext: false,
    extensions: [Migrator],
    migrations: {
      migrationsList: migrations.map(({ name, migration }) => ({ name, class: migration })),
      tableName: 'migration',
      schema: 'kernel',
      snapshot: false,
      transactional: true,
      allOrNothing: true,
      silent: true,
    },
  });
}
