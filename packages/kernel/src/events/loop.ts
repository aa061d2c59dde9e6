import type { Logger } from 'pino';

/**
 * Runs `work` again and again, one run at a time: when woken, and at the latest every `intervalMs`. `work` answers
 * whether more may be waiting. A failing run is logged and tried again after a delay that doubles up to `maxDelayMs`.
 * Who wakes it waits for `restMs`, in which others may wake it, too: what they have for it is done in one run.
 */
export class Loop {
  readonly name: string;
  readonly #work: () => Promise<boolean>;
  readonly #log: Logger;
  readonly #intervalMs: number;
  readonly #maxDelayMs: number;
  readonly #restMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #woken = false;
  #stopped = true;
  #failures = 0;

  constructor(
    name: string,
    work: () => Promise<boolean>,
    log: Logger,
    options: { intervalMs?: number; maxDelayMs?: number; restMs?: number } = {},
  ) {
    this.name = name;
    this.#work = work;
    this.#log = log;
    this.#intervalMs = options.intervalMs ?? 1_000;
    this.#maxDelayMs = options.maxDelayMs ?? 30_000;
    this.#restMs = options.restMs ?? 5;
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  wake(): void {
    if (this.#stopped || this.#woken) return;
    this.#woken = true;
    // After a failure the delay holds, whoever calls.
    if (this.#running || this.#failures > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), this.#restMs);
  }

  /** Ends the loop after the run that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #begin(): void {
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (!this.#stopped) this.#timer = setTimeout(() => this.#begin(), this.#delay());
    });
  }

  async #run(): Promise<void> {
    this.#woken = false;
    try {
      while ((await this.#work()) && !this.#stopped);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#log.warn(
        { err: error, loop: this.name, failures: this.#failures },
        'A background run failed; it is tried again',
      );
    }
  }

  #delay(): number {
    if (this.#failures > 0) return Math.min(this.#maxDelayMs, 100 * 2 ** this.#failures);
    return this.#woken ? this.#restMs : this.#intervalMs;
  }
}
