import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CleanUp } from '../harness/clean-up.ts';
import { freePorts } from '../harness/free-ports.ts';
import { MeasuredProcess } from '../harness/measured-process.ts';
import { cli, type Deployment, repository, runCli } from './deployment.ts';
import { startHospital } from './hospital.ts';

const subgraphs = ['tenants', 'knowledge', 'inference', 'actions', 'billing'];

/** A gateway process and five subgraph processes over HTTP, on one PostgreSQL server that is started for them. */
export async function startDistributed(folder: string, cleanUp: CleanUp): Promise<Deployment> {
  const { startPostgres } = (await import(`${repository}test/support/postgres.ts`)) as PostgresModule; // Typed below.
  const postgres = await startPostgres();
  cleanUp.add(() => postgres.stop());
  const hospitalUrl = await startHospital(folder, cleanUp);
  const [gatewayPort, ...ports] = await freePorts(1 + subgraphs.length);
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  const env = {
    COUNTERSIGN_HOST: '127.0.0.1',
    COUNTERSIGN_DEMO: 'on',
    COUNTERSIGN_DATA_DIR: join(folder, 'data'),
    COUNTERSIGN_DATABASE_URL: postgres.appUrl,
    COUNTERSIGN_PRINCIPAL_KEY: randomBytes(32).toString('base64url'),
    COUNTERSIGN_GATEWAY_URL: `${gatewayUrl}/graphql`,
    COUNTERSIGN_SUBGRAPHS: subgraphs.map((name, index) => `${name}=http://127.0.0.1:${ports[index]}/graphql`).join(','),
    COUNTERSIGN_HOSPITAL_URL: hospitalUrl,
    COUNTERSIGN_LOG_LEVEL: 'error',
  };
  await runCli(['migrate'], { ...env, COUNTERSIGN_DATABASE_OWNER_URL: postgres.ownerUrl });
  const start = async (name: string, args: readonly string[], port: number | undefined) => {
    const process = await MeasuredProcess.start({
      name,
      args: [cli, ...args],
      env: { ...env, COUNTERSIGN_PORT: String(port) },
      healthUrl: `http://127.0.0.1:${port}/health`,
    });
    cleanUp.add(() => process.stop());
    return process;
  };
  const processes = await Promise.all([
    start('gateway', ['gateway'], gatewayPort),
    ...subgraphs.map((name, index) => start(name, ['subgraph', name], ports[index])),
  ]);
  return {
    shape: 'distributed',
    url: `${gatewayUrl}/graphql`,
    processes,
    token: (email) => runCli(['token', email], env),
  };
}

/** The server that the tests use, too. It stands outside of this package, so that its types are said here. */
interface PostgresModule {
  startPostgres(): Promise<{ readonly appUrl: string; readonly ownerUrl: string; stop(): Promise<void> }>;
}
