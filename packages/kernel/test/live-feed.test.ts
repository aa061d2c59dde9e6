import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../../test/support/postgres.ts';
import { createLogger, Database, LiveFeed } from '../src/index.ts';
import { createTestDatabase } from '../src/testing/index.ts';

const feedOn = (database: Database) =>
  new LiveFeed<string>({
    database,
    channel: 'countersign_test',
    read: (payload) => (payload.includes(' ') ? { topic: payload.split(' ')[0] ?? '', event: payload } : undefined),
    log: createLogger('silent'),
  });

describe('a feed of live events', () => {
  describe('on the embedded database', () => {
    let database: Database;
    let feed: LiveFeed<string>;
    beforeAll(async () => {
      database = await createTestDatabase([]);
      feed = feedOn(database);
      await feed.start();
    });
    afterAll(async () => {
      await feed.stop();
      await database.close();
    });
    const tell = (text: string) =>
      database.asRole(
        'worker',
        async (em) => void (await em.execute("select pg_notify('countersign_test', ?)", [text])),
      );

    it('tells what was committed, to those who follow the topic, and nothing that it cannot read', async () => {
      const events = feed.follow('a');
      const rolledBack = database.asRole('worker', async (em) => {
        await em.execute("select pg_notify('countersign_test', 'a lost')");
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      for (const text of ['nonsense', 'b 1', 'a 2']) await tell(text);
      expect(await events.next()).toEqual({ done: false, value: 'a 2' });
      await events.return();
      expect(feed.size).toBe(0);
    });
  });

  describe('on a PostgreSQL server', () => {
    let server: PostgresServer;
    let database: Database;
    let feed: LiveFeed<string>;
    beforeAll(async () => {
      server = await startPostgres();
      database = await Database.open({ entities: [], url: server.superuserUrl });
      feed = feedOn(database);
      await feed.start();
    });
    afterAll(async () => {
      await feed?.stop();
      await database?.close();
      await server?.stop();
    });
    /** As another process does. */
    const elsewhere = async (statement: string): Promise<void> => {
      const client = new Client({ connectionString: server.superuserUrl });
      await client.connect();
      await client.query(statement);
      await client.end();
    };

    it('tells what other processes committed', async () => {
      const events = feed.follow('a');
      await elsewhere("select pg_notify('countersign_test', 'a 1')");
      expect((await events.next()).value).toBe('a 1');
      await events.return();
    });

    it('ends those who follow when its connection is lost, begins nothing until it hears again, and then goes on', async () => {
      const lost = feed.follow('a').next();
      await elsewhere("select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen countersign_test'");
      await expect(lost).rejects.toMatchObject({ code: 'SUBSCRIPTION_INTERRUPTED' });
      expect(() => feed.follow('a')).toThrow('broke off');
      const again = async (): Promise<AsyncGenerator<string, void, void>> => {
        try {
          return feed.follow('a');
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return again();
        }
      };
      const events = await again();
      await elsewhere("select pg_notify('countersign_test', 'a 2')");
      expect((await events.next()).value).toBe('a 2');
      await events.return();
    });
  });
});
