import { changeAccess, newId, type Principal } from '@countersign/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dataOf, type House, openHouse, reader } from './house.fixture.ts';

const clearance = `forbid (principal, action == Action::"knowledge:document:read", resource is Document)
  unless { principal has clearance && principal.clearance >= resource.classification };`;
const ownDepartment = `forbid (principal, action == Action::"knowledge:document:read", resource is Document)
  when { resource has department } unless { principal has department && principal.department == resource.department };`;
const leaflets = `permit (principal, action == Action::"knowledge:document:read", resource is Document)
  when { resource.classification == 0 };`;

describe("a tenant's policies on documents", () => {
  let house: House;
  const author = reader({ roles: ['staff'], attributes: { clearance: 3, department: 'icu' } });
  const { tenantId } = author;
  const as = (attributes: Principal['attributes'], more: Partial<Principal> = {}) =>
    reader({ tenantId, roles: ['staff'], attributes, ...more });

  beforeAll(async () => {
    house = await openHouse();
    await house.database.withTenant(author, (em) =>
      em.execute('insert into kernel.access (tenant_id, region, attributes) values (?, ?, ?::jsonb)', [
        tenantId,
        'eu',
        JSON.stringify([
          { name: 'clearance', type: 'Long', required: false, description: 'From 0 to 3.' },
          { name: 'department', type: 'String', required: false, description: 'Where one works.' },
        ]),
      ]),
    );
    const levels = ['PUBLIC', 'INTERNAL', 'CONFIDENTIAL', 'RESTRICTED'];
    for (const [level, classification] of levels.entries()) {
      for (const department of ['icu', 'surgery', null]) {
        const title = `${classification} ${department}`;
        await house.ingest(author, {
          title,
          text: `Morphine, level ${level}.`,
          roles: ['staff'],
          classification,
          department,
        });
      }
    }
  });
  afterAll(() => house.close());
  beforeEach(() => publish());

  async function publish(...policies: string[]): Promise<void> {
    await house.database.withTenant(author, async (em) => {
      await changeAccess(em, tenantId);
      await em.execute('delete from kernel.policy');
      for (const [index, source] of policies.entries()) {
        await em.execute('insert into kernel.policy (tenant_id, id, name, version, source) values (?, ?, ?, 1, ?)', [
          tenantId,
          newId(),
          `policy ${index}`,
          source,
        ]);
      }
    });
  }
  const titles = async (who: Principal, first = 100): Promise<string[]> => {
    const { documents } = dataOf<{ documents: { edges: { node: { title: string } }[] } }>(
      await house.execute(who, 'query($first: Int) { documents(first: $first) { edges { node { title } } } }', {
        first,
      }),
    );
    return documents.edges.map(({ node }) => node.title);
  };

  it('change nothing while there are none', async () => {
    expect(await titles(as({}))).toHaveLength(12);
  });

  it('keep readers to their clearance, in lists with full pages, in searches and by id', async () => {
    await publish(clearance);
    const nurse = as({ clearance: 1 });
    expect(await titles(nurse)).toHaveLength(6);
    expect(await titles(nurse, 4)).toHaveLength(4);
    expect((await house.search(nurse, 'morphine', { first: 50 })).edges).toHaveLength(6);
    expect(await titles(as({ clearance: 3 }))).toHaveLength(12);
    for (const nobody of [as({}), as({ clearance: '3' }), as({ clearance: true })]) {
      expect(await titles(nobody)).toEqual([]);
    }
  });

  it('forbid together: each of them has the last word', async () => {
    await publish(clearance, ownDepartment);
    const seen = await titles(as({ clearance: 1, department: 'icu' }));
    expect(seen.sort()).toEqual(['INTERNAL icu', 'INTERNAL null', 'PUBLIC icu', 'PUBLIC null']);
  });

  it('let those read who do not hold the permission, as far as the access lists go', async () => {
    await publish(leaflets);
    const visitor = as({}, { permissions: [] });
    expect((await titles(visitor)).sort()).toEqual(['PUBLIC icu', 'PUBLIC null', 'PUBLIC surgery']);
    expect(await titles(as({}, { permissions: [], roles: ['stranger'] }))).toEqual([]);
    await publish();
    const { errors } = await house.execute(visitor, '{ documents { edges { node { title } } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'knowledge:document:read' });
  });

  it('hide what others find by: neither scores nor cursors tell of what a policy hides', async () => {
    await publish(clearance);
    const nurse = as({ clearance: 0 });
    const before = await house.search(nurse, 'morphine level', { first: 2 });
    for (let copy = 0; copy < 10; copy += 1) {
      const hidden = {
        title: `Morphine ${copy}`,
        text: 'Morphine level morphine level.',
        classification: 'RESTRICTED',
      };
      await house.ingest(author, { ...hidden, roles: ['staff'] });
    }
    expect(await house.search(nurse, 'morphine level', { first: 2 })).toEqual(before);
  });
});
