import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, subscribe } from 'graphql';
import { Query, Resolver, Root, Subscription } from 'type-graphql';
import {
  anyone,
  can,
  changeAccess,
  createSchema,
  defineSubgraph,
  migration,
  newId,
  requestContext,
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
    Subscription: { ticks: can('knowledge:tick:hear') },
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
});
