import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { mutate } from './mutate.ts';

describe('the permission catalogue', () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  const query = '{ permissionCatalog { name description subgraph risk objectType roles { name } } }';
  const rolesOf = async (permission: string): Promise<string[]> => {
    const { data, errors } = await acme.ask('viewer', query);
    expect(errors).toBeUndefined();
    const found = data.permissionCatalog.find(({ name }: { name: string }) => name === permission);
    return found.roles.map(({ name }: { name: string }) => name);
  };

  it('has every permission that is declared, with the roles that hold it', async () => {
    const { data } = await acme.ask('viewer', query);
    const declared = house.runtimes.get('tenants')?.permissions.catalogue.map(({ name }) => name) ?? [];
    expect(data.permissionCatalog.map(({ name }: { name: string }) => name)).toEqual([...declared].sort());
    const [read] = data.permissionCatalog.filter(({ name }: { name: string }) => name === 'tenants:user:administer');
    expect(read).toMatchObject({ subgraph: 'tenants', risk: 'HIGH', objectType: null, roles: [{ name: 'admin' }] });
  });

  it('counts in what a role holds by including another', async () => {
    const permissions = ['tenants:policy:*'];
    const { role } = await mutate(acme, 'admin', 'createRole', { name: 'Inner', permissions }, 'role { id }');
    await mutate(acme, 'admin', 'createRole', { name: 'Outer', permissions: [], includes: [role.id] });
    expect(await rolesOf('tenants:policy:administer')).toEqual(['Inner', 'Outer', 'admin']);
    expect(await rolesOf('tenants:policy:read')).toEqual(['Inner', 'Outer', 'admin', 'auditor']);
  });

  it('shows what roles name and nothing declares as orphaned, and grants nothing for it', async () => {
    const { data } = await acme.ask('viewer', '{ orphanedPermissions { role { name } permission } }');
    // The other subgraphs are not here, so that nothing declares what the built-in roles hold of them.
    expect(data.orphanedPermissions).toContainEqual({
      role: { name: 'partner' },
      permission: 'actions:connector:read',
    });
    const ours = data.orphanedPermissions.filter(({ permission }: { permission: string }) =>
      permission.startsWith('tenants:'),
    );
    expect(ours).toEqual([]);
    expect(await rolesOf('tenants:user:read')).not.toContain('partner');
  });
});
