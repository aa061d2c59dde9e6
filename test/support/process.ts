import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './product.ts';

export const cli = join(root, 'packages/cli/bin/countersign.mjs');
const startTimeoutMs = 120_000;

/** One process of the built product. */
export class ProductProcess {
  readonly url: string;
  output = '';
  readonly #name: string;
  readonly #child: ChildProcess;

  /** Starts `countersign ARGS`, which is to answer on the port. */
  constructor(args: readonly string[], port: number, env: Record<string, string>) {
    this.#name = args.join(' ');
    this.url = `http://127.0.0.1:${port}`;
    this.#child = spawn(process.execPath, ['--disable-sigusr1', cli, ...args], {
      env: { ...env, COUNTERSIGN_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data) => {
        this.output += String(data);
      });
    }
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits until it answers; throws with its output when it ends instead. */
  async healthy(): Promise<void> {
    const deadline = Date.now() + startTimeoutMs;
    while (!(await this.#answers())) {
      if (this.hasEnded) throw new Error(`${this.#name} ended:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`${this.#name} did not come up:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Sends a signal and waits for the end; answers the exit code, null when it died of the signal. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    if (!this.hasEnded) {
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }

  #answers(): Promise<boolean> {
    return fetch(`${this.url}/health`, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.ok,
      () => false,
    );
  }
}
