import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createLogger,
  createSchema,
  type Database,
  type DomainEvent,
  defineSubgraph,
  Events,
  migration,
  newId,
  publish,
  servicePrincipal,
  tenantTable,
} from '../src/index.ts';
import { createTestDatabase } from '../src/testing/index.ts';

const notes = defineSubgraph({
  name: 'knowledge',
  entities: [],
  migrations: [
    migration('notes/001-initial', [
      ...createSchema('notes'),
      'create table notes.note (tenant_id uuid not null, id uuid not null, text text not null, primary key (tenant_id, id))',
      ...tenantTable('notes.note', ['select', 'insert']),
    ]),
  ],
  permissions: { catalogue: [] },
  assemble: () => ({ resolvers: [] }),
});

describe('the database', () => {
  let database: Database;
  const acme = servicePrincipal(newId(), 'test', []);
  const globex = servicePrincipal(newId(), 'test', []);
  const write = (principal: typeof acme, text: string, tenant = principal.tenantId) =>
    database.withTenant(principal, (em) =>
      em.execute('insert into notes.note values (?, ?, ?)', [tenant, newId(), text]),
    );
  const texts = async (principal: typeof acme): Promise<string[]> => {
    const rows: { text: string }[] = await database.withTenant(principal, (em) =>
      em.execute('select text from notes.note order by text'),
    );
    return rows.map((row) => row.text);
  };

  beforeAll(async () => {
    database = await createTestDatabase([notes]);
  });
  afterAll(() => database.close());

  it('shows each tenant its own rows, also in a crowd of interleaved transactions', async () => {
    await Promise.all([...Array(20).keys()].flatMap((n) => [write(acme, `acme ${n}`), write(globex, `globex ${n}`)]));
    const seen = await Promise.all([...Array(10)].flatMap(() => [texts(acme), texts(globex)]));
    for (const [index, rows] of seen.entries()) {
      expect(rows).toHaveLength(20);
      expect(rows.every((text) => text.startsWith(index % 2 === 0 ? 'acme' : 'globex'))).toBe(true);
    }
  });

  it('refuses a row for another tenant', async () => {
    await expect(write(acme, 'smuggled', globex.tenantId)).rejects.toThrow(/row-level security/);
  });

  it('grants no privilege that the migration does not name', async () => {
    await expect(database.withTenant(acme, (em) => em.execute('delete from notes.note'))).rejects.toThrow(
      /permission denied/,
    );
  });

  it('rolls everything back when the work throws', async () => {
    const before = await texts(acme);
    const failing = database.withTenant(acme, async (em) => {
      await em.execute('insert into notes.note values (?, ?, ?)', [acme.tenantId, newId(), 'half-done']);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await texts(acme)).toEqual(before);
  });

  it('refuses a second transaction inside the first instead of waiting for itself', async () => {
    const nested = database.withTenant(acme, () => texts(acme));
    await expect(nested).rejects.toThrow(expect.objectContaining({ code: 'NESTED_TRANSACTION' }));
  });

  it('delivers what is published to its consumer, once, and nothing that was rolled back', async () => {
    const received: DomainEvent[] = [];
    const consumer = {
      name: 'test.consumer',
      event: 'NoteWritten',
      handle: async (_: unknown, event: DomainEvent) => void received.push(event),
    };
    const events = new Events(database, [consumer], createLogger('silent'));
    await events.start();
    const origin = { principal: acme, correlationId: 'c-1', workflow: 'w', surface: 's' };
    await database.withTenant(acme, (em) => publish(em, origin, 'NoteWritten', { text: 'kept' }));
    await database
      .withTenant(acme, async (em) => {
        await publish(em, origin, 'NoteWritten', { text: 'rolled back' });
        throw new Error('no');
      })
      .catch(() => {});
    await database.withTenant(globex, (em) =>
      publish(em, { ...origin, principal: globex }, 'NoteWritten', { text: 'other' }),
    );
    const deadline = Date.now() + 20_000;
    while (received.length < 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    await events.stop();
    expect(received.map((event) => event.payload)).toEqual(
      expect.arrayContaining([{ text: 'kept' }, { text: 'other' }]),
    );
    expect(received).toHaveLength(2);
    expect(received.find((event) => event.tenantId === acme.tenantId)).toMatchObject({
      correlationId: 'c-1',
      workflow: 'w',
      surface: 's',
    });
  });
});
