import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate, roleId } from './mutate.ts';
import { addNote, notes, record } from './notes.fixture.ts';

const flips = `total times principals permissions byPrincipal { principal total times } byPermission { permission total times }
  examples { principal permission objectType objectId times policy clause }`;
const simulate = `query($input: SimulatePolicyChangeInput!) { simulatePolicyChange(input: $input) {
  problems { code message path params } newlyDenied { ${flips} } newlyAllowed { ${flips} }
  tried { records times } drifted untried { permission reason times }
} }`;
const read = 'knowledge:note:read';
const change = 'knowledge:note:change';
const secrets = `forbid (principal, action == Action::"${read}", resource) when { resource.classification > 2 };`;
const noon = new Date('2026-03-04T12:10:00Z');
const later = new Date('2026-03-04T15:20:00Z');
const period = { since: '2026-03-04T00:00:00Z', until: '2026-03-05T00:00:00Z' };

describe('simulatePolicyChange', () => {
  let house: TestHouse;
  let tenant: TestTenant;
  let [admin, viewer] = ['', ''];
  beforeAll(async () => {
    house = await openHouse([notes]);
  });
  afterAll(() => house.close());
  let tenants = 0;
  beforeEach(async () => {
    tenant = await house.tenant(`tenant-${++tenants}`, { admin: 'admin', viewer: 'viewer', auditor: 'auditor' });
    [admin, viewer] = [await idOf(tenant, 'admin'), await idOf(tenant, 'viewer')];
  });

  const try_ = async (input: Record<string, unknown>, who = 'admin') => {
    const { data, errors } = await tenant.ask(who, simulate, { input: { ...period, ...input } });
    expect(errors).toBeUndefined();
    return data.simulatePolicyChange;
  };
  const done = async (name: string, input: Record<string, unknown>, selection = '') => {
    const payload = await mutate(tenant, 'admin', name, input, selection);
    expect(codesOf(payload)).toEqual([]);
    return payload;
  };
  const note = (attributes: object = {}) =>
    addNote(house.database, tenant.id, { owner: 'x', classification: 0, ...attributes });
  const onNote = (id: string, objectId: string, more: object = {}) => ({
    id,
    permission: read,
    objectType: 'Note',
    objectId,
    allowed: true,
    at: noon,
    ...more,
  });

  it('shows whom a policy would refuse what, how often, and by which clause', async () => {
    const [open, secret] = [await note(), await note({ classification: 3 })];
    await record(house.database, tenant.id, [
      onNote(admin, open),
      onNote(admin, secret, { times: 3 }),
      onNote(admin, secret, { times: 4, at: later }),
    ]);
    const answer = await try_({ publish: [{ name: 'secrets', source: secrets }] });
    expect(answer).toMatchObject({
      problems: [],
      tried: { records: 3, times: 8 },
      drifted: 0,
      untried: [],
      newlyAllowed: { total: 0, examples: [] },
      newlyDenied: {
        total: 1,
        times: 7,
        principals: 1,
        permissions: 1,
        byPrincipal: [{ principal: `user:${admin}`, total: 1, times: 7 }],
        byPermission: [{ permission: read, total: 1, times: 7 }],
        examples: [
          {
            permission: read,
            objectType: 'Note',
            objectId: secret,
            times: 7,
            policy: 'secrets 1',
            clause: expect.stringContaining('> 2'),
          },
        ],
      },
    });
    const { data } = await tenant.ask('admin', '{ policies(first: 10) { edges { node { name } } } }');
    expect(data.policies.edges).toEqual([]);
  });

  it('shows what retiring a policy would allow', async () => {
    const secret = await note({ classification: 3 });
    const { policy } = await done('publishPolicy', { name: 'secrets', source: secrets }, 'policy { id }');
    await record(house.database, tenant.id, [onNote(admin, secret, { allowed: false })]);
    const { newlyAllowed } = await try_({ retire: [policy.id] });
    expect(newlyAllowed).toMatchObject({
      total: 1,
      examples: [{ policy: 'secrets 1', clause: expect.stringContaining('> 2') }],
    });
    const milder = secrets.replace('2', '3');
    expect(await try_({ publish: [{ name: 'Secrets', source: milder }] })).toMatchObject({
      newlyAllowed: { total: 1 },
    });
  });

  it('shows what other roles would mean, without a policy', async () => {
    const role = (await done('createRole', { name: 'readers', permissions: [read] }, 'role { id }')).role.id;
    await done('assignRole', { userId: viewer, roleId: role });
    const open = await note();
    await record(house.database, tenant.id, [
      onNote(viewer, open),
      onNote(viewer, open, { permission: change, allowed: false }),
      { id: viewer, permission: 'tenants:user:read', allowed: true, at: noon },
      { id: viewer, permission: read, allowed: true, at: noon },
    ]);
    const denied = [
      { permission: read, objectType: null, policy: null, clause: null },
      { permission: read, objectType: 'Note', policy: null },
    ];
    for (const input of [
      { revoke: [{ userId: viewer, roleId: role }] },
      { roles: [{ roleId: role, permissions: [] }] },
    ]) {
      const { newlyDenied, untried } = await try_(input);
      expect(newlyDenied.total).toBe(2);
      expect(newlyDenied.examples).toEqual(expect.arrayContaining(denied.map((each) => expect.objectContaining(each))));
      expect(untried).toEqual([]);
    }
    const { newlyAllowed } = await try_({ assign: [{ userId: viewer, roleId: await roleId(tenant, 'admin') }] });
    expect(newlyAllowed).toMatchObject({ total: 1, examples: [{ permission: change }] });
  });

  it('decides on what the record says that object and moment were, and else on what they are', async () => {
    const now = await note({ classification: 3 });
    const night = `forbid (principal, action == Action::"${read}", resource) when { context.hour < 6 };`;
    const context = { now: '2026-03-04T03:00:00Z', hour: 3, minute: 0, weekday: 3, date: '2026-03-04', region: 'eu' };
    await record(house.database, tenant.id, [
      onNote(admin, now, { object: { owner: 'x', classification: 0 }, context }),
    ]);
    expect((await try_({ publish: [{ name: 'secrets', source: secrets }] })).newlyDenied.total).toBe(0);
    expect((await try_({ publish: [{ name: 'night', source: night }] })).newlyDenied.total).toBe(1);
    await record(house.database, tenant.id, [onNote(admin, now, { at: later })]);
    expect((await try_({ publish: [{ name: 'secrets', source: secrets }] })).newlyDenied.times).toBe(1);
    // Without a moment recorded it is that of the last such decision: here the afternoon.
    expect((await try_({ publish: [{ name: 'night', source: night }] })).newlyDenied.times).toBe(1);
  });

  it('says what was not tried, and why', async () => {
    const both = `forbid (principal, action in [Action::"${read}", Action::"${change}"], resource) when { resource.classification > 2 };`;
    await record(house.database, tenant.id, [
      { id: admin, permission: read, allowed: true, at: noon, times: 5 },
      onNote(newId(), await note(), { permission: 'knowledge:note:gone', times: 2 }),
    ]);
    expect((await try_({ publish: [{ name: 'p', source: both }] })).untried).toEqual([
      { permission: change, reason: 'NEVER_OCCURRED', times: 0 },
      { permission: 'knowledge:note:gone', reason: 'PERMISSION_GONE', times: 2 },
      { permission: read, reason: 'ONLY_LISTS', times: 5 },
    ]);
    await record(house.database, tenant.id, [
      onNote(admin, newId(), { times: 3 }),
      onNote(newId(), await note(), { permission: change, times: 4 }),
      onNote(admin, await note(), { objectType: 'Memo', permission: change }),
    ]);
    const { untried, tried } = await try_({ publish: [{ name: 'p', source: both }] });
    expect(tried).toEqual({ records: 1, times: 5 });
    expect(untried).toEqual(
      expect.arrayContaining([
        { permission: change, reason: 'PRINCIPAL_GONE', times: 4 },
        { permission: change, reason: 'PERMISSION_GONE', times: 1 },
        { permission: read, reason: 'OBJECT_GONE', times: 3 },
      ]),
    );
  });

  it('counts what the rules of today decide otherwise than they did then', async () => {
    await record(house.database, tenant.id, [onNote(viewer, await note()), onNote(admin, await note())]);
    expect(await try_({})).toMatchObject({ drifted: 1, tried: { records: 2 }, newlyDenied: { total: 0 } });
  });

  it('looks at the period alone, in whole hours', async () => {
    const open = await note();
    await record(house.database, tenant.id, [onNote(admin, open), onNote(admin, open, { at: later })]);
    const records = async (since: string, until: string) => (await try_({ since, until })).tried.records;
    expect(await records('2026-03-04T12:00:00Z', '2026-03-04T12:30:00Z')).toBe(1);
    expect(await records('2026-03-04T12:15:00Z', '2026-03-04T16:00:00Z')).toBe(1);
    expect(await records('2026-03-04T12:05:00Z', '2026-03-04T15:01:00Z')).toBe(2);
    expect(await records('2026-03-05T00:00:00Z', '2026-03-06T00:00:00Z')).toBe(0);
  });

  it('tells which objects it was about to those alone who may read them', async () => {
    const secret = await note({ classification: 3 });
    await done('createRole', { name: 'explainer', permissions: ['tenants:access:explain'] });
    await done('assignRole', { userId: await idOf(tenant, 'auditor'), roleId: await roleId(tenant, 'explainer') });
    await record(house.database, tenant.id, [onNote(admin, secret)]);
    const input = { publish: [{ name: 'secrets', source: secrets }] };
    expect((await try_(input)).newlyDenied.examples[0].objectId).toBe(secret);
    const { newlyDenied } = await try_(input, 'auditor');
    expect(newlyDenied).toMatchObject({ total: 1, examples: [{ objectId: null, permission: read }] });
  });

  it('takes a permission, and sees its own tenant alone', async () => {
    const other = tenant;
    await record(house.database, other.id, [onNote(admin, await note())]);
    tenant = await house.tenant('apart', { admin: 'admin', viewer: 'viewer' });
    expect(await try_({})).toMatchObject({ tried: { records: 0 } });
    const { errors } = await tenant.ask('viewer', simulate, { input: period });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:access:explain' });
  });

  it.each([
    [{ publish: [{ name: 'x', source: 'forbid (' }] }, 'POLICY_SYNTAX', ['input', 'publish', '0', 'source']],
    [{ retire: ['nothing'] }, 'POLICY_NOT_FOUND', ['input', 'retire', '0']],
    [{ roles: [{ roleId: 'none', permissions: [] }] }, 'ROLE_NOT_FOUND', ['input', 'roles', '0', 'roleId']],
    [{ since: '2026-03-06T00:00:00Z' }, 'PERIOD_INVALID', ['input', 'since']],
  ])('tries nothing where %j has to be mended', async (input, code, path) => {
    const { problems, tried } = await try_(input);
    expect(problems).toMatchObject([{ code, path }]);
    expect(tried).toEqual({ records: 0, times: 0 });
  });

  it('keeps a policy from being published that would refuse what was allowed', async () => {
    const secret = await note({ classification: 3 });
    await record(house.database, tenant.id, [onNote(admin, secret, { times: 2 })]);
    const input = { name: 'secrets', source: secrets, requireNoNewDenials: { since: period.since } };
    const refused = await mutate(tenant, 'admin', 'publishPolicy', input);
    expect(refused.userErrors).toMatchObject([
      { code: 'NEW_DENIALS', params: { count: 2, examples: [{ permission: read, times: 2 }] } },
    ]);
    expect(JSON.stringify(refused)).not.toContain(secret);
    await done('publishPolicy', { ...input, source: secrets.replace('2', '3') });
  });
});
