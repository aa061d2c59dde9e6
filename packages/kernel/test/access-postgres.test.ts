import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../../test/support/postgres.ts';
import {
  Access,
  changeAccess,
  createLogger,
  createSchema,
  Database,
  ensureLoginRole,
  migration,
  newId,
  type Principal,
  tenantId,
  tenantTable,
} from '../src/index.ts';

/** Grants as simple as they can be, in the place of the tenants subgraph's. */
const grants = migration('grants/001', [
  ...createSchema('grants'),
  'create table grants.held (tenant_id uuid not null, id text not null, permissions text[] not null, until timestamptz)',
  ...tenantTable('grants.held', ['select', 'insert', 'update', 'delete']),
  `create or replace function kernel.access_of(kind text, id text, session text)
     returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                    until timestamptz)
     language sql stable as $$
       select null, null, '{}'::text[], '{}'::text[], held.permissions, '{}'::jsonb, held.until
       from grants.held where held.id = $2 $$`,
]);

describe('a change of permissions', () => {
  let server: PostgresServer;
  let here: Database;
  let there: Database;
  let access: Access;
  let other: Access;
  const tenant = tenantId(newId());
  const log = createLogger('silent');
  const now = () => new Date();
  const olga: Principal = {
    kind: 'user',
    tenantId: tenant,
    id: newId(),
    roles: [],
    permissions: ['notes:note:read'],
    attributes: {},
    revision: 1,
  };

  beforeAll(async () => {
    server = await startPostgres();
    here = await Database.open({ entities: [], url: server.appUrl });
    await here.migrate([grants], server.ownerUrl);
    await ensureLoginRole(server.ownerUrl, server.appUrl);
    there = await Database.open({ entities: [], url: server.appUrl });
    access = new Access({ database: here, log, now });
    other = new Access({ database: there, log, now });
    await access.start();
    await other.start();
    await here.withTenant(olga, async (em) => {
      await em.execute('insert into kernel.access (tenant_id, region) values (?, ?)', [tenant, 'eu']);
      await em.execute('insert into grants.held values (?, ?, ?)', [tenant, olga.id, '{notes:note:read}']);
    });
  }, 60_000);
  afterAll(async () => {
    await access?.stop();
    await other?.stop();
    await here?.close();
    await there?.close();
    await server?.stop();
  });

  const change = (permissions: string) =>
    here.withTenant(olga, async (em) => {
      await changeAccess(em, tenant);
      await em.execute('update grants.held set permissions = ? where id = ?', [permissions, olga.id]);
    });
  const told = (by: Access) => new Promise<void>((resolve) => by.revisions.onChange(() => resolve()));

  it('costs nothing while there is none', async () => {
    expect(await access.current(olga)).toBe(olga);
    expect(access.current(olga)).toBe(olga);
  });

  it('is in force at once in the process that made it, and when the others are told in theirs', async () => {
    await other.current(olga);
    const heard = told(other);
    await change('{notes:note:write}');
    expect((await access.current(olga)).permissions).toEqual(['notes:note:write']);
    await heard;
    expect((await other.current(olga)).permissions).toEqual(['notes:note:write']);
  });

  it('is found out inside a transaction without having been told', async () => {
    const held = await other.current(olga);
    await here.withTenant(olga, async (em) => {
      // The revision moves without a word to anybody, as if the notification were lost.
      await em.execute("update grants.held set permissions = '{}' where id = ?", [olga.id]);
    });
    await asSuperuser('alter table kernel.access disable trigger tell');
    await here.withTenant(olga, (em) => changeAccess(em, tenant));
    await asSuperuser('alter table kernel.access enable trigger tell');
    const fresh = await there.withTenant(olga, (em) => other.currentIn(em, held));
    expect(fresh.permissions).toEqual([]);
  });

  it('is heard again after the connection that listens was lost', async () => {
    const lost = told(other);
    await asSuperuser(
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen countersign_access'",
    );
    await lost;
    const heard = told(other);
    await change('{notes:note:share}');
    await heard;
    expect((await other.current(olga)).permissions).toEqual(['notes:note:share']);
  });

  it('is in force when a grant ends by itself', async () => {
    const ended = { ...(await access.current(olga)), until: Date.now() - 1 };
    await here.withTenant(olga, (em) => em.execute('delete from grants.held where id = ?', [olga.id]));
    await expect(access.current(ended)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('of a role that can see more is not to be had by the application', async () => {
    const refused = here.withTenant(olga, (em) =>
      em.execute("insert into kernel.permission values ('a:b:c', 'a', 'b', 'LOW', null, false)"),
    );
    await expect(refused).rejects.toThrow('permission denied');
  });

  async function asSuperuser(statement: string): Promise<void> {
    const client = new Client({ connectionString: server.superuserUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  }
});
