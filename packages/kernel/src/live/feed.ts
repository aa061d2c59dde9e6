import type { Database } from '../database/database.ts';
import { Listening } from '../database/listening.ts';
import { CountersignError } from '../errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { LiveHub } from './hub.ts';

export interface FeedOptions<Event> {
  readonly database: Database;
  /** The channel that `pg_notify` tells it on, in the transactions that make it true. */
  readonly channel: string;
  /** Reads a payload: whom it concerns, and what happened. Undefined for what is not of this version. */
  readonly read: (payload: string) => { readonly topic: string; readonly event: Event } | undefined;
  readonly log: Logger;
}

/**
 * What has happened since, in this process and in others, for those who follow it. It is told once its transaction is
 * committed, and not kept: when the connection that it is heard on is lost, everyone is ended with
 * `SUBSCRIPTION_INTERRUPTED`, since something may have been missed.
 */
export class LiveFeed<Event> {
  readonly #hub = new LiveHub<Event>();
  readonly #listening: Listening;

  constructor({ database, channel, read, log }: FeedOptions<Event>) {
    const heard = (payload: string): void => {
      const told = read(payload);
      if (told) this.#hub.publish(told.topic, told.event);
    };
    this.#listening = new Listening(database, channel, { heard, lost: () => this.#hub.interrupt(interrupted()) }, log);
  }

  /** How many follow something. */
  get size(): number {
    return this.#hub.size;
  }

  start(): Promise<void> {
    return this.#listening.start();
  }

  async stop(): Promise<void> {
    this.#hub.interrupt(interrupted());
    await this.#listening.stop();
  }

  /** What happens from now on. Throws `SUBSCRIPTION_INTERRUPTED` while nothing can be heard. */
  follow(topic: string, wanted?: (event: Event) => boolean): AsyncGenerator<Event, void, void> {
    if (!this.#listening.listening) throw interrupted();
    return this.#hub.follow(topic, wanted);
  }
}

/** For streams that broke off: something may have been missed. */
export const interrupted = (cause?: unknown): CountersignError =>
  new CountersignError(
    'SUBSCRIPTION_INTERRUPTED',
    'The stream of events broke off. Subscribe again, and read anew what you show.',
    { cause },
  );
