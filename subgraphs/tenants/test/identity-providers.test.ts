import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askAsGateway, needApproval, outboxOf } from './desk.ts';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, mutate, mutation, payloadOf, roleId } from './mutate.ts';

const fields = `identityProvider {
  id name issuer clientId hasClientSecret audience scopes justInTime trustEmail defaultRoles { name }
  claims { email name roles { claim mapping { value role { name } } } attributes { claim attribute } }
} waiting { id input }`;
const issuer = 'https://login.acme.example';

describe('identity providers', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let clients = 0;
  beforeAll(async () => {
    house = await openHouse([], { config: { secretKey: 'a key of more than thirty-two characters' } });
    acme = await house.tenant('acme', { admin: 'admin', second: 'admin', viewer: 'viewer' });
  });
  afterAll(() => house.close());

  const configure = (input: Record<string, unknown> = {}, tenant = acme) => {
    const whole = { name: 'Entra', issuer, clientId: `client-${++clients}`, ...input };
    return mutate(tenant, 'admin', 'configureIdentityProvider', whole, fields);
  };
  const atTheDoor = async (field: 'providersByIssuer' | 'providersOfTenant', value: string) => {
    const argument = field === 'providersByIssuer' ? 'issuer' : 'tenantName';
    const query = `query($value: String!) { ${field}(${argument}: $value) { id tenantId tenantName issuer clientId clientSecret audience scopes active } }`;
    return (await askAsGateway(house, acme.id, query, { value }))[field];
  };

  it('are configured with what is usual, and known to the gateway by issuer and by tenant', async () => {
    const { identityProvider, userErrors } = await configure({ clientId: 'plain' });
    expect(userErrors).toEqual([]);
    expect(identityProvider).toMatchObject({
      name: 'Entra',
      issuer,
      clientId: 'plain',
      audience: 'plain',
      hasClientSecret: false,
      scopes: ['openid', 'email', 'profile'],
      justInTime: false,
      trustEmail: false,
      defaultRoles: [],
      claims: { email: null, name: null, roles: null, attributes: [] },
    });
    const known = { id: identityProvider.id, tenantId: acme.id, tenantName: 'acme', clientSecret: null, active: true };
    for (const found of [await atTheDoor('providersByIssuer', issuer), await atTheDoor('providersOfTenant', 'acme')]) {
      expect(found).toEqual([expect.objectContaining(known)]);
    }
    const { data } = await acme.ask('admin', '{ identityProviders { id name } }');
    expect(data.identityProviders).toEqual([{ id: identityProvider.id, name: 'Entra' }]);
  });

  it('keep their client secret encrypted, and show it to nobody but a sign-in', async () => {
    const tenant = await house.tenant('sealed');
    const secret = 'correct horse battery staple';
    const { identityProvider } = await configure({ clientSecret: secret, clientId: 'sealed' }, tenant);
    expect(identityProvider.hasClientSecret).toBe(true);
    expect(await atTheDoor('providersOfTenant', 'sealed')).toMatchObject([{ clientSecret: secret }]);
    expect(
      (await atTheDoor('providersByIssuer', issuer)).map((each: { clientSecret: unknown }) => each.clientSecret),
    ).not.toContain(secret);
    const principal = await tenant.principal('admin');
    const stored = await house.database.read(principal, (em) =>
      em.execute(
        'select (select jsonb_agg(p) from tenants.identity_provider p) as providers, (select count(*)::int from tenants.secret_in_waiting) as waiting',
      ),
    );
    expect(stored).toMatchObject([{ waiting: 0, providers: [{ client_secret: expect.stringMatching(/^v1\./) }] }]);
    const sealed = stored[0]?.providers[0].client_secret;
    const told = JSON.stringify(await outboxOf(house));
    for (const each of [secret, sealed]) expect(told).not.toContain(each);
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  it('keep their secret when it is not given again, but never send it to another issuer or as another client', async () => {
    const tenant = await house.tenant('keeping');
    const before = await configure({ clientSecret: 'hunter2', clientId: 'keeping' }, tenant);
    const kept = await configure({ clientId: 'keeping', scopes: ['openid'] }, tenant);
    expect(kept.identityProvider).toMatchObject({
      id: before.identityProvider.id,
      hasClientSecret: true,
      scopes: ['openid'],
    });
    for (const input of [{ clientId: 'keeping', issuer: 'https://evil.example' }, { clientId: 'other' }]) {
      expect(codesOf(await configure(input, tenant))).toEqual(['CLIENT_SECRET_NEEDED']);
    }
    const without = await configure({ clientId: 'keeping', clientSecret: null }, tenant);
    expect(without.identityProvider.hasClientSecret).toBe(false);
  });

  it.each([
    [{ issuer: 'http://login.acme.example' }, 'ISSUER_INVALID'],
    [{ issuer: 'https://login.acme.example/?a=b' }, 'ISSUER_INVALID'],
    [{ issuer: 'https://someone@login.acme.example' }, 'ISSUER_INVALID'],
    [{ issuer: 'ldap' }, 'ISSUER_INVALID'],
    [{ name: ' ' }, 'NAME_INVALID'],
    [{ clientId: '' }, 'TEXT_INVALID'],
    [{ clientSecret: '' }, 'TEXT_INVALID'],
    [{ scopes: ['open id'] }, 'SCOPES_INVALID'],
    [{ defaultRoles: ['none'] }, 'ROLE_NOT_FOUND'],
    [{ claims: { roles: { claim: 'roles', mapping: [{ value: 'x', roleId: 'none' }] } } }, 'ROLE_NOT_FOUND'],
    [{ claims: { attributes: [{ claim: 'dept', attribute: 'unheard' }] } }, 'ATTRIBUTE_UNKNOWN'],
  ])('of %j are refused with %s', async (input, code) => {
    expect(codesOf(await configure(input))).toEqual([code]);
  });

  it('on this machine need no https', async () => {
    expect(codesOf(await configure({ name: 'local', issuer: 'http://localhost:9999' }))).toEqual([]);
  });

  it('of two tenants cannot have the same issuer and audience', async () => {
    const rival = await house.tenant('rival');
    await configure({ name: 'shared', clientId: 'shared' });
    expect(codesOf(await configure({ name: 'shared', clientId: 'shared' }, rival))).toEqual(['AUDIENCE_TAKEN']);
    expect(codesOf(await configure({ name: 'shared', clientId: 'shared', audience: 'rival' }, rival))).toEqual([]);
  });

  it('can only be connected by who holds all that anybody holds: their owner can sign in as anybody', async () => {
    const admin = await acme.principal('admin');
    const half = { ...admin, permissions: ['tenants:identity:administer', 'tenants:user:read'], revision: undefined };
    const input = { name: 'mine', issuer: 'https://mine.example', clientId: 'mine' };
    const answer = await house.execute('tenants', half, mutation('configureIdentityProvider', ''), { input });
    expect(payloadOf(answer as never, 'configureIdentityProvider').userErrors).toMatchObject([
      { code: 'CANNOT_GRANT', path: ['input', 'issuer'] },
    ]);
  });

  it('give only roles that who configures them holds, also by default', async () => {
    const { role } = await mutate(
      acme,
      'admin',
      'createRole',
      { name: 'all', permissions: ['tenants:*:*'] },
      'role { id }',
    );
    const narrow = await house.tenant('narrow', { admin: 'viewer' });
    const viewer = await narrow.principal('admin');
    const author = {
      ...viewer,
      permissions: [...viewer.permissions, 'tenants:identity:administer'],
      revision: undefined,
    };
    const strong = await roleId(narrow, 'admin');
    for (const given of [
      { defaultRoles: [strong] },
      { claims: { roles: { claim: 'roles', mapping: [{ value: 'x', roleId: strong }] } } },
    ]) {
      const input = { name: 'mine', issuer, clientId: 'narrow', ...given };
      const answer = await house.execute('tenants', author, mutation('configureIdentityProvider', ''), { input });
      expect(codesOf(payloadOf(answer as never, 'configureIdentityProvider'))).toEqual(['CANNOT_GRANT']);
    }
    const { identityProvider } = await configure({ name: 'roles', defaultRoles: [role.id] });
    expect(identityProvider.defaultRoles).toEqual([{ name: 'all' }]);
  });

  it('are nothing to those who may not administer identity', async () => {
    for (const query of ['{ identityProviders { id } }', '{ providersByIssuer(issuer: "x") { id } }']) {
      const { errors } = await acme.ask('viewer', query);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('that are removed sign nobody in any more', async () => {
    const tenant = await house.tenant('leaving');
    const { identityProvider } = await configure({ clientId: 'leaving' }, tenant);
    const removed = await mutate(
      tenant,
      'admin',
      'removeIdentityProvider',
      { id: identityProvider.id },
      'removedIdentityProviderId',
    );
    expect(removed).toMatchObject({ removedIdentityProviderId: identityProvider.id, userErrors: [] });
    expect(await atTheDoor('providersOfTenant', 'leaving')).toEqual([]);
    expect(codesOf(await mutate(tenant, 'admin', 'removeIdentityProvider', { id: identityProvider.id }))).toEqual([
      'PROVIDER_NOT_FOUND',
    ]);
  });

  it('that wait for a second person wait with a secret that neither the waiting change nor the log shows', async () => {
    const careful = await house.tenant('careful', { admin: 'admin', second: 'admin' });
    await needApproval(house, careful.id);
    const secret = 'seven times round the mulberry bush';
    const { waiting, identityProvider } = await configure({ clientSecret: secret, clientId: 'careful' }, careful);
    expect(identityProvider).toBeNull();
    expect(JSON.stringify(waiting)).not.toContain(secret);
    expect(await atTheDoor('providersOfTenant', 'careful')).toEqual([]);
    expect(codesOf(await mutate(careful, 'second', 'approveAccessChange', { id: waiting.id }))).toEqual([]);
    expect(await atTheDoor('providersOfTenant', 'careful')).toMatchObject([{ clientSecret: secret }]);
    expect(JSON.stringify(await outboxOf(house))).not.toContain(secret);
  });
});
