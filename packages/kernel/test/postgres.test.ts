import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../../test/support/postgres.ts';
import {
  acrossTenants,
  createLogger,
  createSchema,
  Database,
  type DomainEvent,
  type EntityManager,
  Events,
  ensureLoginRole,
  migrateQueue,
  migration,
  newId,
  publish,
  servicePrincipal,
  tenantTable,
} from '../src/index.ts';

const notes = migration('notes/001-initial', [
  ...createSchema('notes'),
  'create table notes.note (tenant_id uuid not null, id uuid not null, text text not null, primary key (tenant_id, id))',
  ...tenantTable('notes.note', ['select', 'insert']),
  'create table notes.seal (tenant_id uuid not null, seq bigint not null, hash text)',
  ...tenantTable('notes.seal', ['select', 'insert']),
  ...acrossTenants('notes.seal', 'sealer', 'select, update (hash)'),
  ...acrossTenants('notes.seal', 'worker', 'select (tenant_id, seq)'),
]);

/** The database as several processes use it: a pool of connections each, logged in as a role that owns nothing. */
describe('on PostgreSQL', () => {
  let server: PostgresServer;
  let database: Database;
  let second: Database;
  const login = 'countersign_login';
  const acme = servicePrincipal(newId(), 'test', []);
  const globex = servicePrincipal(newId(), 'test', []);
  type Tenant = typeof acme;

  const connect = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    return client;
  };
  /** Runs statements in one session of the login role, as it comes, without the product's own ceremony. */
  const asLogin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = await connect(server.appUrl);
    return work(client).finally(() => client.end());
  };
  const write = (principal: Tenant, text: string, on = database) =>
    on.withTenant(principal, (em) =>
      em.execute('insert into notes.note values (?, ?, ?)', [principal.tenantId, newId(), text]),
    );
  const texts = async (principal: Tenant, on = database): Promise<string[]> => {
    const rows: { text: string }[] = await on.withTenant(principal, (em) => em.execute('select text from notes.note'));
    return rows.map((row) => row.text);
  };

  beforeAll(async () => {
    server = await startPostgres();
    database = await Database.open({ entities: [], url: server.appUrl, poolSize: 4 });
    second = await Database.open({ entities: [], url: server.appUrl, poolSize: 4 });
    await database.migrate([notes], server.ownerUrl);
    await ensureLoginRole(server.ownerUrl, server.appUrl);
    await migrateQueue(server.ownerUrl, login);
  });
  afterAll(async () => {
    await second?.close();
    await database?.close();
    await server?.stop();
  });

  describe('isolation', () => {
    it('shows each tenant its own rows, in a crowd of transactions over two pools', async () => {
      const numbers = [...Array(30).keys()];
      await Promise.all(numbers.flatMap((n) => [write(acme, `acme ${n}`), write(globex, `globex ${n}`, second)]));
      const seen = await Promise.all(
        numbers.flatMap((n) => [texts(acme, n % 2 ? database : second), texts(globex, n % 2 ? second : database)]),
      );
      for (const [index, rows] of seen.entries()) {
        expect(rows).toHaveLength(30);
        expect(rows.every((text) => text.startsWith(index % 2 === 0 ? 'acme' : 'globex'))).toBe(true);
      }
    });

    it('refuses a row for another tenant', async () => {
      const smuggled = database.withTenant(acme, (em) =>
        em.execute('insert into notes.note values (?, ?, ?)', [globex.tenantId, newId(), 'smuggled']),
      );
      await expect(smuggled).rejects.toThrow(/row-level security/);
    });

    it('shows the application no rows without a tenant', async () => {
      const rows = await asLogin(async (client) => {
        await client.query('begin; set local role countersign_app');
        return (await client.query('select * from notes.note')).rows;
      });
      expect(rows).toEqual([]);
    });

    it('leaves no tenant and no role on a connection, neither after success nor after failure', async () => {
      const single = await Database.open({ entities: [], url: server.appUrl, poolSize: 1 });
      const session = async () => {
        if (single.backend.kind !== 'postgres') throw new Error('This is a test of PostgreSQL.');
        const { rows } = await single.backend.pool.query(
          "select pg_backend_pid() as pid, current_user as role, coalesce(current_setting('app.tenant_id', true), '') as tenant",
        );
        return rows[0];
      };
      try {
        const { pid } = await session();
        const clean = { pid, role: login, tenant: '' };
        await write(acme, 'one more', single);
        expect(await session()).toEqual(clean);
        await single.withTenant(acme, () => Promise.reject(new Error('no'))).catch(() => {});
        expect(await session()).toEqual(clean);
        await single.withTenant(acme, (em) => em.execute('select 1 / 0')).catch(() => {});
        expect(await session()).toEqual(clean);
        await single.asRole('relay', (em) => em.execute('select 1'));
        expect(await session()).toEqual(clean);
      } finally {
        await single.close();
      }
    });

    it('leaves a connection usable when the role was refused to it', async () => {
      const superuser = await connect(server.superuserUrl);
      await superuser.query("create role stranger login password 'stranger'");
      await superuser.end();
      const url = server.appUrl.replace(/\/\/.*@/, '//stranger:stranger@');
      const single = await Database.open({ entities: [], url, poolSize: 1 });
      try {
        for (const _ of [1, 2]) await expect(texts(acme, single)).rejects.toThrow(/permission denied to set role/);
      } finally {
        await single.close();
      }
    });
  });

  it('goes on after the server has cut every connection, those in use among them', async () => {
    const log = createLogger('silent');
    const received: DomainEvent[] = [];
    const reader = {
      name: 'test.after-the-cut',
      event: 'AfterTheCut',
      handle: async (_: unknown, event: DomainEvent) => void received.push(event),
    };
    const events = new Events(second, [reader], log);
    await events.start();
    const working = [...Array(4)].map(() => database.withTenant(acme, (em) => em.execute('select pg_sleep(20)')));
    const outcomes = Promise.allSettled(working);
    const superuser = await connect(server.superuserUrl);
    const sleeping = "select count(*)::int as n from pg_stat_activity where query like '%; select pg_sleep(20)'";
    while ((await superuser.query(sleeping)).rows[0].n < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    await superuser.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [login]);
    await superuser.end();
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(await Promise.all([...Array(12)].map(() => texts(globex)))).toHaveLength(12);
    await second.withTenant(acme, (em) => publish(em, { principal: acme, correlationId: 'c' }, 'AfterTheCut', {}));
    const deadline = Date.now() + 30_000;
    while (received.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    await events.stop();
    expect(received).toHaveLength(1);
  });

  describe('the login role', () => {
    it('owns no tables, is no superuser and does not bypass row-level security', async () => {
      const superuser = await connect(server.superuserUrl);
      const { rows } = await superuser.query(
        `select rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb,
                (select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
         from pg_roles where rolname = $1`,
        [login],
      );
      await superuser.end();
      expect(rows).toEqual([
        {
          rolsuper: false,
          rolbypassrls: false,
          rolinherit: false,
          rolcreaterole: false,
          rolcreatedb: false,
          owned: 0,
        },
      ]);
    });

    it('may itself read and write nothing of the product', async () => {
      for (const table of ['notes.note', 'notes.seal', 'kernel.outbox', 'kernel.consumed_event', 'kernel.migration']) {
        await expect(asLogin((client) => client.query(`select * from ${table}`))).rejects.toThrow(/permission denied/);
      }
      await expect(asLogin((client) => client.query('create table public.own (id int)'))).rejects.toThrow(
        /permission denied/,
      );
      await expect(asLogin((client) => client.query('set role countersign_owner'))).rejects.toThrow(
        /permission denied/,
      );
    });

    it('keeps its password out of every statement, and can be made ready again', async () => {
      await ensureLoginRole(server.ownerUrl, server.appUrl);
      const wrong = server.appUrl.replace('p%40ss', 'other');
      await expect(connect(wrong)).rejects.toThrow(/password authentication failed/);
      const superuser = await connect(server.superuserUrl);
      const { rows } = await superuser.query('select rolpassword from pg_authid where rolname = $1', [login]);
      await superuser.end();
      expect(rows[0].rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
    });

    it('is refused when it would see through row-level security', async () => {
      const refusal = (url: string) => ensureLoginRole(server.ownerUrl, url);
      await expect(refusal(server.superuserUrl)).rejects.toThrow(/postgres is a superuser/);
      await expect(refusal(server.ownerUrl)).rejects.toThrow(/countersign_owner owns tables/);
      const superuser = await connect(server.superuserUrl);
      await superuser.query('create role all_seeing login bypassrls; create role deputy login');
      await superuser.query('grant countersign_owner to deputy');
      await superuser.end();
      await expect(refusal('postgres://all_seeing@127.0.0.1/x')).rejects.toThrow(/all_seeing bypasses/);
      await expect(refusal('postgres://deputy@127.0.0.1/x')).rejects.toThrow(/deputy owns tables/);
    });
  });

  describe('the narrow roles', () => {
    const run = (role: 'relay' | 'sealer' | 'worker', sql: string) =>
      database.asRole(role, (em: EntityManager) => em.execute(sql));

    it('see across tenants what they are for, and nothing else', async () => {
      for (const principal of [acme, globex]) {
        await database.withTenant(principal, (em) =>
          em.execute('insert into notes.seal values (?, 1, null)', [principal.tenantId]),
        );
      }
      expect(await run('sealer', 'select tenant_id from notes.seal')).toHaveLength(2);
      expect(await run('worker', 'select tenant_id, seq from notes.seal')).toHaveLength(2);
      await run('sealer', "update notes.seal set hash = 'sealed'");
      const denied = [
        ['sealer', 'update notes.seal set seq = 7'],
        ['sealer', 'delete from notes.seal'],
        ['sealer', 'select * from notes.note'],
        ['worker', 'select hash from notes.seal'],
        ['worker', 'select * from kernel.outbox'],
        ['relay', 'select * from notes.note'],
        ['relay', "update kernel.outbox set payload = '{}'"],
        ['relay', 'delete from kernel.outbox'],
      ] as const;
      for (const [role, sql] of denied) await expect(run(role, sql)).rejects.toThrow(/permission denied/);
    });

    it('the application changes no seal that it wrote', async () => {
      const change = database.withTenant(acme, (em) => em.execute("update notes.seal set hash = 'forged'"));
      await expect(change).rejects.toThrow(/permission denied/);
    });
  });

  describe('events', () => {
    const log = createLogger('silent');
    const origin = (principal: Tenant) => ({ principal, correlationId: 'c-1' });
    const emit = (principal: Tenant, n: number, on: Database) =>
      on.withTenant(principal, (em) => publish(em, origin(principal), 'NoteWritten', { n }));
    const consumerOf = (received: DomainEvent[], refusals: unknown[] = []) => ({
      name: 'test.note-reader',
      event: 'NoteWritten',
      handle: async (em: EntityManager, event: DomainEvent) => {
        await em.execute('insert into notes.note values (?, ?, ?)', [event.tenantId, newId(), `event ${event.id}`]);
        const refused = refusals.indexOf((event.payload as { n: number }).n);
        if (refused >= 0) {
          refusals.splice(refused, 1);
          throw new Error('not yet');
        }
        received.push(event);
      },
    });
    const until = async (done: () => boolean | Promise<boolean>) => {
      const deadline = Date.now() + 30_000;
      while (!(await done()) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    };

    it('are delivered once each, to one of two processes with a relay each, also after a failure', async () => {
      // With those that it came with, and by itself: what the others did is done again, and counts once.
      const [received, refusals] = [[] as DomainEvent[], [3, 3]];
      const processes = [database, second].map((each) => new Events(each, [consumerOf(received, refusals)], log));
      for (const events of processes) await events.start();
      const numbers = [...Array(120).keys()];
      await Promise.all(numbers.map((n) => emit(n % 3 ? acme : globex, n, n % 2 ? database : second)));
      const arrived = () => new Set(received.map((event) => (event.payload as { n: number }).n));
      await until(() => arrived().size >= numbers.length);
      for (const events of processes) await events.stop();
      expect([...arrived()].sort((a, b) => a - b)).toEqual(numbers);
      const kept = [...(await texts(acme)), ...(await texts(globex))].filter((text) => text.startsWith('event '));
      expect(new Set(kept).size).toBe(numbers.length);
      expect(kept).toHaveLength(numbers.length);
    });

    it('wait for a consumer that is known and not yet up', async () => {
      const received: DomainEvent[] = [];
      const late = { ...consumerOf(received), name: 'test.late-reader', event: 'NoteArchived' };
      await new Events(database, [late], log).register();
      const other = new Events(second, [], log);
      await other.start();
      await second.withTenant(acme, (em) => publish(em, origin(acme), 'NoteArchived', { n: 1 }));
      await until(async () => {
        const waiting = await second.withTenant(acme, (em) =>
          em.execute("select 1 from kernel.outbox where type = 'NoteArchived' and published_at is null"),
        );
        return waiting.length === 0;
      });
      await other.stop();
      expect(received).toEqual([]);
      const own = new Events(database, [late], log);
      await own.start();
      await until(() => received.length > 0);
      await own.stop();
      expect(received.map((event) => event.payload)).toEqual([{ n: 1 }]);
    });

    it('announce themselves to the consumer, which need not wait for its next look', async () => {
      const events = new Events(database, [consumerOf([])], log);
      await events.start();
      const superuser = await connect(server.superuserUrl);
      const { rows } = await superuser.query(
        "select query from pg_stat_activity where usename = $1 and query ilike 'listen%'",
        [login],
      );
      const [, channel] = /"(.+)"/.exec(String(rows[0]?.query)) ?? [];
      const heard: (string | undefined)[] = [];
      superuser.on('notification', (message) => heard.push(message.payload));
      await superuser.query(`listen "${channel}"`);
      await emit(acme, 500, second);
      await until(() => heard.length > 0);
      await events.stop();
      await superuser.end();
      expect(heard).toContain('test');
    });
  });
});
