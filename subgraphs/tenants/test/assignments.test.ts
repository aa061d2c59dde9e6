import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate, mutation, payloadOf, roleId } from './mutate.ts';

const selection =
  'assignment { id role { name } user { email } group { name } since expiresAt reason assignedBy } waiting { id }';

describe('a role', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let now = new Date('2026-03-01T12:00:00Z');
  beforeAll(async () => {
    house = await openHouse([], { now: () => now });
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  it('is assigned with an end and a reason, and both change when it is assigned again', async () => {
    const input = { roleId: await roleId(acme, 'auditor'), userId: await idOf(acme, 'viewer') };
    // The database's own clock decides when an assignment has ended.
    const expiresAt = '2099-01-01T00:00:00.000Z';
    const first = await mutate(acme, 'admin', 'assignRole', { ...input, expiresAt, reason: 'Year end' }, selection);
    expect(first).toMatchObject({
      assignment: { role: { name: 'auditor' }, user: { email: 'viewer@acme.test' }, expiresAt, reason: 'Year end' },
      waiting: null,
    });
    expect(first.assignment.assignedBy).toBe(`user:${await idOf(acme, 'admin')}`);
    const { roles, permissions, until } = await acme.principal('viewer');
    expect(roles).toEqual(['auditor', 'viewer']);
    expect(permissions).toContain('actions:log:read');
    expect(until).toBe(Date.parse(expiresAt));
    const again = await mutate(acme, 'admin', 'assignRole', input, selection);
    expect(again.assignment).toMatchObject({ id: first.assignment.id, expiresAt: null, reason: null });
  });

  it('ends by itself, and assigned again begins anew', async () => {
    const userId = await idOf(acme, 'viewer');
    const input = { roleId: await roleId(acme, 'approver'), userId };
    now = new Date('2020-01-01T00:00:00Z');
    const ended = await mutate(acme, 'admin', 'assignRole', { ...input, expiresAt: '2020-02-01T00:00:00Z' }, selection);
    expect(ended.userErrors).toEqual([]);
    expect((await acme.principal('viewer')).roles).not.toContain('approver');
    now = new Date('2026-03-01T12:00:00Z');
    const again = await mutate(acme, 'admin', 'assignRole', input, selection);
    expect(again.assignment).toMatchObject({ id: ended.assignment.id, since: now.toISOString() });
    expect((await acme.principal('viewer')).roles).toContain('approver');
  });

  it('is revoked at once, and not a second time', async () => {
    const input = { roleId: await roleId(acme, 'partner'), userId: await idOf(acme, 'operator') };
    const { assignment } = await mutate(acme, 'admin', 'assignRole', input, selection);
    expect((await acme.principal('operator')).permissions).toContain('actions:connector:read');
    const revoked = await mutate(acme, 'admin', 'revokeRole', input, 'revokedAssignmentId');
    expect(revoked.revokedAssignmentId).toBe(assignment.id);
    expect((await acme.principal('operator')).permissions).not.toContain('actions:connector:read');
    expect(codesOf(await mutate(acme, 'admin', 'revokeRole', input))).toEqual(['NOT_ASSIGNED']);
  });

  it('is not handed on by who does not hold all of it, what it includes counted in', async () => {
    const half = { ...(await acme.principal('admin')), permissions: ['tenants:*:*'], revision: undefined };
    const included = await roleId(acme, 'operator');
    const { role } = await mutate(
      acme,
      'admin',
      'createRole',
      { name: 'shell', permissions: [], includes: [included] },
      'role { id }',
    );
    const input = { roleId: role.id, userId: await idOf(acme, 'viewer') };
    const answer = await house.execute('tenants', half, mutation('assignRole', ''), { input });
    const refused = payloadOf(answer as never, 'assignRole');
    expect(codesOf(refused)).toEqual(['CANNOT_GRANT']);
    expect(refused.userErrors[0]?.params).toMatchObject({ permissions: expect.arrayContaining(['tool:*:propose']) });
  });

  it('stays with the last admin: neither revoked, nor given an end, nor lost with the person', async () => {
    const solo = await house.tenant('solo', { admin: 'admin', viewer: 'viewer' });
    const input = { roleId: await roleId(solo, 'admin'), userId: await idOf(solo, 'admin') };
    for (const [name, more] of [
      ['revokeRole', {}],
      ['assignRole', { expiresAt: '2099-01-01T00:00:00Z' }],
    ] as const) {
      expect(codesOf(await mutate(solo, 'admin', name, { ...input, ...more }))).toEqual(['LAST_ADMIN']);
    }
    expect(codesOf(await mutate(solo, 'admin', 'deactivateUser', { userId: input.userId }))).toEqual(['LAST_ADMIN']);
    expect((await solo.principal('admin')).roles).toEqual(['admin']);
  });

  it('of two admins who demote each other at once one keeps it', async () => {
    const pair = await house.tenant('pair', { admin: 'admin', second: 'admin' });
    const role = await roleId(pair, 'admin');
    const [one, other] = [await idOf(pair, 'admin'), await idOf(pair, 'second')];
    const outcomes = await Promise.allSettled([
      mutate(pair, 'admin', 'revokeRole', { roleId: role, userId: other }),
      mutate(pair, 'second', 'revokeRole', { roleId: role, userId: one }),
    ]);
    const made = outcomes.filter((each) => each.status === 'fulfilled' && each.value.userErrors.length === 0);
    expect(made).toHaveLength(1);
  });

  it.each([
    ['EXPIRY_INVALID', { expiresAt: '2026-02-28T00:00:00Z' }],
    ['EXPIRY_INVALID', { expiresAt: '9999-06-01T00:00:00Z' }],
    ['ASSIGNEE_INVALID', { groupId: '00000000-0000-7000-8000-000000000000' }],
    ['ASSIGNEE_INVALID', { userId: null }],
    ['USER_NOT_FOUND', { userId: '00000000-0000-7000-8000-000000000000' }],
    ['USER_NOT_FOUND', { userId: 'somebody' }],
    ['GROUP_NOT_FOUND', { userId: null, groupId: '00000000-0000-7000-8000-000000000000' }],
    ['ROLE_NOT_FOUND', { roleId: 'some role' }],
  ])('is refused with %s for %j', async (code, change) => {
    const input = { roleId: await roleId(acme, 'viewer'), userId: await idOf(acme, 'viewer'), ...change };
    expect(codesOf(await mutate(acme, 'admin', 'assignRole', input))).toEqual([code]);
  });

  it("of one tenant is never assigned to another tenant's people", async () => {
    const globex = await house.tenant('globex');
    const foreign = await idOf(globex, 'viewer');
    const own = await roleId(acme, 'viewer');
    expect(codesOf(await mutate(acme, 'admin', 'assignRole', { roleId: own, userId: foreign }))).toEqual([
      'USER_NOT_FOUND',
    ]);
    const input = { roleId: await roleId(globex, 'admin'), userId: await idOf(acme, 'viewer') };
    expect(codesOf(await mutate(acme, 'admin', 'assignRole', input))).toEqual(['ROLE_NOT_FOUND']);
  });

  it('lists to whom it is assigned, page by page, and each person lists what they were assigned', async () => {
    const big = await house.tenant('big', { admin: 'admin', a: 'viewer', b: 'viewer', c: 'viewer' });
    const query = `query($after: String) { roles(first: 100) { edges { node { name
      assignments(first: 2, after: $after) { edges { node { user { email assignments { role { name } } } } } pageInfo { hasNextPage endCursor } }
    } } } }`;
    const page = async (after?: string) => {
      const { data, errors } = await big.ask('admin', query, { after });
      expect(errors).toBeUndefined();
      return data.roles.edges.find((edge: { node: { name: string } }) => edge.node.name === 'viewer').node.assignments;
    };
    const first = await page();
    const second = await page(first.pageInfo.endCursor);
    const people = [...first.edges, ...second.edges].map(({ node }) => node.user);
    expect(people.map(({ email }) => email)).toEqual(['a@big.test', 'b@big.test', 'c@big.test']);
    expect(people[0].assignments).toEqual([{ role: { name: 'viewer' } }]);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  it('is not shown with its holders to who may not see the people', async () => {
    const shut = await house.tenant('shut', { admin: 'admin', partner: 'partner' });
    const { data, errors } = await shut.ask('partner', '{ viewer { email groups { name } assignments { id } } }');
    expect(data.viewer).toEqual({ email: 'partner@shut.test', groups: null, assignments: null });
    expect(errors?.map(({ extensions }) => extensions.permission)).toEqual(['tenants:user:read', 'tenants:user:read']);
  });
});
