import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate, mutation, payloadOf, roleId } from './mutate.ts';

describe('people', () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  const asOne = async (permissions: string[], name: string, input: Record<string, unknown>) => {
    const principal = { ...(await acme.principal('admin')), permissions, revision: undefined };
    const answer = await house.execute('tenants', principal, mutation(name, ''), { input });
    return codesOf(payloadOf(answer as never, name));
  };

  const found = async (who: string, search: string): Promise<string[]> => {
    const query = 'query($search: String) { users(search: $search) { edges { node { id } } } }';
    const { data } = await acme.ask(who, query, { search });
    return data.users.edges.map(({ node }: { node: { id: string } }) => node.id);
  };

  it('come in holding nothing, are found by a part of their name or address, and get another name', async () => {
    const input = { email: ' Ada@Acme.test ', name: 'Ada Lovelace' };
    const { user } = await mutate(acme, 'admin', 'createUser', input, 'user { id email name active roles { name } }');
    expect(user).toMatchObject({ email: 'Ada@Acme.test', name: 'Ada Lovelace', active: true, roles: [] });
    for (const search of ['lovel', 'ADA@']) {
      expect(await found('auditor', search)).toEqual([user.id]);
    }
    const { data } = await acme.ask('viewer', '{ users(search: "%") { edges { cursor } } }');
    expect(data.users.edges).toEqual([]);
    const renamed = await mutate(acme, 'admin', 'updateUser', { userId: user.id, name: 'Ada King' }, 'user { name }');
    expect(renamed.user).toEqual({ name: 'Ada King' });
    const one = await acme.ask('viewer', 'query($id: ID!) { user(id: $id) { name } }', { id: user.id });
    expect(one.data.user).toEqual({ name: 'Ada King' });
  });

  it('are listed page by page, each once, those of a group alone where it is named', async () => {
    const tenant = await house.tenant('pages');
    const { group } = await mutate(tenant, 'admin', 'createGroup', { name: 'Few' }, 'group { id }');
    await mutate(tenant, 'admin', 'addGroupMembers', { groupId: group.id, userIds: [await idOf(tenant, 'viewer')] });
    const query = `query($after: String, $groupId: ID) { users(first: 2, after: $after, groupId: $groupId) {
      edges { node { name } } pageInfo { hasNextPage endCursor } } }`;
    const names: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await tenant.ask('viewer', query, { after });
      names.push(...data.users.edges.map(({ node }: { node: { name: string } }) => node.name));
      ({ endCursor: after, hasNextPage: more } = data.users.pageInfo);
    }
    expect(names).toEqual(['admin', 'approver', 'auditor', 'operator', 'viewer']);
    const few = await tenant.ask('viewer', query, { groupId: group.id });
    expect(few.data.users.edges).toEqual([{ node: { name: 'viewer' } }]);
    expect((await tenant.ask('viewer', query, { groupId: 'none' })).data.users.edges).toEqual([]);
  });

  it('are listed by name, so that neither order, search nor cursor tells an address', async () => {
    const tenant = await house.tenant('veiled');
    const input = { email: 'aaa.first@veiled.test', name: 'Zoe Last' };
    const { user } = await mutate(tenant, 'admin', 'createUser', input, 'user { id email }');
    expect(user.email).toBe(input.email);
    const query = `query($search: String) { users(first: 100, search: $search) { edges { node { id name email } cursor } } }`;
    const { data } = await tenant.ask('viewer', query);
    const own = await idOf(tenant, 'viewer');
    expect(data.users.edges.at(-1).node).toEqual({ id: user.id, name: 'Zoe Last', email: '•••' });
    for (const { node, cursor } of data.users.edges) {
      expect(node.email).toBe(node.id === own ? 'viewer@veiled.test' : '•••');
      expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('@');
    }
    expect((await tenant.ask('viewer', query, { search: 'aaa.first' })).data.users.edges).toEqual([]);
    expect((await tenant.ask('auditor', query, { search: 'aaa.first' })).data.users.edges).toHaveLength(1);
  });

  it('are shown without their addresses in changes that wait, but to who asked', async () => {
    const tenant = await house.tenant('waiting', { admin: 'admin', second: 'admin', viewer: 'viewer' });
    await mutate(tenant, 'admin', 'updateAccessSettings', { permissionChangesNeedApproval: true });
    const input = { email: 'new@waiting.test', name: 'New' };
    const { waiting } = await mutate(tenant, 'admin', 'createUser', input, 'waiting { id input after }');
    expect(waiting).toMatchObject({ input: { email: input.email }, after: { email: input.email } });
    const principal = {
      ...(await tenant.principal('viewer')),
      permissions: ['tenants:policy:read'],
      revision: undefined,
    };
    const query = '{ accessChanges(first: 10) { edges { node { input after subject { name } } } } }';
    const { data } = await house.execute('tenants', principal, query);
    expect(data).toMatchObject({
      accessChanges: {
        edges: [{ node: { input: { email: '•••' }, after: { email: '•••' }, subject: { name: 'New' } } }],
      },
    });
  });

  it('of another tenant do not exist', async () => {
    const globex = await house.tenant('globex');
    const id = await idOf(globex, 'viewer');
    expect((await acme.ask('admin', 'query($id: ID!) { user(id: $id) { name } }', { id })).data.user).toBeNull();
    expect(codesOf(await mutate(acme, 'admin', 'deactivateUser', { userId: id }))).toEqual(['USER_NOT_FOUND']);
    // An address that is taken elsewhere is free here.
    const input = { email: 'viewer@globex.test', name: 'V' };
    expect(codesOf(await mutate(acme, 'admin', 'createUser', input))).toEqual([]);
  });

  it.each([
    [{ email: 'VIEWER@acme.test', name: 'x' }, 'EMAIL_TAKEN'],
    [{ email: 'nobody', name: 'x' }, 'EMAIL_INVALID'],
    [{ email: 'a b@acme.test', name: 'x' }, 'EMAIL_INVALID'],
    [{ email: `${'a'.repeat(250)}@acme.test`, name: 'x' }, 'EMAIL_INVALID'],
    [{ email: 'x@acme.test', name: '' }, 'NAME_INVALID'],
    [{ email: 'x@acme.test', name: 'x', attributes: [1] }, 'ATTRIBUTE_INVALID'],
    [{ email: 'x@acme.test', name: 'x', attributes: { constructor: 'x' } }, 'ATTRIBUTE_UNKNOWN'],
  ])('%j is refused with %s', async (input, code) => {
    expect(codesOf(await mutate(acme, 'admin', 'createUser', input))).toEqual([code]);
  });

  it('are administered by who may alone', async () => {
    const { errors } = await acme.ask('operator', mutation('createUser', ''), {
      input: { email: 'm@acme.test', name: 'm' },
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:user:administer' });
  });

  it('lose everything at once when they are deactivated, also what they are signed in with', async () => {
    const before = await acme.principal('approver');
    const { tenantId, id: userId } = before;
    const session = newId();
    await house.database.withTenant({ tenantId }, (em) =>
      em.execute(
        `insert into tenants.session (id, tenant_id, user_id, token_hash, expires_at) values (?, ?, ?, 'x', '2099-01-01')`,
        [session, tenantId, userId],
      ),
    );
    const { user } = await mutate(acme, 'admin', 'deactivateUser', { userId, reason: 'Left' }, 'user { active }');
    expect(user).toEqual({ active: false });
    const { errors } = await house.execute('tenants', before, '{ viewer { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(acme.principal('approver')).rejects.toThrow('may not sign in');
    await mutate(acme, 'admin', 'reactivateUser', { userId });
    expect((await acme.principal('approver')).roles).toEqual(['approver']);
    const again = await house.execute('tenants', { ...before, session, revision: -1 }, '{ viewer { id } }');
    expect(again.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are not taken over: an address, or a way back, is given by who holds what they hold', async () => {
    const userId = await idOf(acme, 'operator');
    const half = ['tenants:user:administer'];
    expect(await asOne(half, 'updateUser', { userId, email: 'mine@acme.test' })).toEqual(['CANNOT_GRANT']);
    expect(await asOne(half, 'updateUser', { userId, email: 'OPERATOR@acme.test', name: 'O' })).toEqual([]);
    expect(await asOne(half, 'deactivateUser', { userId })).toEqual([]);
    expect(await asOne(half, 'reactivateUser', { userId })).toEqual(['CANNOT_GRANT']);
    expect(codesOf(await mutate(acme, 'admin', 'reactivateUser', { userId }))).toEqual([]);
    const moved = await mutate(acme, 'admin', 'updateUser', { userId, email: 'op@acme.test' }, 'user { email }');
    expect(moved.user).toEqual({ email: 'op@acme.test' });
    await mutate(acme, 'admin', 'updateUser', { userId, email: 'operator@acme.test' });
  });

  it('who are added wait for a second person where the tenant wants one, and leavers do not', async () => {
    const tenant = await house.tenant('careful', { admin: 'admin', second: 'admin', viewer: 'viewer' });
    const { tenantId } = await tenant.principal('admin');
    await house.database.withTenant({ tenantId }, (em) =>
      em.execute(
        `update kernel.access set settings = '{"permissionChangesNeedApproval": true}', revision = revision + 1`,
      ),
    );
    const input = { email: 'new@careful.test', name: 'New' };
    const added = await mutate(tenant, 'admin', 'createUser', input, 'user { id } waiting { kind status }');
    expect(added).toMatchObject({ user: null, waiting: { kind: 'user.create', status: 'WAITING' } });
    const assigned = { userId: await idOf(tenant, 'viewer'), roleId: await roleId(tenant, 'auditor') };
    const waiting = await mutate(tenant, 'admin', 'assignRole', assigned, 'assignment { id } waiting { kind }');
    expect(waiting).toMatchObject({ assignment: null, waiting: { kind: 'role.assign' } });
    const left = await mutate(
      tenant,
      'admin',
      'deactivateUser',
      { userId: assigned.userId },
      'user { active } waiting { id }',
    );
    expect(left).toMatchObject({ user: { active: false }, waiting: null });
  });
});
