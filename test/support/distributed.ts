import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hospital, startHospital } from '@countersign/demo-hospital';
import { freePorts } from './ports.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { cli, ProductProcess } from './process.ts';
import { root, run } from './product.ts';

export const subgraphNames = ['tenants', 'knowledge', 'inference', 'actions', 'billing'] as const;

/** The product in its distributed shape: PostgreSQL, a hospital, five subgraph processes and a gateway process. */
export class Distributed {
  readonly principalKey = randomBytes(32).toString('base64url');
  readonly postgres: PostgresServer;
  /** By what they serve: a subgraph's name, or `gateway`. */
  readonly processes = new Map<string, ProductProcess>();
  readonly #hospital: Hospital;
  readonly #folder: string;
  readonly #ports: readonly number[];

  private constructor(postgres: PostgresServer, hospital: Hospital, folder: string, ports: readonly number[]) {
    this.postgres = postgres;
    this.#hospital = hospital;
    this.#folder = folder;
    this.#ports = ports;
  }

  /** The parts that are not the product's own processes: a server for the data, and a hospital. */
  static async create(): Promise<Distributed> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-distributed-'));
    const postgres = await startPostgres();
    const hospital = await startHospital({ port: 0, dataDir: join(folder, 'hospital') });
    return new Distributed(postgres, hospital, folder, await freePorts(subgraphNames.length + 1));
  }

  /** What every process is told. The owner's URL is for `migrate` alone. */
  get env(): Record<string, string> {
    return {
      PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: process.env.HOME ?? '/',
      COUNTERSIGN_HOST: '127.0.0.1',
      COUNTERSIGN_PORT: String(this.#portOf('gateway')),
      COUNTERSIGN_DEMO: 'on',
      COUNTERSIGN_DATA_DIR: join(this.#folder, 'data'),
      COUNTERSIGN_DATABASE_URL: this.postgres.appUrl,
      COUNTERSIGN_PRINCIPAL_KEY: this.principalKey,
      COUNTERSIGN_GATEWAY_URL: `http://127.0.0.1:${this.#portOf('gateway')}/graphql`,
      COUNTERSIGN_SUBGRAPHS: subgraphNames
        .map((name) => `${name}=http://127.0.0.1:${this.#portOf(name)}/graphql`)
        .join(','),
      COUNTERSIGN_HOSPITAL_URL: this.#hospital.url,
      COUNTERSIGN_LOG_LEVEL: 'warn',
    };
  }

  migrate(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return this.run(['migrate'], { COUNTERSIGN_DATABASE_OWNER_URL: this.postgres.ownerUrl });
  }

  /** Starts all six at once, in no order, and waits until the graph is whole. */
  async start(): Promise<void> {
    await Promise.all([...subgraphNames, 'gateway'].map((name) => this.startProcess(name)));
  }

  async startProcess(name: string): Promise<void> {
    const args = name === 'gateway' ? ['gateway'] : ['subgraph', name];
    const started = new ProductProcess(args, this.#portOf(name), this.env);
    this.processes.set(name, started);
    await started.healthy();
  }

  process(name: string): ProductProcess {
    const found = this.processes.get(name);
    if (!found) throw new Error(`${name} was not started.`);
    return found;
  }

  /** Asks the graph as one of the demo's people. */
  async ask(email: string, query: string): Promise<unknown> {
    const { stdout } = await this.run(['token', email]);
    const response = await fetch(`${this.process('gateway').url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${stdout.trim().split('\n').at(-1)}` },
      body: JSON.stringify({ query }),
    });
    return response.json();
  }

  /** Runs a CLI command beside it. */
  run(args: readonly string[], extra: Record<string, string> = {}) {
    return run(process.execPath, [cli, ...args], { ...this.env, ...extra });
  }

  async remove(): Promise<void> {
    await Promise.all([...this.processes.values()].map((each) => each.end('SIGKILL')));
    await this.#hospital.close();
    await this.postgres.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #portOf(name: string): number {
    return this.#ports[[...subgraphNames, 'gateway'].indexOf(name)] ?? 0;
  }
}
