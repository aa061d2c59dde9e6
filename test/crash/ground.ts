import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actions } from '@countersign/actions';
import { type Hospital, startHospital } from '@countersign/demo-hospital';
import { Database, ensureLoginRole } from '@countersign/kernel';
import { Pool } from 'pg';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { root } from '../support/product.ts';
import { WorkerProcess } from './worker-process.ts';

/** In the place of the tenants subgraph: everybody is there. */
const everybodyIsThere = `
  create or replace function kernel.access_of(kind text, id text, session text)
    returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                   until timestamptz)
    language sql stable as $$
      select $2, null::text, '{}'::text[], '{}'::text[], '{}'::text[], '{}'::jsonb, null::timestamptz $$`;

/** What outlives the workers: the database, and the other side, a hospital with a house of its own for each round. */
export class CrashGround {
  /** Looks behind row-level security, and past the product. */
  readonly behind: Pool;
  readonly hospital: Hospital;
  readonly #postgres: PostgresServer;
  readonly #folder: string;
  readonly #secretKey = randomBytes(32).toString('base64url');

  private constructor(postgres: PostgresServer, hospital: Hospital, folder: string) {
    this.#postgres = postgres;
    this.hospital = hospital;
    this.#folder = folder;
    this.behind = new Pool({ connectionString: postgres.superuserUrl, max: 4 });
    this.behind.on('error', () => {});
  }

  static async open(houses: readonly string[]): Promise<CrashGround> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-crash-'));
    const postgres = await startPostgres();
    const database = await Database.open({ entities: [], url: postgres.appUrl });
    await database.migrate(actions.migrations, postgres.ownerUrl);
    await ensureLoginRole(postgres.ownerUrl, postgres.appUrl);
    await database.close();
    const dataDir = join(folder, 'hospital');
    const hospital = await startHospital({ port: 0, dataDir, tenants: houses, faults: true });
    const ground = new CrashGround(postgres, hospital, folder);
    await ground.behind.query(everybodyIsThere);
    return ground;
  }

  /** A worker, to die at the point that is named. */
  start(crashAt = ''): WorkerProcess {
    return new WorkerProcess({
      PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: process.env.HOME ?? '/',
      NODE_ENV: 'test',
      COUNTERSIGN_DATABASE_URL: this.#postgres.appUrl,
      COUNTERSIGN_DATA_DIR: join(this.#folder, 'data'),
      COUNTERSIGN_SECRET_KEY: this.#secretKey,
      COUNTERSIGN_LOG_LEVEL: 'error',
      NODE_COMPILE_CACHE: join(this.#folder, 'compiled'),
      COUNTERSIGN_CRASH_AT: crashAt,
    });
  }

  async close(): Promise<void> {
    await this.behind.end();
    await this.hospital.close();
    await this.#postgres.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
