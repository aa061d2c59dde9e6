import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = process.cwd();
const cli = join(root, 'packages/cli/bin/countersign.mjs');
const startTimeoutMs = 90_000;

/** The product as a user runs it: a process of its own on a data folder of its own. */
export class Product {
  readonly port: number;
  readonly dataDir: string;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(port: number, dataDir: string) {
    this.port = port;
    this.dataDir = dataDir;
  }

  static async create(): Promise<Product> {
    return new Product(await freePort(), mkdtempSync(join(tmpdir(), 'countersign-product-')));
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get output(): string {
    return this.#output;
  }

  get env(): Record<string, string> {
    return {
      PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: process.env.HOME ?? '/',
      COUNTERSIGN_PORT: String(this.port),
      COUNTERSIGN_HOSPITAL_PORT: String(this.port + 1),
      COUNTERSIGN_DATA_DIR: this.dataDir,
      COUNTERSIGN_LOG_LEVEL: 'warn',
    };
  }

  /** Starts it and waits until queries are answered; throws with its output when it ends instead. */
  async start(extra: Record<string, string> = {}): Promise<void> {
    const child = spawn(process.execPath, ['--disable-sigusr1', cli, 'start'], {
      env: { ...this.env, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (this.#output += String(data)));
    const deadline = Date.now() + startTimeoutMs;
    while (!(await this.healthy())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The product ended:\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`The product did not come up:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  healthy(): Promise<boolean> {
    return fetch(`${this.url}/health`).then(
      (response) => response.ok,
      () => false,
    );
  }

  /** Sends a signal and waits for the end; answers the exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child?.kill(signal);
    return this.ended();
  }

  ended(): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child?.exitCode ?? null);
    return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  }

  /** Runs a CLI command beside it. */
  run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return run(process.execPath, [cli, ...args], this.env);
  }

  async graphql(
    token: string,
    query: string,
    variables: object = {},
  ): Promise<{ data: never; errors?: { message: string; extensions: { code: string } }[] }> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Awaited<ReturnType<Product['graphql']>>;
  }

  async token(email: string): Promise<string> {
    const { stdout } = await this.run(['token', email]);
    return stdout.trim().split('\n').at(-1) ?? '';
  }

  /** Ends whatever still runs, the hospital too, and removes the data. */
  async remove(): Promise<void> {
    await this.end('SIGKILL');
    const { stopHospital } = await import('@countersign/demo-hospital');
    await stopHospital({ dataDir: join(this.dataDir, 'hospital') });
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd: root });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += String(data)));
    child.stderr.on('data', (data) => (stderr += String(data)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A port that is free now, with the next one free as well. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  return (await isFree(port)) && (await isFree(port + 1)) ? port : freePort();
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, 'localhost', () => server.close(() => resolve(true)));
  });
