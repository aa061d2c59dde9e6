import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';

const create = `mutation($input: CreateRoleInput!) {
  createRole(input: $input) { role { id name permissions includes { name } builtIn } userErrors { code message path params } }
}`;
const update = `mutation($input: UpdateRoleInput!) {
  updateRole(input: $input) { role { id name permissions includes { name } } userErrors { code message path } }
}`;
const remove = `mutation($input: DeleteRoleInput!) { deleteRole(input: $input) { deletedRoleId userErrors { code } } }`;

describe('roles', () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  const made = async (input: Record<string, unknown>) => {
    const { data, errors } = await acme.ask('admin', create, { input });
    expect(errors).toBeUndefined();
    expect(data.createRole.userErrors).toEqual([]);
    return data.createRole.role as { id: string };
  };
  const codes = (answer: { data?: Record<string, { userErrors: { code: string }[] }> }, field: string) =>
    answer.data?.[field]?.userErrors.map(({ code }) => code);

  it('are made of permissions that their maker holds, and are listed with the built-in ones', async () => {
    const role = await made({ name: 'Night shift', permissions: ['tenants:user:read', 'tenants:policy:read'] });
    expect(role).toMatchObject({ name: 'Night shift', builtIn: false, includes: [] });
    const { data } = await acme.ask('viewer', '{ roles(first: 100) { edges { node { name builtIn } } } }');
    const names = data.roles.edges.map((edge: { node: { name: string } }) => edge.node.name);
    expect(names).toEqual(expect.arrayContaining(['Night shift', 'admin', 'viewer']));
  });

  it('cannot be made by who may not administer them', async () => {
    const { errors } = await acme.ask('operator', create, { input: { name: 'mine', permissions: [] } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:role:administer' });
  });

  it('cannot hand on more than their maker holds, also by a wildcard that reaches further', async () => {
    for (const permission of ['*:*:*', 'tenants:*:*']) {
      const scoped = await house.tenant(`scoped-${permission.length}`);
      const admin = await scoped.principal('admin');
      const half = { ...admin, permissions: ['tenants:role:administer', 'tenants:user:read'], revision: undefined };
      const answer = await house.execute('tenants', half, create, {
        input: { name: 'more', permissions: [permission] },
      });
      expect(codes(answer as never, 'createRole')).toEqual(['CANNOT_GRANT']);
    }
  });

  it.each([
    [{ name: 'x', permissions: ['actions:action:aprove'] }, 'PERMISSION_UNKNOWN'],
    [{ name: 'x', permissions: ['everything'] }, 'PERMISSION_UNKNOWN'],
    [{ name: ' ', permissions: [] }, 'NAME_INVALID'],
    [{ name: 'ADMIN', permissions: [] }, 'NAME_TAKEN'],
    [{ name: 'x', permissions: [], includes: ['nobody'] }, 'ROLE_NOT_FOUND'],
  ])('%j is refused with %s', async (input, code) => {
    expect(codes(await acme.ask('admin', create, { input }), 'createRole')).toEqual([code]);
  });

  it('cannot contain themselves, however far round', async () => {
    const inner = await made({ name: 'inner', permissions: ['tenants:user:read'] });
    const middle = await made({ name: 'middle', permissions: [], includes: [inner.id] });
    const outer = await made({ name: 'outer', permissions: [], includes: [middle.id] });
    for (const id of [inner.id, outer.id]) {
      const answer = await acme.ask('admin', update, { input: { id: inner.id, includes: [id] } });
      expect(codes(answer, 'updateRole')).toEqual(['ROLE_CYCLE']);
    }
  });

  it('that came with the tenant stay as they are', async () => {
    const { data } = await acme.ask('admin', '{ roles(first: 100) { edges { node { id name } } } }');
    const { id } = data.roles.edges.find((edge: { node: { name: string } }) => edge.node.name === 'viewer').node;
    expect(codes(await acme.ask('admin', update, { input: { id, permissions: [] } }), 'updateRole')).toEqual([
      'ROLE_BUILT_IN',
    ]);
    expect(codes(await acme.ask('admin', remove, { input: { id } }), 'deleteRole')).toEqual(['ROLE_BUILT_IN']);
  });

  it('are deleted when nothing includes them', async () => {
    const part = await made({ name: 'part', permissions: ['tenants:user:read'] });
    const whole = await made({ name: 'whole', permissions: [], includes: [part.id] });
    expect(codes(await acme.ask('admin', remove, { input: { id: part.id } }), 'deleteRole')).toEqual(['ROLE_IN_USE']);
    for (const { id } of [whole, part]) {
      const { data } = await acme.ask('admin', remove, { input: { id } });
      expect(data.deleteRole).toEqual({ deletedRoleId: id, userErrors: [] });
    }
  });

  it('of another tenant do not exist', async () => {
    const globex = await house.tenant('globex');
    const { id } = await made({ name: 'ours', permissions: [] });
    expect(codes(await globex.ask('admin', update, { input: { id, name: 'theirs' } }), 'updateRole')).toEqual([
      'ROLE_NOT_FOUND',
    ]);
  });

  it('change at once for whoever is signed in already', async () => {
    const before = await acme.principal('admin');
    await made({ name: 'bump', permissions: [] });
    const after = await acme.principal('admin');
    expect(after.revision).toBeGreaterThan(before.revision ?? 0);
    const { errors } = await house.execute(
      'tenants',
      { ...before, id: '00000000-0000-7000-8000-000000000000' },
      '{ viewer { id } }',
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
