import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HospitalError, type HospitalErrorCode } from './errors.ts';
import { type HospitalHealth, healthAt } from './health.ts';
import { holderOf, readLock } from './lock.ts';
import { DEFAULT_TENANTS, prepareFolder } from './server.ts';

export interface EnsureOptions {
  readonly port: number;
  readonly dataDir: string;
  /** Default `acme` and `globex`. */
  readonly tenants?: readonly string[];
  /** Opens `POST /_faults` when the hospital is started here. */
  readonly faults?: boolean;
  /** Told in one line what is being done. */
  readonly log?: (line: string) => void;
}

export interface RunningHospital {
  readonly url: string;
  readonly pid: number;
  /** False when it was already running. */
  readonly started: boolean;
}

const START_TIMEOUT_MS = 30_000;

/**
 * Finds the hospital that serves this data folder, wherever it listens, or starts one as a process of its own that
 * lives on when the caller ends.
 * @throws HospitalError PORT_TAKEN, DATA_DIR_UNWRITABLE, JOURNAL_DAMAGED, START_FAILED
 */
export async function ensureHospital(options: EnsureOptions): Promise<RunningHospital> {
  const { port, log = () => undefined } = options;
  const dataDir = await prepareFolder(options.dataDir);
  const running = await findHospital({ dataDir });
  if (running) {
    await untilHealthy(running.url, dataDir);
    log(`demo hospital found at ${running.url} (process ${running.pid})`);
    return { url: running.url, pid: running.pid, started: false };
  }
  const url = `http://127.0.0.1:${port}`;
  const here = await healthAt(url);
  // One that has just begun to listen and not yet taken its lock.
  if (here?.dataDir === dataDir) {
    const { pid } = await untilHealthy(url, dataDir);
    return { url, pid, started: false };
  }
  if (here || (await answers(port))) throw portTaken(port, here);

  log(`demo hospital starting at ${url}`);
  const logPath = join(dataDir, 'hospital.log');
  const child = await launch(options, dataDir, logPath);
  const health = await untilHealthy(url, dataDir, child, logPath);
  return { url, pid: health.pid, started: health.pid === child.pid };
}

/** The hospital that serves a data folder, or that listens on a port of this machine; undefined when none does. */
export async function findHospital(
  where: { readonly dataDir: string } | { readonly port: number },
): Promise<(HospitalHealth & { url: string }) | undefined> {
  if ('dataDir' in where) return holderOf(await prepareFolder(where.dataDir));
  const url = `http://127.0.0.1:${where.port}`;
  const health = await healthAt(url);
  return health && { ...health, url };
}

/** Ends a running hospital and waits till it is gone. Returns false when none was running. */
export async function stopHospital(where: { readonly dataDir: string } | { readonly port: number }): Promise<boolean> {
  const running = await findHospital(where);
  if (!running) return false;
  // The process itself has just told its id, so the id is not one that another process has taken over.
  process.kill(running.pid, 'SIGTERM');
  const deadline = Date.now() + 10_000;
  // It lets go of its folder last. (Where nobody reaps it, a dead process keeps its id.)
  while ((await readLock(running.dataDir))?.pid === running.pid && isAlive(running.pid)) {
    if (Date.now() > deadline)
      throw new HospitalError('START_FAILED', `Process ${running.pid} does not end on SIGTERM`);
    await sleep(20);
  }
  return true;
}

async function launch(options: EnsureOptions, dataDir: string, logPath: string): Promise<ChildProcess> {
  const { port, tenants = DEFAULT_TENANTS, faults } = options;
  // This module's neighbour, compiled when this module is and source when it is not.
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url));
  const args = ['--port', String(port), '--data-dir', dataDir, '--tenants', tenants.join(',')];
  if (faults) args.push('--faults');
  const output = await open(logPath, 'a');
  try {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: dataDir,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      // It needs nothing of what the product was told, keys above all.
      env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
      windowsHide: true,
    });
    child.unref();
    child.on('error', () => undefined);
    return child;
  } finally {
    await output.close();
  }
}

async function untilHealthy(
  url: string,
  dataDir: string,
  child?: ChildProcess,
  logPath?: string,
): Promise<HospitalHealth> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const ended = child && (child.exitCode !== null || child.signalCode !== null || child.pid === undefined);
    const health = await healthAt(url);
    if (health?.status === 'ready' && health.dataDir === dataDir) return health;
    // One that was started at the same moment may have been first: then that is the one to wait for.
    if (ended && health?.dataDir !== dataDir) throw await startFailure(logPath);
    await sleep(25);
  }
  throw new HospitalError(
    'START_FAILED',
    `The demo hospital at ${url} was not ready within ${START_TIMEOUT_MS / 1000} s`,
  );
}

/** Says what the process said in its log before it ended. */
async function startFailure(logPath = ''): Promise<HospitalError> {
  const lines = (await readFile(logPath, 'utf8').catch(() => '')).trimEnd().split('\n');
  const [, code, message] = /failed: (?:([A-Z_]+) )?(.*)$/.exec(lines.at(-1) ?? '') ?? [];
  const known = ['PORT_TAKEN', 'DATA_DIR_IN_USE', 'DATA_DIR_UNWRITABLE', 'JOURNAL_DAMAGED'] as const;
  const reason: HospitalErrorCode = known.find((name) => name === code) ?? 'START_FAILED';
  return new HospitalError(reason, message ? message : `The demo hospital ended while starting: see ${logPath}`);
}

function portTaken(port: number, other: HospitalHealth | undefined): HospitalError {
  const by = other ? `the demo hospital of ${other.dataDir}` : 'another program';
  return new HospitalError('PORT_TAKEN', `Port ${port} is taken by ${by}: free it or choose another for the hospital`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
