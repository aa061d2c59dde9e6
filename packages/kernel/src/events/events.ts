import { CompiledQuery } from 'kysely';
import { type Job, type JobResult, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database, EntityManager } from '../database/database.ts';
import { servicePrincipal } from '../principal/principal.ts';
import { embeddedQueue } from './embedded-queue.ts';
import type { DomainEvent, EventConsumer } from './event.ts';
import { Loop } from './loop.ts';

const schema = 'pgboss';
const queueOptions = { retryLimit: 8, retryDelay: 1, retryBackoff: true, retryDelayMax: 300, notify: true } as const;

interface Delivery {
  readonly tenantId: string;
  readonly eventId: string;
}

/**
 * Moves events from the outbox to their consumers: a relay claims what is unpublished and puts one job (ids alone) into
 * each consumer's queue, in one transaction; pg-boss delivers, retries with backoff, and keeps what failed for good.
 */
export class Events {
  readonly #database: Database;
  readonly #consumers: readonly EventConsumer[];
  readonly #log: Logger;
  readonly #boss: PgBoss;
  readonly #relay: Loop;
  #forget: () => void = () => {};

  constructor(database: Database, consumers: readonly EventConsumer[], log: Logger) {
    this.#database = database;
    this.#consumers = consumers;
    this.#log = log;
    this.#boss = createBoss(database);
    this.#boss.on('error', (error) => log.warn({ err: error }, 'The job queue reported an error'));
    this.#relay = new Loop('outbox-relay', () => this.#publishOutstanding(), log, {
      intervalMs: database.backend.kind === 'pglite' ? 1_000 : 250,
    });
  }

  async start(): Promise<void> {
    await this.#boss.start();
    const { backend } = this.#database;
    if (backend.kind === 'pglite')
      await backend.turnstile.run(() => backend.pglite.exec(queueGrants('countersign_relay')));
    await this.#subscribe();
    for (const consumer of this.#consumers) {
      await this.#boss.work<Delivery>(
        queueOf(consumer.name),
        { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5, batchSize: 50, perJobResults: true },
        async (jobs) => {
          const results: JobResult[] = [];
          for (const job of jobs) results.push(await this.#attempt(consumer, job));
          return results;
        },
      );
    }
    this.#forget = this.#database.onCommit(({ published }) => published && this.#relay.wake());
    this.#relay.start();
  }

  async stop(): Promise<void> {
    this.#forget();
    await this.#relay.stop();
    await this.#boss.stop({ graceful: true, timeout: 5_000 });
  }

  /**
   * Makes the consumers known and their queues, and delivers nothing: what other processes publish before the consumers'
   * own process is up waits for it.
   */
  async register(): Promise<void> {
    await this.#boss.start();
    try {
      await this.#subscribe();
    } finally {
      await this.#boss.stop({ graceful: false });
    }
  }

  async #subscribe(): Promise<void> {
    for (const consumer of this.#consumers) {
      const queue = queueOf(consumer.name);
      await this.#boss.createQueue(queue, queueOptions);
      await this.#database.asRole('relay', (em) =>
        em.execute('insert into kernel.subscription (event_type, queue) values (?, ?) on conflict do nothing', [
          consumer.event,
          queue,
        ]),
      );
    }
  }

  /** Publishes up to a hundred events; true when there may be more. */
  async #publishOutstanding(): Promise<boolean> {
    return this.#database.asRole('relay', async (em) => {
      // Claimed by lock, not by ascending id: ids of transactions that commit late would be skipped.
      const claimed: { id: string; tenant_id: string; type: string }[] = await em.execute(
        `select id, tenant_id, type from kernel.outbox where published_at is null
         order by occurred_at limit 100 for update skip locked`,
      );
      if (claimed.length === 0) return false;
      const subscriptions: { event_type: string; queue: string }[] = await em.execute(
        'select event_type, queue from kernel.subscription',
      );
      for (const { event_type, queue } of subscriptions) {
        const jobs = claimed
          .filter((event) => event.type === event_type)
          .map((event) => ({ data: { tenantId: event.tenant_id, eventId: event.id } satisfies Delivery }));
        if (jobs.length > 0) await this.#boss.insert(queue, jobs, { db: transactionOf(em) });
      }
      await em.execute('update kernel.outbox set published_at = clock_timestamp() where id in (?)', [
        claimed.map((event) => event.id),
      ]);
      return claimed.length === 100;
    });
  }

  /** Each event of a batch fails for itself: those that came with it are not tried again because of it. */
  async #attempt(consumer: EventConsumer, { id, data }: Job<Delivery>): Promise<JobResult> {
    try {
      await this.#deliver(consumer, data);
      return { id, status: 'completed' };
    } catch (error) {
      this.#log.warn({ err: error, eventId: data.eventId, consumer: consumer.name }, 'An event could not be consumed');
      return { id, status: 'failed', output: { reason: error instanceof Error ? error.name : 'unknown' } };
    }
  }

  async #deliver(consumer: EventConsumer, delivery: Delivery): Promise<void> {
    const principal = servicePrincipal(delivery.tenantId, consumer.name, []);
    await this.#database.withTenant(principal, async (em) => {
      const fresh = await em.execute(
        `insert into kernel.consumed_event (tenant_id, consumer, event_id) values (?, ?, ?)
         on conflict do nothing returning event_id`,
        [delivery.tenantId, consumer.name, delivery.eventId],
      );
      if (fresh.length === 0) return;
      const [event]: DomainEvent[] = await em.execute(
        `select id, tenant_id as "tenantId", type, payload, principal, workflow, surface,
                correlation_id as "correlationId", occurred_at as "occurredAt"
         from kernel.outbox where id = ?`,
        [delivery.eventId],
      );
      if (event) await consumer.handle(em, event);
      else
        this.#log.error(
          { eventId: delivery.eventId, consumer: consumer.name },
          'An event to deliver is not in the outbox',
        );
    });
  }
}

/** Queue names take letters, digits and a few marks. */
const queueOf = (consumer: string): string => consumer.replaceAll(/[^A-Za-z0-9_.-]/g, '-');

function createBoss(database: Database): PgBoss {
  const { backend } = database;
  const common = { schema, useListenNotify: true, schedule: false } as const;
  if (backend.kind === 'postgres') {
    return new PgBoss({ ...common, connectionString: backend.url, max: 4, migrate: false, createSchema: false });
  }
  return new PgBoss({ ...common, db: embeddedQueue(backend.pglite, backend.turnstile), backend: 'pglite' });
}

/** Lets pg-boss write into an open transaction. */
function transactionOf(em: EntityManager) {
  const transaction = em.getTransactionContext<{
    executeQuery(query: CompiledQuery): Promise<{ rows: unknown[] }>;
  }>();
  if (!transaction) throw new Error('No transaction is open.');
  return {
    executeSql: async (text: string, values: unknown[] = []) => {
      const result = await transaction.executeQuery(CompiledQuery.raw(text, values));
      return { rows: [...result.rows] };
    },
  };
}

/**
 * Creates or updates the job queue's own tables, as their owner, and lets the process's login role and the relay use
 * them.
 */
export async function migrateQueue(ownerUrl: string, loginRole: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema, max: 2, schedule: false, supervise: false });
  boss.on('error', () => {}); // What fails is thrown; the queue's own background work is tried again by every process.
  await boss.start();
  await boss.getDb().executeSql(queueGrants('countersign_relay'));
  await boss.getDb().executeSql(queueGrants(`"${loginRole.replaceAll('"', '""')}"`));
  await boss.stop({ graceful: false });
}

const queueGrants = (role: string): string =>
  `grant usage on schema ${schema} to ${role};
   grant select, insert, update, delete on all tables in schema ${schema} to ${role};
   grant usage, select on all sequences in schema ${schema} to ${role};
   grant execute on all functions in schema ${schema} to ${role}`;
