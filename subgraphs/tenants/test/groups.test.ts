import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate, mutation, payloadOf, roleId } from './mutate.ts';

describe('groups', () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  const made = async (tenant: TestTenant, input: Record<string, unknown>): Promise<string> => {
    const payload = await mutate(tenant, 'admin', 'createGroup', input, 'group { id }');
    expect(payload.userErrors).toEqual([]);
    return payload.group.id;
  };
  /** As the admin, but with other permissions. */
  const asOne = async (tenant: TestTenant, permissions: string[], name: string, input: Record<string, unknown>) => {
    const principal = { ...(await tenant.principal('admin')), permissions, revision: undefined };
    const answer = await house.execute('tenants', principal, mutation(name, ''), { input });
    return codesOf(payloadOf(answer as never, name));
  };

  it('hand their roles, and those of the groups above them, on to their members', async () => {
    const wards = await made(acme, { name: 'Wards' });
    const nurses = await made(acme, { name: 'Nurses' });
    await mutate(acme, 'admin', 'updateGroup', { id: wards, children: [nurses] });
    await mutate(acme, 'admin', 'assignRole', { groupId: wards, roleId: await roleId(acme, 'approver') });
    const userId = await idOf(acme, 'viewer');
    const added = await mutate(
      acme,
      'admin',
      'addGroupMembers',
      { groupId: nurses, userIds: [userId, userId] },
      'added',
    );
    expect(added.added).toBe(1);
    const member = await acme.principal('viewer');
    expect(member).toMatchObject({ groups: ['Nurses', 'Wards'], roles: ['approver', 'viewer'] });
    const { data } = await acme.ask('viewer', '{ viewer { groups { name roles { name } } } }');
    expect(data.viewer.groups).toEqual([
      { name: 'Nurses', roles: [{ name: 'approver' }] },
      { name: 'Wards', roles: [{ name: 'approver' }] },
    ]);
    await mutate(acme, 'admin', 'removeGroupMembers', { groupId: nurses, userIds: [userId, newId()] });
    expect(await acme.principal('viewer')).toMatchObject({ groups: [], roles: ['viewer'] });
  });

  it('are read with their people, page by page, and the groups in them', async () => {
    const tenant = await house.tenant('reading');
    const inner = await made(tenant, { name: 'Inner' });
    const id = await made(tenant, { name: 'Outer', children: [inner] });
    const userIds = await Promise.all(['viewer', 'auditor', 'operator'].map((name) => idOf(tenant, name)));
    await mutate(tenant, 'admin', 'addGroupMembers', { groupId: id, userIds });
    const query = `query($id: ID!, $after: String) { group(id: $id) { name managedBy children { name }
      members(first: 2, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } } }`;
    const { data } = await tenant.ask('viewer', query, { id });
    expect(data.group).toMatchObject({ name: 'Outer', managedBy: 'TENANT', children: [{ name: 'Inner' }] });
    const next = await tenant.ask('viewer', query, { id, after: data.group.members.pageInfo.endCursor });
    const names = [...data.group.members.edges, ...next.data.group.members.edges].map(({ node }) => node.name);
    expect(names).toEqual(['auditor', 'operator', 'viewer']);
    const list = await tenant.ask('viewer', '{ groups(first: 1) { edges { node { name } } pageInfo { endCursor } } }');
    expect(list.data.groups.edges).toEqual([{ node: { name: 'Inner' } }]);
    const rest = `{ groups(after: "${list.data.groups.pageInfo.endCursor}") { edges { node { name } } } }`;
    expect((await tenant.ask('viewer', rest)).data.groups.edges).toEqual([{ node: { name: 'Outer' } }]);
  });

  it('take nobody in by who does not hold what they hand on', async () => {
    const top = await made(acme, { name: 'Top' });
    const below = await made(acme, { name: 'Below' });
    await mutate(acme, 'admin', 'updateGroup', { id: top, children: [below] });
    await mutate(acme, 'admin', 'assignRole', { groupId: top, roleId: await roleId(acme, 'admin') });
    const half = ['tenants:user:administer', 'tenants:directory:provision'];
    const userIds = [await idOf(acme, 'viewer')];
    for (const groupId of [top, below]) {
      expect(await asOne(acme, half, 'addGroupMembers', { groupId, userIds })).toEqual(['CANNOT_GRANT']);
    }
    const outside = await made(acme, { name: 'Outside' });
    expect(await asOne(acme, half, 'updateGroup', { id: below, children: [outside] })).toEqual(['CANNOT_GRANT']);
    // Nor do they leave it to a directory, to take people in there.
    expect(await asOne(acme, half, 'updateGroup', { id: below, managedBy: 'DIRECTORY' })).toEqual(['CANNOT_GRANT']);
    expect(await asOne(acme, half, 'updateGroup', { id: below, name: 'Beneath' })).toEqual([]);
  });

  it('that a directory manages take people in by who provisions them', async () => {
    const groupId = await made(acme, { name: 'Synced', managedBy: 'DIRECTORY' });
    await mutate(acme, 'admin', 'assignRole', { groupId, roleId: await roleId(acme, 'operator') });
    const input = { groupId, userIds: [await idOf(acme, 'viewer')] };
    expect(await asOne(acme, ['tenants:user:administer'], 'addGroupMembers', input)).toEqual(['CANNOT_GRANT']);
    const provisioner = ['tenants:user:administer', 'tenants:directory:provision'];
    expect(await asOne(acme, provisioner, 'addGroupMembers', input)).toEqual([]);
    expect((await acme.principal('viewer')).roles).toContain('operator');
    await mutate(acme, 'admin', 'removeGroupMembers', input);
  });

  it('cannot be in themselves, however far round', async () => {
    const inner = await made(acme, { name: 'Innermost' });
    const middle = await made(acme, { name: 'Middle', children: [inner] });
    const outer = await made(acme, { name: 'Outermost', children: [middle] });
    for (const child of [inner, outer]) {
      expect(codesOf(await mutate(acme, 'admin', 'updateGroup', { id: inner, children: [child] }))).toEqual([
        'GROUP_CYCLE',
      ]);
    }
  });

  it('leave the tenant an admin: the last one is not lost with a group', async () => {
    const tenant = await house.tenant('last', { admin: 'admin' });
    const groupId = await made(tenant, { name: 'Admins' });
    const [role, userId] = [await roleId(tenant, 'admin'), await idOf(tenant, 'admin')];
    await mutate(tenant, 'admin', 'assignRole', { groupId, roleId: role });
    await mutate(tenant, 'admin', 'addGroupMembers', { groupId, userIds: [userId] });
    const own = await mutate(tenant, 'admin', 'revokeRole', { roleId: role, userId });
    expect(own.userErrors).toEqual([]);
    expect(codesOf(await mutate(tenant, 'admin', 'removeGroupMembers', { groupId, userIds: [userId] }))).toEqual([
      'LAST_ADMIN',
    ]);
    expect(codesOf(await mutate(tenant, 'admin', 'deleteGroup', { id: groupId }))).toEqual(['LAST_ADMIN']);
  });

  it('are deleted with what they handed on', async () => {
    const id = await made(acme, { name: 'Passing' });
    await mutate(acme, 'admin', 'assignRole', { groupId: id, roleId: await roleId(acme, 'approver') });
    await mutate(acme, 'admin', 'addGroupMembers', { groupId: id, userIds: [await idOf(acme, 'auditor')] });
    const { deletedGroupId } = await mutate(acme, 'admin', 'deleteGroup', { id }, 'deletedGroupId');
    expect(deletedGroupId).toBe(id);
    expect((await acme.principal('auditor')).roles).toEqual(['auditor']);
    expect((await acme.ask('admin', 'query($id: ID!) { group(id: $id) { id } }', { id })).data.group).toBeNull();
  });

  it.each([
    ['createGroup', { name: ' ' }, 'NAME_INVALID'],
    ['createGroup', { name: 'NIGHT SHIFT' }, 'NAME_TAKEN'],
    ['createGroup', { name: 'x', children: ['nobody'] }, 'GROUP_NOT_FOUND'],
    ['updateGroup', { id: newId(), name: 'x' }, 'GROUP_NOT_FOUND'],
    ['addGroupMembers', { groupId: newId(), userIds: [] }, 'GROUP_NOT_FOUND'],
  ])('%s with %j is refused with %s', async (name, input, code) => {
    await mutate(acme, 'admin', 'createGroup', { name: 'Night shift' });
    expect(codesOf(await mutate(acme, 'admin', name, input))).toEqual([code]);
  });

  it('take in nobody who is not there, and nobody then', async () => {
    const groupId = await made(acme, { name: 'Strict' });
    const globex = await house.tenant('globex');
    for (const stranger of [newId(), 'somebody', await idOf(globex, 'viewer'), groupId]) {
      const userIds = [await idOf(acme, 'viewer'), stranger];
      expect(codesOf(await mutate(acme, 'admin', 'addGroupMembers', { groupId, userIds }))).toEqual([
        'MEMBER_NOT_FOUND',
      ]);
    }
    const { data } = await acme.ask(
      'admin',
      '{ groups(first: 100) { edges { node { name members { edges { cursor } } } } } }',
    );
    const strict = data.groups.edges.find((edge: { node: { name: string } }) => edge.node.name === 'Strict');
    expect(strict.node.members.edges).toEqual([]);
  });

  it('take in 20,000 people with one statement, and tell the log a hundred of them', async () => {
    const tenant = await house.tenant('huge');
    const { tenantId } = await tenant.principal('admin');
    const userIds = Array.from({ length: 20_000 }, () => newId());
    await house.database.withTenant({ tenantId }, (em) =>
      em.execute(
        `insert into tenants.app_user (id, tenant_id, email, name)
         select id::uuid, ?::uuid, id || '@huge.test', id from jsonb_array_elements_text(?::jsonb) as id`,
        [tenantId, JSON.stringify(userIds)],
      ),
    );
    const groupId = await made(tenant, { name: 'Everybody' });
    const { added } = await mutate(tenant, 'admin', 'addGroupMembers', { groupId, userIds }, 'added');
    expect(added).toBe(20_000);
    const more = await mutate(tenant, 'admin', 'addGroupMembers', { groupId, userIds: [...userIds, newId()] });
    expect(codesOf(more)).toEqual(['TOO_MANY']);
    const rows: { payload: { kind: string; after: { added: { ids: string[] } } } }[] = await house.database.asRole(
      'relay',
      (em) => em.execute(`select payload from kernel.outbox where tenant_id = ? order by id desc limit 1`, [tenantId]),
    );
    const payload = rows[0]?.payload;
    expect(payload).toMatchObject({ kind: 'group.addMembers', after: { members: 20_000, added: { count: 20_000 } } });
    expect(payload?.after.added.ids).toHaveLength(100);
  });
});
