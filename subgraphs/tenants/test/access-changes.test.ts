import {
  type EntityManager,
  newId,
  type Principal,
  problem,
  requestContext,
  servicePrincipal,
  tenantId,
  UserProblem,
} from '@countersign/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessChanges } from '../src/services/changes/access-changes.ts';
import { changeKind } from '../src/services/changes/change.ts';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, mutate, mutation, payloadOf, roleId } from './mutate.ts';

const people = { admin: 'admin', second: 'admin', third: 'admin', operator: 'operator', viewer: 'viewer' };

describe('changes of permissions that need a second person', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let number = 0;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());
  beforeEach(async () => {
    acme = await house.tenant(`acme${++number}`, people);
    await mutate(acme, 'admin', 'updateAccessSettings', { permissionChangesNeedApproval: true });
  });

  const propose = async (name = 'night shift', who = 'admin', more: Record<string, unknown> = {}) => {
    const input = { name, permissions: ['tenants:user:read'], reason: 'We have nights.', ...more };
    const { waiting, role, userErrors } = await mutate(acme, who, 'createRole', input, 'role { id } waiting { id }');
    expect([role, userErrors]).toEqual([null, []]);
    return waiting.id as string;
  };
  const approve = (id: string, who = 'second') => mutate(acme, who, 'approveAccessChange', { id }, 'change { status }');
  const reject = (id: string, who = 'second', comment?: string) =>
    mutate(acme, who, 'rejectAccessChange', { id, comment }, 'change { status decidedBy comment }');
  const roleNames = async () => {
    const { data } = await acme.ask('admin', '{ roles(first: 100) { edges { node { name } } } }');
    return data.roles.edges.map((edge: { node: { name: string } }) => edge.node.name);
  };
  const listed = async (args = '', who = 'admin') => {
    const fields = 'id kind status subject { type id name } before after input reason author decidedBy comment';
    const { data, errors } = await acme.ask(who, `{ accessChanges${args} { edges { node { ${fields} } } } }`);
    if (errors) throw new Error(errors[0]?.message);
    return data.accessChanges.edges.map((edge: { node: unknown }) => edge.node);
  };
  const revoke = async (who: string, from: string) =>
    mutate(acme, who, 'revokeRole', { roleId: await roleId(acme, 'admin'), userId: (await acme.principal(from)).id });
  const execute = async (principal: Principal, name: string, input: Record<string, unknown>) =>
    payloadOf(await house.execute('tenants', principal, mutation(name, ''), { input }), name);

  it('wait, change nothing, and are made when a second person approves', async () => {
    const id = await propose();
    expect(await roleNames()).not.toContain('night shift');
    expect((await approve(id)).change).toEqual({ status: 'MADE' });
    expect(await roleNames()).toContain('night shift');
  });

  it('are listed with what they change, what it was and what it would be', async () => {
    const id = await propose();
    const { id: author } = await acme.principal('admin');
    expect(await listed('(status: WAITING)')).toEqual([
      {
        id,
        kind: 'role.create',
        status: 'WAITING',
        subject: { type: 'Role', id: null, name: 'night shift' },
        before: null,
        after: { name: 'night shift', description: '', permissions: ['tenants:user:read'], includes: [] },
        input: expect.objectContaining({ name: 'night shift', permissions: ['tenants:user:read'] }),
        reason: 'We have nights.',
        author: `user:${author}`,
        decidedBy: null,
        comment: null,
      },
    ]);
    await approve(id);
    expect(await listed('(status: WAITING)')).toEqual([]);
    const [made] = await listed();
    expect(made.subject).toEqual({ type: 'Role', id: await roleId(acme, 'night shift'), name: 'night shift' });
  });

  it('are listed page by page, the newest first', async () => {
    const ids = [await propose('a'), await propose('b'), await propose('c')].reverse();
    const page = async (after: string | null) => {
      const { data } = await acme.ask(
        'admin',
        'query($after: String) { accessChanges(first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      return data.accessChanges;
    };
    const first = await page(null);
    const second = await page(first.pageInfo.endCursor);
    expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toEqual(ids);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('are refused at once where they could not be made', async () => {
    const input = { name: 'admin', permissions: [] };
    expect(codesOf(await mutate(acme, 'admin', 'createRole', input))).toEqual(['NAME_TAKEN']);
    expect(await listed()).toEqual([]);
  });

  it('are not approved by who asked for them, nor with a key of theirs', async () => {
    const id = await propose();
    expect(codesOf(await approve(id, 'admin'))).toEqual(['MAKER_IS_NOT_CHECKER']);
    const admin = await acme.principal('admin');
    const keyOf = ({ id: person, permissions }: Principal): Principal => ({
      ...servicePrincipal(acme.id, newId(), permissions),
      kind: 'api_key',
      person,
    });
    expect(codesOf(await execute(keyOf(admin), 'approveAccessChange', { id }))).toEqual(['MAKER_IS_NOT_CHECKER']);
    const second = await acme.principal('second');
    expect(codesOf(await execute(keyOf(second), 'approveAccessChange', { id }))).toEqual([]);
  });

  it('are not approved by the person whose key asked for them', async () => {
    const admin = await acme.principal('admin');
    const key: Principal = {
      ...servicePrincipal(acme.id, newId(), admin.permissions),
      kind: 'api_key',
      person: admin.id,
    };
    await execute(key, 'createRole', { name: 'by key', permissions: [] });
    const [{ id }] = await listed();
    expect(codesOf(await approve(id, 'admin'))).toEqual(['MAKER_IS_NOT_CHECKER']);
    expect(codesOf(await approve(id))).toEqual(['AUTHOR_GONE']);
  });

  it('are made once, however many approve at once', async () => {
    const id = await propose();
    const answers = await Promise.all(['second', 'third'].map((who) => approve(id, who)));
    expect(answers.map(codesOf).sort()).toEqual([['ALREADY_DECIDED'], []].sort());
    expect((await roleNames()).filter((name: string) => name === 'night shift')).toHaveLength(1);
  });

  it('are either approved or rejected, where both come at once', async () => {
    const id = await propose();
    const answers = await Promise.all([approve(id), reject(id, 'third')]);
    expect(answers.map((each) => codesOf(each).length).sort()).toEqual([0, 1]);
    const [{ status }] = await listed();
    expect((await roleNames()).includes('night shift')).toBe(status === 'MADE');
  });

  it('that were rejected stay so', async () => {
    const id = await propose();
    const second = await acme.principal('second');
    expect((await reject(id, 'second', 'Nights are over.')).change).toEqual({
      status: 'REJECTED',
      decidedBy: `user:${second.id}`,
      comment: 'Nights are over.',
    });
    expect(codesOf(await approve(id, 'third'))).toEqual(['ALREADY_DECIDED']);
    expect(codesOf(await reject(id, 'third'))).toEqual(['ALREADY_DECIDED']);
    expect(await roleNames()).not.toContain('night shift');
  });

  it('are taken back by who asked for them', async () => {
    expect((await reject(await propose(), 'admin')).change).toMatchObject({ status: 'REJECTED' });
  });

  it('are judged by what their author holds when they are approved', async () => {
    const id = await propose();
    expect(codesOf(await revoke('third', 'admin'))).toEqual([]);
    expect((await approve(id)).userErrors).toMatchObject([
      { code: 'AUTHOR_LACKS_PERMISSION', params: { permission: 'tenants:role:administer' } },
    ]);
    const refused = await house.database.asRole('relay', (em) =>
      em.execute(
        `select count(*)::integer as times from kernel.outbox where type = 'AccessRefused' and tenant_id = ?`,
        [acme.id],
      ),
    );
    expect(refused[0]?.times).toBe(0);
  });

  it('hand on no more than their author holds by then', async () => {
    await mutate(acme, 'admin', 'updateAccessSettings', { permissionChangesNeedApproval: false }, 'waiting { id }');
    await approve((await listed('(status: WAITING)'))[0].id);
    const draft = { name: 'roles alone', permissions: ['tenants:role:administer', 'tenants:user:read'] };
    const { role } = await mutate(acme, 'admin', 'createRole', draft, 'role { id }');
    const { id: userId } = await acme.principal('operator');
    await mutate(acme, 'admin', 'assignRole', { roleId: role.id, userId });
    await mutate(acme, 'admin', 'updateAccessSettings', { permissionChangesNeedApproval: true });
    const id = await propose('asks', 'operator');
    // The operator holds tenants:user:read by both roles; with neither the one nor the other it is beyond them.
    const update = { id: role.id, permissions: ['tenants:role:administer'] };
    await mutate(acme, 'admin', 'updateRole', update);
    await mutate(acme, 'admin', 'revokeRole', { roleId: await roleId(acme, 'operator'), userId });
    await approve((await listed('(status: WAITING)')).find((each: { kind: string }) => each.kind === 'role.update').id);
    expect((await approve(id)).userErrors).toMatchObject([
      { code: 'CHANGE_NO_LONGER_APPLIES', path: ['input', 'id'], params: { errors: [{ code: 'CANNOT_GRANT' }] } },
    ]);
  });

  it('of somebody who may not sign in any more are not made', async () => {
    const id = await propose();
    const { id: userId } = await acme.principal('admin');
    await house.database.withTenant({ tenantId: tenantId(acme.id) }, (em) =>
      em.execute('update tenants.app_user set active = false where id = ?', [userId]),
    );
    expect(codesOf(await approve(id))).toEqual(['AUTHOR_GONE']);
  });

  it('that do not apply any more say why, and still wait', async () => {
    const [first, second] = [await propose('twice'), await propose('twice', 'third')];
    await approve(first);
    expect((await approve(second)).userErrors).toMatchObject([
      { code: 'CHANGE_NO_LONGER_APPLIES', params: { errors: [{ code: 'NAME_TAKEN' }] } },
    ]);
    expect((await listed('(status: WAITING)')).map((each: { id: string }) => each.id)).toEqual([second]);
  });

  it('tell nothing to who may decide on none of them: whether there is one or not', async () => {
    const id = await propose();
    for (const name of ['approveAccessChange', 'rejectAccessChange']) {
      const answers = await Promise.all(
        [id, newId(), 'x'].map((each) => acme.ask('operator', mutation(name, ''), { input: { id: each } })),
      );
      const [there, ...others] = answers.map(({ errors, data }) => ({
        data,
        error: { ...errors?.[0], locations: null },
      }));
      expect(there?.error).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
      for (const other of others) expect(JSON.stringify(other)).toBe(JSON.stringify(there));
    }
  });

  it('of a kind that somebody may not make do not exist for them, unless they may see them', async () => {
    const id = await propose();
    const admin = await acme.principal('admin');
    const approveWith = (permissions: string[], of: string) =>
      house.execute(
        'tenants',
        { ...admin, id: newId(), revision: undefined, permissions },
        mutation('approveAccessChange', ''),
        {
          input: { id: of },
        },
      );
    const [there, nowhere] = await Promise.all(
      [id, newId()].map((of) => approveWith(['tenants:key:administer', 'tenants:user:administer'], of)),
    );
    expect(there?.errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
    expect([there?.errors?.[0]?.message, there?.errors?.[0]?.extensions]).toEqual([
      nowhere?.errors?.[0]?.message,
      nowhere?.errors?.[0]?.extensions,
    ]);
    const seen = await approveWith(['tenants:policy:read'], id);
    expect(seen.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:role:administer' });
    await expect(listed('', 'viewer')).rejects.toThrow('tenants:policy:read');
  });

  it('of another tenant do not exist', async () => {
    const id = await propose();
    const globex = await house.tenant(`globex${number}`, { admin: 'admin' });
    await expect(mutate(globex, 'admin', 'approveAccessChange', { id })).rejects.toThrow('NOT_FOUND');
    const { data } = await globex.ask('admin', '{ accessChanges { edges { node { id } } } }');
    expect(data.accessChanges.edges).toEqual([]);
  });

  it('leave two admins, so that somebody can approve the next one', async () => {
    for (const who of ['second', 'third']) {
      const { id: userId } = await acme.principal(who);
      const role = await roleId(acme, 'admin');
      const input = { roleId: role, userId, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
      const { waiting, userErrors } = await mutate(acme, 'admin', 'assignRole', input, 'waiting { id }');
      if (who === 'third') expect(userErrors).toMatchObject([{ code: 'SECOND_PERSON_NEEDED' }]);
      else expect(codesOf(await approve(waiting.id, 'third'))).toEqual([]);
    }
  });

  it('keep what people write only as far as it can be kept', async () => {
    const id = await propose();
    const comment = 'x'.repeat(2_001);
    expect(codesOf(await mutate(acme, 'second', 'rejectAccessChange', { id, comment }))).toEqual(['TEXT_TOO_LONG']);
    expect(codesOf(await mutate(acme, 'second', 'rejectAccessChange', { id, comment: 'a\0b' }))).toEqual([
      'TEXT_INVALID',
    ]);
    const input = { name: 'x', permissions: [], description: '\ud800' };
    expect((await mutate(acme, 'admin', 'createRole', input)).userErrors).toMatchObject([
      { code: 'TEXT_INVALID', path: ['input', 'description'] },
    ]);
  });

  it('show no secrets while they wait, and are made with them', async () => {
    const given: unknown[] = [];
    const connect = changeKind<{ readonly name: string; readonly secret: string }, null>({
      name: 'test.connect',
      permission: 'tenants:identity:administer',
      secrets: ['secret'],
      apply: async (_em, { name, secret }) => {
        given.push(secret);
        return { result: null, subject: { type: 'Test', id: newId(), name }, before: null, after: { name } };
      },
    });
    const { access, database, log, now } = house.kernel;
    const changes = new AccessChanges({ access, database, now, kinds: [connect] });
    const context = async (who: string) => requestContext(await acme.principal(who), log);
    const { waiting } = await changes.make(connect, { name: 'idp', secret: 'hush' }, await context('admin'));
    if (!waiting) throw new Error('It did not wait.');
    expect(changes.inputShown(waiting)).toEqual({ name: 'idp', secret: '***' });
    expect(JSON.stringify(await listed())).not.toContain('hush');
    const told = await database.asRole('relay', (em) =>
      em.execute('select payload::text as payload from kernel.outbox where tenant_id = ?', [acme.id]),
    );
    expect(JSON.stringify(told)).not.toContain('hush');
    await changes.approve(waiting.id, null, await context('second'));
    expect(given).toEqual(['hush', 'hush']);
  });
});

describe('two admins who demote each other at the same moment', () => {
  let house: TestHouse;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  /** Takes all roles of a person. */
  const demote = changeKind<{ readonly id: string }, null>({
    name: 'test.demote',
    permission: 'tenants:role:administer',
    mayRemoveAdmin: true,
    apply: async (em: EntityManager, { id }) => {
      const [there] = await em.execute('select from tenants.assignment where user_id = ?', [id]);
      if (!there) throw problem('NOT_ASSIGNED', 'They hold nothing.');
      await em.execute('delete from tenants.assignment where user_id = ?', [id]);
      return { result: null, subject: { type: 'User', id, name: id }, before: {}, after: {} };
    },
  });

  it('do not both succeed, and one of them stays an admin', async () => {
    const tenant = await house.tenant('duel', { one: 'admin', other: 'admin' });
    const { access, database, log, now } = house.kernel;
    const changes = new AccessChanges({ access, database, now, kinds: [demote] });
    const [one, other] = [await tenant.principal('one'), await tenant.principal('other')];
    const outcomes = await Promise.allSettled([
      changes.make(demote, { id: other.id }, requestContext(one, log)),
      changes.make(demote, { id: one.id }, requestContext(other, log)),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failed = outcomes.find((each) => each.status === 'rejected');
    expect(failed?.reason).toMatchObject({ code: 'FORBIDDEN' });
    const left = await Promise.all([tenant.principal('one'), tenant.principal('other')]);
    expect(left.filter(({ roles }) => roles.includes('admin'))).toHaveLength(1);
  });

  it('through the graph do not both succeed either', async () => {
    const tenant = await house.tenant('graph duel', { one: 'admin', other: 'admin' });
    const admin = await roleIdAs(tenant, 'one');
    const ids = { one: (await tenant.principal('one')).id, other: (await tenant.principal('other')).id };
    const outcomes = await Promise.allSettled([
      mutate(tenant, 'one', 'revokeRole', { roleId: admin, userId: ids.other }),
      mutate(tenant, 'other', 'revokeRole', { roleId: admin, userId: ids.one }),
    ]);
    const done = outcomes.filter((each) => each.status === 'fulfilled' && codesOf(each.value).length === 0);
    expect(done).toHaveLength(1);
  });

  it('do not demote the last one, who is themselves', async () => {
    const tenant = await house.tenant('last', { one: 'admin' });
    const { access, database, log, now } = house.kernel;
    const changes = new AccessChanges({ access, database, now, kinds: [demote] });
    const one = await tenant.principal('one');
    const refused = await changes
      .make(demote, { id: one.id }, requestContext(one, log))
      .catch((error: unknown) => error);
    expect(refused instanceof UserProblem && refused.errors).toMatchObject([{ code: 'LAST_ADMIN' }]);
  });

  const roleIdAs = async (tenant: TestTenant, who: string) => {
    const { data } = await tenant.ask(who, '{ roles(first: 100) { edges { node { id name } } } }');
    return data.roles.edges.find((edge: { node: { name: string } }) => edge.node.name === 'admin').node.id;
  };
});
