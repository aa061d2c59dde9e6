import { CountersignError } from '../errors.ts';

/** How many events one follower may be behind. */
const mostBehind = 256;

/**
 * Hands events on to those in this process who follow their topic. Memory is bounded: who falls too far behind is ended
 * with `SUBSCRIPTION_TOO_SLOW`, and holds up nobody else.
 */
export class LiveHub<Event> {
  readonly #followers = new Map<string, Set<Follower<Event>>>();
  readonly #mostBehind: number;

  constructor(options: { readonly mostBehind?: number } = {}) {
    this.#mostBehind = options.mostBehind ?? mostBehind;
  }

  /** How many follow something. */
  get size(): number {
    return [...this.#followers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * What happens on a topic from now on, as far as it is wanted. It is followed from the call on, before anybody asks for
   * the first event, and until `return()`.
   */
  follow(topic: string, wanted: (event: Event) => boolean = () => true): AsyncGenerator<Event, void, void> {
    const all = this.#followers.get(topic) ?? new Set();
    this.#followers.set(topic, all);
    const follower = new Follower(wanted, this.#mostBehind, () => {
      all.delete(follower);
      if (all.size === 0 && this.#followers.get(topic) === all) this.#followers.delete(topic);
    });
    all.add(follower);
    return follower;
  }

  publish(topic: string, event: Event): void {
    for (const follower of this.#followers.get(topic) ?? []) follower.put(event);
  }

  /** Ends everyone with the error. */
  interrupt(error: Error): void {
    for (const followers of [...this.#followers.values()]) for (const follower of [...followers]) follower.fail(error);
  }
}

/** What one follower has not taken yet. */
class Follower<Event> implements AsyncGenerator<Event, void, void> {
  readonly #wanted: (event: Event) => boolean;
  readonly #mostBehind: number;
  readonly #leave: () => void;
  #waiting: { resolve(taken: IteratorResult<Event, void>): void; reject(error: Error): void } | undefined;
  #events: Event[] = [];
  #error: Error | undefined;
  #ended = false;

  constructor(wanted: (event: Event) => boolean, mostBehind: number, leave: () => void) {
    this.#wanted = wanted;
    this.#mostBehind = mostBehind;
    this.#leave = leave;
  }

  put(event: Event): void {
    if (!this.#wanted(event)) return;
    if (this.#waiting) {
      this.#waiting.resolve({ done: false, value: event });
      this.#waiting = undefined;
    } else if (this.#events.length < this.#mostBehind) this.#events.push(event);
    else this.fail(tooSlow(this.#mostBehind));
  }

  /** Ends it with an error, which comes next: what was not taken yet is forgotten. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#end();
    if (this.#waiting) this.#waiting.reject(error);
    else this.#error = error;
    this.#waiting = undefined;
  }

  /** To be asked one at a time. */
  async next(): Promise<IteratorResult<Event, void>> {
    const [event] = this.#events.splice(0, 1);
    if (event !== undefined) return { done: false, value: event };
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
    if (this.#ended) return { done: true, value: undefined };
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  async return(): Promise<IteratorResult<Event, void>> {
    this.#end();
    this.#error = undefined;
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = undefined;
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<Event, void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #end(): void {
    this.#events = [];
    if (this.#ended) return;
    this.#ended = true;
    this.#leave();
  }
}

const tooSlow = (most: number): CountersignError =>
  new CountersignError(
    'SUBSCRIPTION_TOO_SLOW',
    `More than ${most} events were waiting to be taken. Subscribe again, and read anew what you show.`,
  );
