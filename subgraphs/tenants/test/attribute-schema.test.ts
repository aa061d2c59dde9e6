import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate } from './mutate.ts';

const declared = [
  { name: 'department', type: 'STRING', description: 'Where they work.' },
  { name: 'clearance', type: 'LONG' },
  { name: 'onCall', type: 'BOOLEAN' },
  { name: 'careTeams', type: 'STRING_SET' },
];

describe("the tenant's attribute schema", () => {
  let house: TestHouse;
  let acme: TestTenant;
  let userId: string;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
    userId = await idOf(acme, 'viewer');
    await mutate(acme, 'admin', 'setAttributeSchema', { attributes: declared });
  });
  afterAll(() => house.close());

  const set = (attributes: unknown) =>
    mutate(acme, 'admin', 'updateUserAttributes', { userId, attributes }, 'user { attributes }');
  const declare = (attributes: unknown) => mutate(acme, 'admin', 'setAttributeSchema', { attributes });

  it('is what the admin sets', async () => {
    const { data } = await acme.ask('viewer', '{ attributeSchema { name type required description } }');
    expect(data.attributeSchema).toHaveLength(4);
    expect(data.attributeSchema[0]).toEqual({ ...declared[0], required: false });
    expect(data.attributeSchema[3]).toEqual({ ...declared[3], required: false, description: '' });
  });

  it("gives people attributes that merge, that null removes, and that policies' principal has", async () => {
    await set({ department: 'cardiology', clearance: 3, careTeams: ['a', 'b', 'a'] });
    const { user } = await set({ clearance: null, onCall: true });
    expect(user.attributes).toEqual({ department: 'cardiology', onCall: true, careTeams: ['a', 'b'] });
    expect((await acme.principal('viewer')).attributes).toEqual(user.attributes);
  });

  it.each([
    [{ departement: 'x' }, 'ATTRIBUTE_UNKNOWN'],
    [{ constructor: null }, 'ATTRIBUTE_UNKNOWN'],
    [{ department: 3 }, 'ATTRIBUTE_INVALID'],
    [{ department: 'x'.repeat(1_001) }, 'ATTRIBUTE_INVALID'],
    [{ clearance: '3' }, 'ATTRIBUTE_INVALID'],
    [{ clearance: 1.5 }, 'ATTRIBUTE_INVALID'],
    [{ clearance: 2 ** 53 }, 'ATTRIBUTE_INVALID'],
    [{ onCall: 'true' }, 'ATTRIBUTE_INVALID'],
    [{ careTeams: 'a' }, 'ATTRIBUTE_INVALID'],
    [{ careTeams: ['a', 1] }, 'ATTRIBUTE_INVALID'],
    [{ careTeams: [['a']] }, 'ATTRIBUTE_INVALID'],
    ['department', 'ATTRIBUTE_INVALID'],
    [{ department: 'a\0b' }, 'TEXT_INVALID'],
  ])('takes no value %j: %s', async (attributes, code) => {
    expect(codesOf(await set(attributes))).toEqual([code]);
  });

  it('names every attribute that is wrong at once', async () => {
    const { userErrors } = await set({ clearance: 'high', unknown: 1 });
    expect(userErrors.map(({ code, path }) => [code, path?.at(-1)])).toEqual([
      ['ATTRIBUTE_INVALID', 'clearance'],
      ['ATTRIBUTE_UNKNOWN', 'unknown'],
    ]);
  });

  it('leaves out nothing that people have, and says how many have it', async () => {
    await set({ department: 'cardiology' });
    const without = await declare(declared.slice(1));
    expect(codesOf(without)).toEqual(['ATTRIBUTE_IN_USE']);
    expect(without.userErrors[0]?.params).toEqual({ attribute: 'department', people: 1 });
    const [department, ...rest] = declared;
    expect(codesOf(await declare([{ ...department, type: 'LONG' }, ...rest]))).toEqual(['ATTRIBUTE_IN_USE']);
  });

  it('requires only what everybody has, and then of everybody', async () => {
    const tenant = await house.tenant('requiring', { admin: 'admin' });
    const optional = { name: 'badge', type: 'STRING' };
    const required = { attributes: [{ ...optional, required: true }] };
    expect(codesOf(await mutate(tenant, 'admin', 'setAttributeSchema', required))).toEqual(['ATTRIBUTE_MISSING']);
    await mutate(tenant, 'admin', 'setAttributeSchema', { attributes: [optional] });
    const admin = await idOf(tenant, 'admin');
    await mutate(tenant, 'admin', 'updateUserAttributes', { userId: admin, attributes: { badge: '7' } });
    expect(codesOf(await mutate(tenant, 'admin', 'setAttributeSchema', required))).toEqual([]);
    const removal = { userId: admin, attributes: { badge: null } };
    expect(codesOf(await mutate(tenant, 'admin', 'updateUserAttributes', removal))).toEqual(['ATTRIBUTE_MISSING']);
    const newcomer = { email: 'n@requiring.test', name: 'N' };
    expect(codesOf(await mutate(tenant, 'admin', 'createUser', newcomer))).toEqual(['ATTRIBUTE_MISSING']);
    expect(codesOf(await mutate(tenant, 'admin', 'createUser', { ...newcomer, attributes: { badge: '8' } }))).toEqual(
      [],
    );
  });

  it('keeps every active policy whole', async () => {
    const tenant = await house.tenant('ruled', { admin: 'admin' });
    const { tenantId } = await tenant.principal('admin');
    await mutate(tenant, 'admin', 'setAttributeSchema', { attributes: declared });
    const source = `forbid (principal, action == Action::"tenants:role:administer", resource)
      unless { principal has clearance && principal.clearance >= 3 };`;
    await house.database.withTenant({ tenantId }, (em) =>
      em.execute('insert into kernel.policy (tenant_id, id, name, version, source) values (?, ?, ?, 2, ?)', [
        tenantId,
        newId(),
        'Cleared alone',
        source,
      ]),
    );
    const attributes = declared.filter(({ name }) => name !== 'clearance');
    const { userErrors } = await mutate(tenant, 'admin', 'setAttributeSchema', { attributes });
    expect(userErrors.map(({ code }) => code)).toEqual(['POLICY_BREAKS']);
    expect(userErrors[0]?.params).toMatchObject({ policy: { name: 'Cleared alone', version: 2 }, line: 2 });
    const more = [...declared, { name: 'region', type: 'STRING' }];
    expect(codesOf(await mutate(tenant, 'admin', 'setAttributeSchema', { attributes: more }))).toEqual([]);
  });

  it.each([
    [[{ name: 'care team', type: 'STRING' }], 'NAME_INVALID'],
    [[{ name: '__proto__', type: 'STRING' }], 'NAME_INVALID'],
    [[{ name: 'roles', type: 'STRING' }], 'NAME_TAKEN'],
    [
      [
        { name: 'a', type: 'STRING' },
        { name: 'a', type: 'LONG' },
      ],
      'NAME_TAKEN',
    ],
    [[{ name: 'a', type: 'STRING', description: 'x'.repeat(501) }], 'DESCRIPTION_INVALID'],
    [Array.from({ length: 51 }, (_, n) => ({ name: `a${n}`, type: 'STRING' })), 'TOO_MANY'],
  ])('is not made of %j: %s', async (attributes, code) => {
    expect(codesOf(await declare(attributes))).toEqual([code]);
  });

  it('is set by who may say how permissions are administered', async () => {
    await expect(mutate(acme, 'viewer', 'setAttributeSchema', { attributes: [] })).rejects.toThrow(/FORBIDDEN/);
  });
});
