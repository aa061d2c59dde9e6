import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, subscribe } from 'graphql';
import { Query, Resolver, Root, Subscription } from 'type-graphql';
import {
  anyone,
  can,
  changeAccess,
  createSchema,
  defineSubgraph,
  type EventStream,
  migration,
  newId,
  PrincipalSigner,
  remoteSubscriber,
  requestContext,
  serveSubgraph,
  tenantTable,
} from '../src/index.ts';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '../src/testing/index.ts';

/** Hands on what is put in, once somebody follows. */
class Feed {
  readonly #waiting: ((event: number) => void)[] = [];
  begun = 0;

  put(event: number): void {
    for (const take of this.#waiting.splice(0)) take(event);
  }

  async *events(): AsyncGenerator<number> {
    this.begun += 1;
    for (;;) yield await new Promise<number>((take) => this.#waiting.push(take));
  }
}

const feed = new Feed();

@Resolver()
class Ticks {
  @Query(() => String)
  hour(): string {
    return 'noon';
  }

  @Subscription(() => String, { subscribe: () => feed.events() })
  ticks(@Root() tick: number): string {
    return `tick ${tick}`;
  }

  @Subscription(() => String, { nullable: true, subscribe: () => feed.events() })
  oddTicks(@Root() tick: number): string | null {
    if (tick > 100) throw new Error('No clock goes so far.');
    return tick % 2 === 1 ? `tick ${tick}` : null;
  }

  @Subscription(() => String, { subscribe: () => feed.events() })
  unnamed(): string {
    return 'tick';
  }
}

const grants = migration('grants/001', [
  ...createSchema('grants'),
  'create table grants.held (tenant_id uuid not null, id text not null, permissions text[] not null)',
  ...tenantTable('grants.held', ['select', 'insert', 'update']),
  `create or replace function kernel.access_of(kind text, id text, session text)
     returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                    until timestamptz)
     language sql stable as $$
       select null, null, '{}'::text[], '{}'::text[], held.permissions, '{}'::jsonb, null::timestamptz
       from grants.held where held.id = $2 $$`,
]);

const ticking = defineSubgraph({
  name: 'knowledge',
  entities: [],
  migrations: [grants],
  permissions: {
    catalogue: [{ name: 'knowledge:tick:hear', description: 'Hear ticks.', risk: 'LOW' }],
    Query: { hour: anyone },
    Subscription: { ticks: can('knowledge:tick:hear'), oddTicks: can('knowledge:tick:hear') },
  },
  assemble: () => ({ resolvers: [new Ticks()] }),
});

describe('a subscription', () => {
  let house: TestSubgraphs;
  beforeAll(async () => {
    house = await startTestSubgraphs([ticking]);
  });
  afterAll(() => house.close());

  const follow = async (
    permissions: string[],
    field = 'ticks',
    id = newId(),
    revision?: number,
    tenant = testPrincipal().tenantId,
  ) => {
    const schema = house.runtimes.get('knowledge')?.schema;
    if (!schema) throw new Error('No schema.');
    const principal = testPrincipal({ permissions, id, revision, tenantId: tenant });
    const contextValue = { ...requestContext(principal, house.kernel.log), access: house.kernel.access };
    return subscribe({ schema, document: parse(`subscription { ${field} }`), contextValue });
  };

  it('begins for who may, and for nobody else: nothing is begun for them', async () => {
    for (const refused of [await follow([]), await follow(['*:*:*'], 'unnamed')]) {
      expect(refused).toMatchObject({ errors: [{ originalError: { code: 'FORBIDDEN' } }] });
    }
    expect(feed.begun).toBe(0);
    const events = await follow(['knowledge:tick:hear']);
    if (!(Symbol.asyncIterator in events)) throw new Error('It was refused.');
    const next = events.next();
    await new Promise((resolve) => setImmediate(resolve));
    feed.put(1);
    expect((await next).value).toEqual({ data: { ticks: 'tick 1' } });
    await events.return(undefined);
  });

  it('ends with the first event after the permission was revoked', async () => {
    const [id, { tenantId }] = [newId(), testPrincipal()];
    await house.database.withTenant({ tenantId }, async (em) => {
      await em.execute("insert into kernel.access (tenant_id, region) values (?, 'eu')", [tenantId]);
      await em.execute("insert into grants.held values (?, ?, '{knowledge:tick:hear}')", [tenantId, id]);
    });
    const events = await follow(['knowledge:tick:hear'], 'ticks', id, 1, tenantId);
    if (!(Symbol.asyncIterator in events)) throw new Error('It was refused.');
    const first = events.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    feed.put(1);
    expect((await first).value).toEqual({ data: { ticks: 'tick 1' } });
    const second = events.next();
    await house.database.withTenant({ tenantId }, async (em) => {
      await changeAccess(em, tenantId);
      await em.execute("update grants.held set permissions = '{}'");
    });
    feed.put(2);
    await expect(second).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await events.next()).done).toBe(true);
  });

  describe.each(['in this process', 'in another process'])('%s', (where) => {
    const key = 'a key between processes, long enough for one';
    let served: Awaited<ReturnType<typeof serveSubgraph>>;
    const runtime = () => {
      const found = house.runtimes.get('knowledge');
      if (!found) throw new Error('No subgraph.');
      return found;
    };
    beforeAll(async () => {
      const { log } = house.kernel;
      served = await serveSubgraph({
        runtime: runtime(),
        signer: new PrincipalSigner(key),
        log,
        host: 'localhost',
        port: 0,
      });
    });
    afterAll(() => served.close());

    const begin = (query: string, permissions = ['knowledge:tick:hear'], signer = new PrincipalSigner(key)) => {
      const context = requestContext(testPrincipal({ permissions }), house.kernel.log);
      if (where === 'in this process') return runtime().subscribe({ query }, context);
      return remoteSubscriber(served.url, 'knowledge', signer)({ query }, context);
    };
    const begun = async (query: string): Promise<EventStream> => {
      const events = await begin(query);
      if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
      return events;
    };
    /** The event's turn comes once it is waited for. */
    const put = async (...ticks: number[]): Promise<void> => {
      for (const tick of ticks) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        feed.put(tick);
      }
    };

    it('answers each event like an operation of its own, and leaves out what answers null alone', async () => {
      const events = await begun('subscription { oddTicks }');
      const first = events.next();
      await put(2, 3);
      expect((await first).value).toEqual({ data: { oddTicks: 'tick 3' } });
      const second = events.next();
      await put(101);
      expect((await second).value).toMatchObject({
        data: { oddTicks: null },
        errors: [{ extensions: { code: 'INTERNAL_ERROR' } }],
      });
      const last = events.next();
      void put(5);
      await events.return();
      expect((await last).done).toBe(true);
    });

    it('refuses with the code, and begins nothing', async () => {
      const before = feed.begun;
      expect(await begin('subscription { ticks }', [])).toMatchObject({
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
      expect(await begin('subscription { tocks }')).toMatchObject({
        errors: [{ extensions: { code: 'BAD_REQUEST' } }],
      });
      expect(feed.begun).toBe(before);
    });

    if (where === 'in this process') return;

    it('takes no caller that is not signed by us, and ends what is under way when it ends', async () => {
      const stranger = new PrincipalSigner('a key that is long enough and of somebody else');
      expect(await begin('subscription { ticks }', undefined, stranger)).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
      const events = await begun('subscription { ticks }');
      const next = events.next();
      const closed = served.close();
      void put(1);
      await expect(next).rejects.toMatchObject({ extensions: { code: 'SUBSCRIPTION_INTERRUPTED' } });
      await closed;
    });
  });
});
