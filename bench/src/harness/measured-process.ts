import { type ChildProcess, spawn } from 'node:child_process';
import type { Profiler } from 'node:inspector';
import { Inspector } from './inspector.ts';

export interface MeasuredProcessOptions {
  readonly name: string;
  /** Script and arguments, for Node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once the process is ready. */
  readonly healthUrl: string;
}

export interface Usage {
  /** CPU time since the start, of all its threads, in milliseconds. */
  readonly cpu: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
}

const patienceMs = 120_000;
const endPatienceMs = 15_000;

/** A Node process of its own that can be looked into while it works: its CPU time, its memory, a CPU profile. */
export class MeasuredProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #inspector: Inspector;

  private constructor(name: string, child: ChildProcess, inspector: Inspector) {
    this.name = name;
    this.#child = child;
    this.#inspector = inspector;
  }

  /** Resolves when it is healthy. Throws with what it printed when it ends or is silent instead. */
  static async start({ name, args, env, healthUrl }: MeasuredProcessOptions): Promise<MeasuredProcess> {
    const child = spawn(process.execPath, ['--disable-sigusr1', '--inspect=127.0.0.1:0', ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
    const deadline = Date.now() + patienceMs;
    while (!(await isHealthy(healthUrl))) {
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (ended || Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`${name} ${ended ? 'has ended' : 'does not come up'}:\n${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const address = /Debugger listening on (ws:\S+)/.exec(output)?.[1];
    if (!address) throw new Error(`${name} has no inspector:\n${output}`);
    return new MeasuredProcess(name, child, await Inspector.connect(address));
  }

  async usage(): Promise<Usage> {
    const expression = `(() => {
      const { user, system } = process.cpuUsage();
      return { cpu: (user + system) / 1000, rss: process.memoryUsage.rss() };
    })()`;
    const { result } = await this.#inspector.send<{ result: { value: Usage } }>('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    return result.value;
  }

  async startProfile(): Promise<void> {
    await this.#inspector.send('Profiler.enable');
    await this.#inspector.send('Profiler.setSamplingInterval', { interval: 500 });
    await this.#inspector.send('Profiler.start');
  }

  async stopProfile(): Promise<Profiler.Profile> {
    const { profile } = await this.#inspector.send<Profiler.StopReturnType>('Profiler.stop');
    return profile;
  }

  /** Asks it to end, and makes it when it does not. */
  async stop(): Promise<void> {
    this.#inspector.close();
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), endPatienceMs);
    await ended;
    clearTimeout(insist);
  }
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );
