import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cli, repository, runCli } from '../federation/deployment.ts';
import type { CleanUp } from '../harness/clean-up.ts';
import { freePorts } from '../harness/free-ports.ts';
import { MeasuredProcess } from '../harness/measured-process.ts';

/** A PostgreSQL server of the bench's own. */
export interface Server {
  readonly appUrl: string;
  readonly ownerUrl: string;
  readonly superuserUrl: string;
}

/** The server that the tests use, too. It stands outside of this package, so that its types are said here. */
interface PostgresModule {
  startPostgres(): Promise<Server & { stop(): Promise<void> }>;
}

export async function startServer(cleanUp: CleanUp): Promise<Server> {
  const { startPostgres } = (await import(`${repository}test/support/postgres.ts`)) as PostgresModule; // Typed above.
  const server = await startPostgres();
  cleanUp.add(() => server.stop());
  return server;
}

/** The other side; answers its address. */
export async function startOtherSide(cleanUp: CleanUp): Promise<string> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const started = await startScript('other-side', [String(port)], {}, `${url}/health`);
  cleanUp.add(() => started.stop());
  return url;
}

/** One of the bench's own scripts, in a process of its own. */
export const startScript = (
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  healthUrl: string,
): Promise<MeasuredProcess> =>
  MeasuredProcess.start({
    name,
    args: [fileURLToPath(new URL(`./${name}.js`, import.meta.url)), ...args],
    env,
    healthUrl,
  });

/** The product in one process, with its demo's people. */
export interface Product {
  readonly graphUrl: string;
  readonly process: MeasuredProcess;
  token(email: string): Promise<string>;
}

/** `countersign start` on PostgreSQL, or on PGlite in a folder of its own where no server is given. */
export async function startProduct(hospitalUrl: string, server: Server | null, cleanUp: CleanUp): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  cleanUp.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const [port] = await freePorts(1);
  const env = {
    COUNTERSIGN_HOST: '127.0.0.1',
    COUNTERSIGN_PORT: String(port),
    COUNTERSIGN_HOSPITAL_URL: hospitalUrl,
    COUNTERSIGN_DATA_DIR: join(folder, 'data'),
    COUNTERSIGN_LOG_LEVEL: 'error',
    COUNTERSIGN_DEMO: 'on',
    ...(server && { COUNTERSIGN_DATABASE_URL: server.appUrl, COUNTERSIGN_DATABASE_OWNER_URL: server.ownerUrl }),
  };
  const url = `http://127.0.0.1:${port}`;
  const process = await MeasuredProcess.start({
    name: 'countersign',
    args: [cli, 'start'],
    env,
    healthUrl: `${url}/health`,
  });
  cleanUp.add(() => process.stop());
  return { graphUrl: `${url}/graphql`, process, token: (email) => runCli(['token', email], env) };
}
