import type { Database, Logger } from '@countersign/kernel';
import { WebhookFailure } from '../../entities/webhook-delivery.ts';
import { type DueWebhook, dueWebhooks } from '../../statements/webhooks.ts';
import type { Leases } from '../leases.ts';
import type { Attempt, WebhookAttempts } from './attempts.ts';
import type { Outcome, Post } from './post.ts';

/** How many attempts are under way at once, so that whoever hangs makes nobody else wait. */
export interface Room {
  readonly inAll: number;
  readonly perTenant: number;
  readonly perEndpoint: number;
}

const usualRoom: Room = { inAll: 64, perTenant: 8, perEndpoint: 2 };
const batch = 200;

/** Sends what is due, of all tenants. It waits for no receiver: what is under way goes on beside the next run. */
export class WebhookSender {
  readonly #parts: Parts;
  readonly #room: Room;
  readonly #underWay = new Map<string, { readonly due: DueWebhook; readonly done: Promise<void> }>();
  readonly #stop = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#room = parts.room ?? usualRoom;
  }

  /** Begins what there is room for. True when there may be more to begin at once. */
  async sendDue(): Promise<boolean> {
    if (this.#stop.signal.aborted || this.#underWay.size >= this.#room.inAll) return false;
    const { database, leases, now } = this.#parts;
    const { owner, alone } = leases;
    const { perEndpoint } = this.#room;
    const due = await database.asRole('worker', (em) =>
      dueWebhooks(em, { now: now(), owner, alone, perEndpoint, limit: batch }),
    );
    for (const each of due) if (this.#hasRoomFor(each)) this.#begin(each);
    // The end of what is under way makes room, and calls again.
    return false;
  }

  /** Cuts off what is under way, and waits until it is given back. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
    await this.#parts.close();
  }

  #hasRoomFor({ id, tenantId, endpointId }: DueWebhook): boolean {
    if (this.#underWay.has(id) || this.#underWay.size >= this.#room.inAll) return false;
    const all = [...this.#underWay.values()];
    const ofTenant = all.filter(({ due }) => due.tenantId === tenantId).length;
    const ofEndpoint = all.filter(({ due }) => due.endpointId === endpointId).length;
    return ofTenant < this.#room.perTenant && ofEndpoint < this.#room.perEndpoint;
  }

  #begin(due: DueWebhook): void {
    const { logger, wake } = this.#parts;
    const done = this.#send(due)
      .catch((error: unknown) => {
        const about = { err: error, deliveryId: due.id, tenantId: due.tenantId };
        logger.warn(about, 'A webhook could not be sent or recorded; it is sent again');
      })
      .finally(() => {
        this.#underWay.delete(due.id);
        wake();
      });
    this.#underWay.set(due.id, { due, done });
  }

  async #send(due: DueWebhook): Promise<void> {
    const { attempts } = this.#parts;
    const attempt = await attempts.begin(due);
    if (!attempt) return;
    const outcome = await this.#post(attempt);
    await (outcome ? attempts.end(attempt, outcome) : attempts.giveBack(attempt));
  }

  /** Null when it was cut off by `stop`. */
  async #post({ message }: Attempt): Promise<Outcome | null> {
    if (!message) {
      return { delivered: false, status: null, reason: WebhookFailure.SECRET_UNREADABLE, retryAfterMs: null };
    }
    const { signal } = this.#stop;
    return this.#parts.post(message, signal).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
  }
}

interface Parts {
  readonly database: Database;
  readonly attempts: WebhookAttempts;
  readonly post: Post;
  readonly leases: Leases;
  readonly logger: Pick<Logger, 'warn'>;
  readonly now: () => Date;
  /** Told when there is room again. */
  readonly wake: () => void;
  /** Closes what `post` keeps open. */
  readonly close: () => Promise<void>;
  readonly room?: Room;
}
