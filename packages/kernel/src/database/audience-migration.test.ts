import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../ids.ts';
import { audiences } from './audience-migration.ts';
import { kernelMigrations } from './kernel-migrations.ts';
import { createPglite } from './pglite.ts';

describe('queues of consumers that become queues of subgraphs', () => {
  let pglite: PGlite;
  const rows = async (sql: string) => (await pglite.query(sql)).rows;
  const tenant = newId();

  beforeAll(async () => {
    pglite = await createPglite({ dataDir: 'memory://' });
    for (const each of kernelMigrations.slice(0, kernelMigrations.indexOf(audiences))) {
      for (const statement of each.statements) await pglite.exec(statement);
    }
    await pglite.exec(
      `insert into kernel.subscription (event_type, queue) values
         ('ToolCalled', 'billing.meter-tools'), ('ToolCalled', 'billing.other'), ('ActionFailed', 'actions.webhook')`,
    );
    const event = (type: string, age: string) =>
      `('${newId()}', '${tenant}', '${type}', '{}', '{}', 'c', now() - interval '${age}', now())`;
    await pglite.exec(
      `insert into kernel.outbox (id, tenant_id, type, payload, principal, correlation_id, occurred_at, published_at)
       values ${event('Lately', '1 hour')}, ${event('LongAgo', '3 days')}`,
    );
    await pglite.exec('update kernel.outbox set published_at = occurred_at');
    for (const statement of audiences.statements) await pglite.exec(statement);
  });
  afterAll(() => pglite?.close());

  it('are told of the same events, for all tenants until they say otherwise', async () => {
    expect(await rows('select event_type, queue, audience from kernel.subscription order by 1')).toEqual([
      { event_type: 'ActionFailed', queue: 'actions', audience: null },
      { event_type: 'ToolCalled', queue: 'billing', audience: null },
    ]);
  });

  it('get what may have been waiting in the old ones once more', async () => {
    expect(await rows('select type from kernel.outbox where published_at is null')).toEqual([{ type: 'Lately' }]);
  });
});
