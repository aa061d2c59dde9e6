import { setTimeout } from 'node:timers/promises';
import { tenantId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, openHouse, type TestHouse, type TestTenant } from './house.ts';
import { notes } from './notes.fixture.ts';

const simulate = `query($input: SimulatePolicyChangeInput!) { simulatePolicyChange(input: $input) {
  problems { message } tried { records } newlyDenied { total times examples { times } }
} }`;
const objects = 1_042;
const hours = 48;
const records = objects * hours;
const read = 'knowledge:note:read';
const source = `forbid (principal, action == Action::"${read}", resource) when { resource.classification > 2 && context.minute < 60 };`;

describe('a simulation of fifty thousand records', () => {
  let house: TestHouse;
  let tenant: TestTenant;
  beforeAll(async () => {
    house = await openHouse([notes]);
    tenant = await house.tenant('busy');
    await house.database.withTenant({ tenantId: tenantId(tenant.id) }, (em) =>
      em.execute(
        `with note as (
           insert into knowledge.note (tenant_id, id, attributes)
           select kernel.tenant_id(), gen_random_uuid(), jsonb_build_object('owner', 'x', 'classification', n % 4)
           from generate_series(1, ?::integer) n returning id
         )
         insert into kernel.access_decision
         select kernel.tenant_id(), moment, 'user', u.id::text, ?, 'Note', note.id::text, true, 'rbac', null, 2,
           moment + interval '30 minutes', null, null
         from note, (select id from tenants.app_user where name = 'admin') u,
           generate_series('2026-03-04T00:00:00Z'::timestamptz, '2026-03-05T23:00:00Z', '1 hour') moment`,
        [objects, read],
      ),
    );
  });
  afterAll(() => house.close());

  it('is whole, takes seconds, and lets others in between', async () => {
    const principal = await tenant.principal('admin');
    const input = { since: '2026-03-04T00:00:00Z', until: '2026-03-06T00:00:00Z', publish: [{ name: 'p', source }] };
    const began = performance.now();
    let running = true;
    const simulated = house.execute('tenants', principal, simulate, { input }).finally(() => {
      running = false;
    });
    let answered = 0;
    while (running) {
      await house.execute('tenants', principal, '{ viewer { id } }');
      if (running) answered += 1;
      await setTimeout(50);
    }
    const { data, errors } = (await simulated) as Answer;
    expect(errors).toBeUndefined();
    expect(data.simulatePolicyChange).toMatchObject({
      problems: [],
      tried: { records },
      newlyDenied: { total: 260, times: 260 * hours * 2 },
    });
    expect(data.simulatePolicyChange.newlyDenied.examples).toHaveLength(100);
    expect(answered).toBeGreaterThan(5);
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
