import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate, roleId } from './mutate.ts';
import { notes } from './notes.fixture.ts';

const effective = `query($userId: ID) { effectivePermissions(userId: $userId) {
  user { name } roles { name } groups orphaned
  permissions { permission patterns viaRoles restrictedBy until }
  extendedBy { permission policies }
} }`;

describe('effectivePermissions', () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse([notes]);
    acme = await house.tenant('acme');
    const done = async (name: string, input: Record<string, unknown>, selection = '') => {
      const payload = await mutate(acme, 'admin', name, input, selection);
      expect(codesOf(payload)).toEqual([]);
      return payload;
    };
    await done('createRole', { name: 'writer', permissions: ['knowledge:note:change'] });
    const { group } = await done('createGroup', { name: 'ICU' }, 'group { id }');
    const viewer = await idOf(acme, 'viewer');
    await done('addGroupMembers', { groupId: group.id, userIds: [viewer] });
    const role = await roleId(acme, 'writer');
    await done('assignRole', { groupId: group.id, roleId: role, expiresAt: '2999-01-01T00:00:00.000Z' });
    const say = (effect: string, verb: string) =>
      `${effect} (principal, action == Action::"knowledge:note:${verb}", resource) when { resource.classification == 3 };`;
    await done('publishPolicy', { name: 'secrets', source: say('forbid', 'change') });
    await done('publishPolicy', { name: 'open', source: say('permit', 'read') });
  });
  afterAll(() => house.close());

  it('are what the catalogue has of the patterns, with roles, ends and the policies that restrict or extend them', async () => {
    const { data } = await acme.ask('viewer', effective);
    const { permissions, ...rest } = data.effectivePermissions;
    expect(rest).toMatchObject({
      user: { name: 'viewer' },
      roles: [{ name: 'viewer' }, { name: 'writer' }],
      groups: ['ICU'],
      extendedBy: [{ permission: 'knowledge:note:read', policies: ['open'] }],
    });
    expect(permissions).toContainEqual({
      permission: 'knowledge:note:change',
      patterns: ['knowledge:note:change'],
      viaRoles: ['writer'],
      restrictedBy: ['A note is changed by its owner', 'secrets'],
      until: '2999-01-01T00:00:00.000Z',
    });
    expect(permissions.map((each: { permission: string }) => each.permission)).not.toContain('knowledge:note:read');
  });

  it('of others take a permission', async () => {
    const userId = await idOf(acme, 'viewer');
    const { errors } = await acme.ask('operator', effective, { userId });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:access:explain' });
    const { data } = await acme.ask('admin', effective, { userId });
    expect(data.effectivePermissions.user).toEqual({ name: 'viewer' });
    const own = await acme.ask('operator', effective, { userId: await idOf(acme, 'operator') });
    expect(own.errors).toBeUndefined();
  });

  it('show what covers nothing any more as orphaned, and never as granted', async () => {
    const { data } = await acme.ask('viewer', effective);
    const names = data.effectivePermissions.permissions.map((each: { permission: string }) => each.permission);
    // The viewer's role speaks of subgraphs that are not in this house.
    expect(data.effectivePermissions.orphaned).toContain('billing:budget:read');
    expect(names).not.toContain('billing:budget:read');
  });

  it('of those who may not come in are none', async () => {
    const tenant = await house.tenant('leavers', { admin: 'admin', left: 'operator' });
    const userId = await idOf(tenant, 'left');
    await mutate(tenant, 'admin', 'deactivateUser', { userId });
    const { data } = await tenant.ask('admin', effective, { userId });
    expect(data.effectivePermissions).toMatchObject({ user: { name: 'left' }, roles: [], permissions: [], groups: [] });
  });
});
