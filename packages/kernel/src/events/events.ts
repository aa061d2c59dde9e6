import { CompiledQuery } from 'kysely';
import { type Job, type JobResult, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database, EntityManager } from '../database/database.ts';
import { writeLast } from '../database/write-last.ts';
import { servicePrincipal } from '../principal/principal.ts';
import { embeddedQueue } from './embedded-queue.ts';
import type { DomainEvent, EventConsumer } from './event.ts';
import { Loop } from './loop.ts';

const schema = 'pgboss';
const queueOptions = { retryLimit: 8, retryDelay: 1, retryBackoff: true, retryDelayMax: 300, notify: true } as const;

const mostPublished = 200;
/** A moment in which what a request publishes one after the other comes together, in milliseconds. */
const relayRestMs = 100;

interface Delivery {
  readonly tenantId: string;
  readonly eventId: string;
}

/**
 * Moves events from the outbox to their consumers: a relay claims what is unpublished and puts one job (ids alone) into
 * the queue of each subgraph that has a consumer for it, in one transaction; pg-boss delivers, retries with backoff, and
 * keeps what failed for good. What comes in together for a tenant is consumed together.
 */
export class Events {
  readonly #database: Database;
  /** By the queue that they share. */
  readonly #consumers: ReadonlyMap<string, readonly EventConsumer[]>;
  readonly #log: Logger;
  readonly #boss: PgBoss;
  readonly #relay: Loop;
  #forget: () => void = () => {};

  constructor(database: Database, consumers: readonly EventConsumer[], log: Logger) {
    this.#database = database;
    this.#consumers = Map.groupBy(consumers, queueOf);
    this.#log = log;
    this.#boss = createBoss(database);
    this.#boss.on('error', (error) => log.warn({ err: error }, 'The job queue reported an error'));
    this.#relay = new Loop('outbox-relay', () => this.#publishOutstanding(), log, {
      intervalMs: database.backend.kind === 'pglite' ? 1_000 : 250,
      restMs: relayRestMs,
    });
  }

  async start(): Promise<void> {
    await this.#boss.start();
    const { backend } = this.#database;
    if (backend.kind === 'pglite')
      await backend.turnstile.run(() => backend.pglite.exec(queueGrants('countersign_relay')));
    await this.#subscribe();
    for (const [queue, consumers] of this.#consumers) {
      await this.#boss.work<Delivery>(
        queue,
        { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5, batchSize: 100, perJobResults: true },
        (jobs) => this.#receive(consumers, jobs),
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
    for (const [queue, consumers] of this.#consumers) {
      await this.#boss.createQueue(queue, queueOptions);
      for (const [event, wanting] of Map.groupBy(consumers, ({ event }) => event)) {
        const audiences = new Set(wanting.map(({ audience }) => audience ?? null));
        // One consumer for whom every tenant's events are meant is enough.
        const audience = audiences.size === 1 ? [...audiences][0] : null;
        await this.#database.asRole('relay', (em) =>
          em.execute(
            `insert into kernel.subscription (event_type, queue, audience) values (?, ?, ?)
             on conflict (event_type, queue) do update set audience = excluded.audience`,
            [event, queue, audience],
          ),
        );
      }
    }
  }

  /** Publishes up to two hundred events; true when there may be more. */
  async #publishOutstanding(): Promise<boolean> {
    return this.#database.asRole('relay', async (em) => {
      // Claimed by lock, not by ascending id: ids of transactions that commit late would be skipped.
      const claimed: { id: string; tenant_id: string; queues: string[] | null }[] = await em.execute(
        `select id, tenant_id,
                (select jsonb_agg(queue) from kernel.subscription as wanted
                 where event_type = outbox.type
                   and (audience is null
                        or exists (select from kernel.audience as told
                                   where told.name = wanted.audience and told.tenant_id = outbox.tenant_id))) as queues
         from kernel.outbox where published_at is null
         order by occurred_at limit ${mostPublished} for update skip locked`,
      );
      if (claimed.length === 0) return false;
      const wanted = claimed.flatMap(({ id, tenant_id, queues }) =>
        (queues ?? []).map((queue) => ({ queue, data: { tenantId: tenant_id, eventId: id } satisfies Delivery })),
      );
      for (const [queue, deliveries] of Map.groupBy(wanted, (each) => each.queue)) {
        const jobs = deliveries.map(({ data }) => ({ data }));
        await this.#boss.insert(queue, jobs, { db: transactionOf(em) });
      }
      writeLast(em, 'update kernel.outbox set published_at = clock_timestamp() where id in (?)', [
        claimed.map((event) => event.id),
      ]);
      return claimed.length === mostPublished;
    });
  }

  /** What came in together is consumed tenant by tenant, in one transaction each. */
  async #receive(consumers: readonly EventConsumer[], jobs: readonly Job<Delivery>[]): Promise<JobResult[]> {
    const results: JobResult[] = [];
    for (const [tenantId, together] of Map.groupBy(jobs, ({ data }) => data.tenantId)) {
      const eventIds = together.map(({ data }) => data.eventId);
      try {
        await this.#deliver(consumers, tenantId, eventIds);
        results.push(...together.map(({ id }): JobResult => ({ id, status: 'completed' })));
      } catch {
        // One of them spoiled it for all: each is tried for itself, and says what is wrong with it.
        for (const job of together) results.push(await this.#attempt(consumers, job));
      }
    }
    return results;
  }

  /** Each consumer fails for itself: what the others did is remembered, and not done again with the next try. */
  async #attempt(consumers: readonly EventConsumer[], { id, data }: Job<Delivery>): Promise<JobResult> {
    let result: JobResult = { id, status: 'completed' };
    for (const consumer of consumers) {
      try {
        await this.#deliver([consumer], data.tenantId, [data.eventId]);
      } catch (error) {
        this.#log.warn(
          { err: error, eventId: data.eventId, consumer: consumer.name },
          'An event could not be consumed',
        );
        result = { id, status: 'failed', output: { reason: error instanceof Error ? error.name : 'unknown' } };
      }
    }
    return result;
  }

  /** Remembers the events as consumed and has them consumed, in one transaction; what was consumed before is left out. */
  async #deliver(consumers: readonly EventConsumer[], tenantId: string, eventIds: readonly string[]): Promise<void> {
    const wanted = consumers.map(({ name, event }) => ({ consumer: name, event }));
    await this.#database.withTenant(servicePrincipal(tenantId, 'events', []), async (em) => {
      const fresh: (DomainEvent & { consumer: string })[] = await em.execute(
        `with fresh as (
           insert into kernel.consumed_event (tenant_id, consumer, event_id)
           select happened.tenant_id, wanted.consumer, happened.id
           from kernel.outbox as happened
           join jsonb_to_recordset(?::jsonb) as wanted (consumer text, event text) on wanted.event = happened.type
           where happened.id in (?)
           order by happened.id, wanted.consumer
           on conflict do nothing
           returning consumer, event_id
         )
         select fresh.consumer, id, tenant_id as "tenantId", type, payload, principal, workflow, surface,
                correlation_id as "correlationId", occurred_at as "occurredAt"
         from fresh join kernel.outbox on id = fresh.event_id
         order by occurred_at, id`,
        [JSON.stringify(wanted), [...eventIds]],
      );
      const byConsumer = Map.groupBy(fresh, ({ consumer }) => consumer);
      for (const consumer of consumers) {
        const events = byConsumer.get(consumer.name) ?? [];
        if (events.length === 0) continue;
        if (consumer.handleAll) await consumer.handleAll(em, events);
        else for (const event of events) await consumer.handle(em, event);
      }
    });
  }
}

/** The part of a consumer's name before the first dot: those of a subgraph share a queue. */
const queueOf = ({ name }: EventConsumer): string => name.replace(/\..*/, '').replaceAll(/[^A-Za-z0-9_-]/g, '-');

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
