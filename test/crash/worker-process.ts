import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Principal } from '@countersign/kernel';
import { root } from '../support/product.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** What a payload answers, as far as the load looks at it. */
export interface Payload {
  readonly action?: { readonly id: string; readonly status: string; readonly revision: number } | null;
  readonly userErrors?: readonly { readonly code: string; readonly message: string }[];
}

/** One worker in one life of it. */
export class WorkerProcess {
  /** Settled when it is ready; rejected when it ends before. */
  readonly ready: Promise<void>;
  /** By which signal it ended. */
  readonly ended: Promise<NodeJS.Signals | null>;
  isReady = false;
  hasEnded = false;
  output = '';
  /** How much it was asked so far. */
  asked = 0;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Exclude<FromWorker, 'ready'> | null) => void>();

  constructor(env: Record<string, string>) {
    const child = fork(join(root, 'test/crash/worker.ts'), [], {
      env,
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (this.output += String(data)));
    this.ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message) => {
        if (message === 'ready') {
          this.isReady = true;
          return resolve();
        }
        const answer = message as Exclude<FromWorker, 'ready'>; // Nothing else is told.
        this.#waiting.get(answer.number)?.(answer);
        this.#waiting.delete(answer.number);
      });
      void this.ended.then(() => {
        this.hasEnded = true;
        this.isReady = false;
        for (const tell of this.#waiting.values()) tell(null);
        reject(new Error(`A worker ended before it was ready:\n${this.output}`));
      });
    });
    this.ready.catch(() => {});
  }

  /** Answers the data of the one field asked for, or null where the worker died over it; throws on errors. */
  async ask<T = Payload>(
    principal: Principal,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<T | null> {
    if (this.hasEnded) return null;
    this.asked += 1;
    const message: ToWorker = { number: this.asked, principal, query, variables };
    const answer = await new Promise<Exclude<FromWorker, 'ready'> | null>((resolve) => {
      this.#waiting.set(message.number, resolve);
      // It is gone: its end answers.
      this.#child.send(message, () => {});
    });
    if (!answer) return null;
    const { data, errors } = answer.result;
    if (errors) throw new Error(`${errors[0]?.extensions?.code}: ${errors[0]?.message}`);
    return Object.values(data ?? {})[0] as T; // As it was asked for.
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
