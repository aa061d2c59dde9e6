import type { Principal } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askAsGateway, outboxOf, principalOf, signInFields } from './desk.ts';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { idOf, mutate, roleId } from './mutate.ts';

const enter = `mutation($providerId: ID!, $subject: String!, $email: String, $emailVerified: Boolean!, $name: String, $claims: JSON!) {
  enter(providerId: $providerId, subject: $subject, email: $email, emailVerified: $emailVerified, name: $name, claims: $claims) {
    ${signInFields}
  }
}`;

interface Said {
  readonly subject: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly name?: string;
  readonly claims?: Record<string, unknown>;
}

describe('signing in by an identity provider', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let providerId: string;
  let clients = 0;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme');
    const schema = [
      { name: 'department', type: 'STRING', description: 'Where somebody works.', required: false },
      { name: 'clearance', type: 'LONG', description: 'How much somebody may see.', required: false },
      { name: 'teams', type: 'STRING_SET', description: 'Who somebody works with.', required: false },
    ];
    await setSchema(acme, schema);
    providerId = await connect(acme, {
      justInTime: true,
      defaultRoles: [await roleId(acme, 'viewer')],
      claims: {
        roles: {
          claim: 'realm.roles',
          mapping: [
            { value: 'ops', roleId: await roleId(acme, 'operator') },
            { value: 'audit', roleId: await roleId(acme, 'auditor') },
          ],
        },
        attributes: [
          { claim: 'dept', attribute: 'department' },
          { claim: 'https://acme.example/clearance', attribute: 'clearance' },
          { claim: 'teams', attribute: 'teams' },
        ],
      },
    });
  });
  afterAll(() => house.close());

  const setSchema = async (tenant: TestTenant, attributes: readonly Record<string, unknown>[]) => {
    const { userErrors } = await mutate(tenant, 'admin', 'setAttributeSchema', { attributes });
    expect(userErrors).toEqual([]);
  };
  const connect = async (tenant: TestTenant, input: Record<string, unknown> = {}): Promise<string> => {
    const whole = {
      name: `idp ${++clients}`,
      issuer: 'https://login.example',
      clientId: `client-${clients}`,
      ...input,
    };
    const { identityProvider, userErrors } = await mutate(
      tenant,
      'admin',
      'configureIdentityProvider',
      whole,
      'identityProvider { id }',
    );
    expect(userErrors).toEqual([]);
    return identityProvider.id;
  };
  const come = async (said: Said, through = providerId, tenant = acme): Promise<Principal | null> => {
    const { email, emailVerified = email !== undefined, claims = {}, ...rest } = said;
    const data = await askAsGateway(house, tenant.id, enter, {
      providerId: through,
      email,
      emailVerified,
      claims,
      ...rest,
    });
    return principalOf(data.enter, tenant.id);
  };
  const revision = async () => (await acme.principal('admin')).revision;

  it('makes somebody who is not known yet, with mapped roles and attributes', async () => {
    const claims = {
      realm: { roles: ['ops', 'unheard'] },
      dept: 'ICU',
      'https://acme.example/clearance': 3,
      teams: 'night',
    };
    const ida = await come({ subject: 'ida', email: 'Ida@acme.test', name: 'Ida New', claims });
    expect(ida).toMatchObject({
      kind: 'user',
      email: 'Ida@acme.test',
      roles: ['operator', 'viewer'],
      attributes: { department: 'ICU', clearance: 3, teams: ['night'] },
    });
    const told = (await outboxOf(house)).filter(({ payload }) => payload.kind === 'user.sign-in');
    expect(told).toMatchObject([
      {
        type: 'AccessChanged',
        principal: { kind: 'service', id: `provider:${providerId}` },
        payload: {
          subject: { type: 'User', id: ida?.id },
          before: null,
          reason: expect.stringMatching(/^identity provider idp/),
        },
      },
    ]);
  });

  it('finds them by their subject from then on, whatever address they have by then', async () => {
    const first = await come({ subject: 'jo', email: 'jo@acme.test' });
    const again = await come({ subject: 'jo', email: 'jo.married@acme.test', emailVerified: false });
    expect(again?.id).toBe(first?.id);
    expect(again?.email).toBe('jo@acme.test');
  });

  it('changes nothing where nothing has changed', async () => {
    const said = { subject: 'kim', email: 'kim@acme.test', claims: { realm: { roles: ['ops'] }, teams: ['b', 'a'] } };
    await come(said);
    const before = await revision();
    await come(said);
    expect(await revision()).toBe(before);
  });

  it('gives and takes mapped roles and attributes as the claims have them, and leaves what others gave', async () => {
    const said = { subject: 'lea', email: 'lea@acme.test' };
    const lea = await come({ ...said, claims: { realm: { roles: ['ops', 'audit'] }, dept: 'ICU' } });
    const userId = lea?.id ?? '';
    await mutate(acme, 'admin', 'assignRole', { userId, roleId: await roleId(acme, 'approver') });
    const later = await come({ ...said, claims: { realm: { roles: 'audit' } } });
    expect(later).toMatchObject({ roles: ['approver', 'auditor', 'viewer'], attributes: {} });
    // What somebody begins with is an admin's to take back, and does not come again.
    await mutate(acme, 'admin', 'revokeRole', { userId, roleId: await roleId(acme, 'viewer') });
    expect((await come({ ...said, claims: {} }))?.roles).toEqual(['approver']);
    expect((await come({ ...said, claims: { realm: { roles: ['ops'] } } }))?.roles).toEqual(['approver', 'operator']);
  });

  it('leaves attributes as they were where what is said does not fit the schema', async () => {
    const said = { subject: 'max', email: 'max@acme.test' };
    const clearance = 'https://acme.example/clearance';
    await come({ ...said, claims: { [clearance]: 2 } });
    expect((await come({ ...said, claims: { [clearance]: 'highest', dept: 7 } }))?.attributes).toEqual({
      clearance: 2,
    });
  });

  describe('joins a subject to somebody who is there already', () => {
    it('by an address that is verified, in whatever case', async () => {
      const found = await come({ subject: 'op', email: 'OPERATOR@acme.test' });
      expect(found?.id).toBe(await idOf(acme, 'operator'));
    });

    it('never by one that is not: whoever can write an address would take over its account', async () => {
      expect(await come({ subject: 'thief', email: 'admin@acme.test', emailVerified: false })).toBeNull();
      expect(await come({ subject: 'thief' })).toBeNull();
    });

    it('never a second subject of the same provider, to whom the address was given later', async () => {
      const before = await come({ subject: 'nina-1', email: 'nina@acme.test' });
      expect(before).not.toBeNull();
      expect(await come({ subject: 'nina-2', email: 'nina@acme.test' })).toBeNull();
    });

    it('never by another claim than the verified one, unless the tenant trusts the directory', async () => {
      const upn = { claims: { email: 'upn' } };
      const said = { subject: 'x', email: 'x@acme.test', emailVerified: true, claims: { upn: 'viewer@acme.test' } };
      expect(await come(said, await connect(acme, upn))).toBeNull();
      const trusted = await connect(acme, { ...upn, trustEmail: true });
      expect((await come(said, trusted))?.id).toBe(await idOf(acme, 'viewer'));
    });
  });

  it('makes nobody where the provider is not to, nor of an address that is not verified or is none', async () => {
    const known = await connect(acme);
    expect(await come({ subject: 'new', email: 'new@acme.test' }, known)).toBeNull();
    expect((await come({ subject: 'aud', email: 'auditor@acme.test' }, known))?.id).toBe(await idOf(acme, 'auditor'));
    expect(await come({ subject: 'new', email: 'new@acme.test', emailVerified: false })).toBeNull();
    expect(await come({ subject: 'new', email: 'no address' })).toBeNull();
  });

  it('makes nobody without an attribute that everybody must have', async () => {
    const strict = await house.tenant('strict', { admin: 'admin' });
    await setSchema(strict, [{ name: 'department', type: 'STRING', description: 'Where.', required: false }]);
    const admin = { userId: await idOf(strict, 'admin'), attributes: { department: 'IT' } };
    await mutate(strict, 'admin', 'updateUserAttributes', admin);
    await setSchema(strict, [{ name: 'department', type: 'STRING', description: 'Where.', required: true }]);
    const attributes = [{ claim: 'dept', attribute: 'department' }];
    const provider = await connect(strict, { justInTime: true, claims: { attributes } });
    const said = { subject: 'new', email: 'new@strict.test' };
    expect(await come(said, provider, strict)).toBeNull();
    expect(await come({ ...said, claims: { dept: 'ICU' } }, provider, strict)).toMatchObject({
      attributes: { department: 'ICU' },
    });
    expect(await come(said, provider, strict)).toMatchObject({ attributes: { department: 'ICU' } });
  });

  it('lets nobody in who is deactivated, neither by subject nor by address', async () => {
    const said = { subject: 'olaf', email: 'olaf@acme.test' };
    const olaf = await come(said);
    await mutate(acme, 'admin', 'deactivateUser', { userId: olaf?.id });
    expect(await come(said)).toBeNull();
    expect(await come({ ...said, subject: 'olaf-2' })).toBeNull();
  });

  it('leaves the last admin one, whatever the provider says', async () => {
    const lonely = await house.tenant('lonely', { admin: 'admin' });
    const mapping = [{ value: 'boss', roleId: await roleId(lonely, 'admin') }];
    const provider = await connect(lonely, { justInTime: true, claims: { roles: { claim: 'roles', mapping } } });
    const said = { subject: 'boss', email: 'boss@lonely.test' };
    expect((await come({ ...said, claims: { roles: ['boss'] } }, provider, lonely))?.roles).toEqual(['admin']);
    await mutate(lonely, 'admin', 'revokeRole', {
      userId: await idOf(lonely, 'admin'),
      roleId: await roleId(lonely, 'admin'),
    });
    expect((await come({ ...said, claims: {} }, provider, lonely))?.roles).toEqual(['admin']);
  });

  it("forgets who was who when the issuer changes: subjects are an issuer's own", async () => {
    const globex = await house.tenant('globex');
    const provider = await connect(globex, { name: 'moving', clientId: 'moving' });
    await come({ subject: '1', email: 'admin@globex.test' }, provider, globex);
    expect(await come({ subject: '1' }, provider, globex)).not.toBeNull();
    await connect(globex, { name: 'moving', clientId: 'moving', issuer: 'https://other.example' });
    expect(await come({ subject: '1' }, provider, globex)).toBeNull();
  });

  it('lets nobody in by a provider of another tenant, or one that was removed, whose roles go with it', async () => {
    const initech = await house.tenant('initech');
    expect(await come({ subject: 'op', email: 'operator@initech.test' }, providerId, initech)).toBeNull();
    const claims = { roles: { claim: 'roles', mapping: [{ value: 'x', roleId: await roleId(initech, 'auditor') }] } };
    const provider = await connect(initech, { claims });
    const said = { subject: 'v', email: 'viewer@initech.test', claims: { roles: ['x'] } };
    expect((await come(said, provider, initech))?.roles).toEqual(['auditor', 'viewer']);
    await mutate(initech, 'admin', 'removeIdentityProvider', { id: provider });
    expect(await come(said, provider, initech)).toBeNull();
    expect((await initech.principal('viewer')).roles).toEqual(['viewer']);
  });
});
