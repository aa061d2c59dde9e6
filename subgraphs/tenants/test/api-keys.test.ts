import { createHash } from 'node:crypto';
import type { Principal } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askAsGateway, needApproval, outboxOf, principalOf, signInFields } from './desk.ts';
import { type Answer, openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate, roleId } from './mutate.ts';

const keyFields = 'id name permissions createdAt expiresAt lastUsedAt revokedAt connector rotatedFrom owner { email }';
const create = `mutation($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { apiKey { ${keyFields} } secret waiting { id status input } userErrors { code message path } }
}`;
const rotate = `mutation($input: RotateApiKeyInput!) {
  rotateApiKey(input: $input) { apiKey { ${keyFields} } secret waiting { id } userErrors { code path } }
}`;
const revoke = `mutation($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) { apiKey { id revokedAt } userErrors { code } }
}`;
const dayMs = 86_400_000;
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');

describe('API keys', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let ahead = 0;
  beforeAll(async () => {
    house = await openHouse([], { now: () => new Date(Date.now() + ahead) });
    acme = await house.tenant('acme', { admin: 'admin', second: 'admin', viewer: 'viewer' });
  });
  afterAll(() => house.close());

  const made = async (input: Record<string, unknown> = {}, tenant = acme, person = 'admin') => {
    const whole = { name: 'nightly', permissions: ['tenants:user:read'], ...input };
    const { data, errors } = await tenant.ask(person, create, { input: whole });
    expect(errors).toBeUndefined();
    expect(data.createApiKey.userErrors).toEqual([]);
    return data.createApiKey as { apiKey: { id: string; expiresAt: string; createdAt: string }; secret: string };
  };
  const signIn = async (secret: string, tenant = acme): Promise<Principal | null> => {
    const [, key = ''] = /^csk_[0-9a-f]{32}_([0-9a-f]{32})_/.exec(secret) ?? [];
    const keyId = key.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const mutation = `mutation($keyId: ID!, $secretHash: String!) {
      presentApiKey(keyId: $keyId, secretHash: $secretHash) { ${signInFields} }
    }`;
    const data = await askAsGateway(house, tenant.id, mutation, { keyId, secretHash: hashOf(secret) });
    return principalOf(data.presentApiKey, tenant.id);
  };
  const refused = async (input: Record<string, unknown>, tenant = acme, person = 'admin') => {
    const whole = { name: 'nightly', permissions: ['tenants:user:read'], ...input };
    const { data } = await tenant.ask(person, create, { input: whole });
    return data.createApiKey.userErrors.map(({ code }: { code: string }) => code);
  };
  const askWith = async (principal: Principal, query: string, variables?: Record<string, unknown>) =>
    (await house.execute('tenants', principal, query, variables)) as Answer;

  it('are made with a secret that is shown once and kept nowhere', async () => {
    const { apiKey, secret } = await made();
    expect(secret).toMatch(/^csk_[0-9a-f]{32}_[0-9a-f]{32}_[\w-]{43}$/);
    expect(apiKey).toMatchObject({
      name: 'nightly',
      connector: null,
      revokedAt: null,
      owner: { email: 'admin@acme.test' },
    });
    expect(Date.parse(apiKey.expiresAt) - Date.parse(apiKey.createdAt)).toBe(90 * dayMs);
    const { data } = await acme.ask('admin', `{ apiKeys(first: 100) { edges { node { ${keyFields} } } } }`);
    expect(data.apiKeys.edges.map(({ node }: { node: { id: string } }) => node.id)).toContain(apiKey.id);
    const told = JSON.stringify(await outboxOf(house));
    expect(told).toContain(apiKey.id);
    for (const part of [secret, secret.slice(-43), hashOf(secret)]) expect(told).not.toContain(part);
    expect(JSON.stringify(data)).not.toContain(hashOf(secret));
  });

  it('sign a machine in as itself, in the name of the person who answers for it', async () => {
    const { apiKey, secret } = await made();
    const principal = await signIn(secret);
    const owner = await acme.principal('admin');
    expect(principal).toMatchObject({
      kind: 'api_key',
      id: apiKey.id,
      person: owner.id,
      permissions: ['tenants:user:read'],
    });
    expect(await signIn(`${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`)).toBeNull();
  });

  it('of a connector sign in as a connector', async () => {
    const { secret } = await made({ connector: 'fhir' });
    expect(await signIn(secret)).toMatchObject({ kind: 'connector' });
  });

  it('may never do more than their owner may by now', async () => {
    const globex = await house.tenant('globex', { admin: 'admin', owner: 'admin' });
    const { secret } = await made({ permissions: ['tenants:*:*'] }, globex, 'owner');
    const before = (await signIn(secret, globex)) as Principal;
    expect(before.permissions).toEqual(['tenants:*:*']);
    const userId = await idOf(globex, 'owner');
    await mutate(globex, 'admin', 'assignRole', { userId, roleId: await roleId(globex, 'viewer') });
    await mutate(globex, 'admin', 'revokeRole', { userId, roleId: await roleId(globex, 'admin') });
    expect((await signIn(secret, globex))?.permissions).toEqual(['tenants:user:read']);
    const { errors } = await askWith(before, '{ apiKeys { edges { cursor } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    [{ permissions: ['*:*:*'] }, 'CANNOT_GRANT'],
    [{ permissions: [] }, 'PERMISSIONS_MISSING'],
    [{ permissions: ['tenants:user:raed'] }, 'PERMISSION_UNKNOWN'],
    [{ name: '' }, 'NAME_INVALID'],
    [{ connector: 'a b' }, 'CONNECTOR_INVALID'],
  ])('of %j are refused with %s', async (input, code) => {
    expect(await refused(input)).toEqual([code]);
  });

  it.each([-1, 0, 367])('that would end in %i days are refused', async (days) => {
    const expiresAt = new Date(Date.now() + days * dayMs).toISOString();
    expect(await refused({ expiresAt })).toEqual(['EXPIRY_INVALID']);
  });

  it('made by a key hold no more than that key', async () => {
    const { secret } = await made({ permissions: ['tenants:key:administer'] });
    const machine = (await signIn(secret)) as Principal;
    const input = { name: 'offspring', permissions: ['tenants:user:read'] };
    const { data } = await askWith(machine, create, { input });
    expect(data.createApiKey.userErrors).toMatchObject([{ code: 'CANNOT_GRANT' }]);
  });

  it('are for those alone who may administer them', async () => {
    const { errors } = await acme.ask('viewer', create, { input: { name: 'x', permissions: ['tenants:user:read'] } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:key:administer' });
  });

  it('never pass where the product alone may pass', async () => {
    for (const connector of [null, 'fhir']) {
      const { secret } = await made({ connector, permissions: ['tenants:*:*'] });
      const machine = (await signIn(secret)) as Principal;
      for (const hidden of [
        '{ signIn(email: "admin@acme.test") { id } }',
        '{ providersOfTenant(tenantName: "acme") { id } }',
      ]) {
        const { errors } = await askWith(machine, hidden);
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
      }
    }
  });

  it('are rotated with an overlap, and become the property of whoever rotates them', async () => {
    const old = await made({ connector: 'fhir' });
    const { data } = await acme.ask('second', rotate, { input: { id: old.apiKey.id, overlapSeconds: 60 } });
    const { apiKey, secret, userErrors } = data.rotateApiKey;
    expect(userErrors).toEqual([]);
    expect(apiKey).toMatchObject({
      rotatedFrom: old.apiKey.id,
      connector: 'fhir',
      owner: { email: 'second@acme.test' },
    });
    expect(await signIn(old.secret)).not.toBeNull();
    expect(await signIn(secret)).toMatchObject({ id: apiKey.id });
    const { data: list } = await acme.ask(
      'admin',
      '{ apiKeys(first: 1) { edges { node { id } } pageInfo { endCursor } } }',
    );
    expect(list.apiKeys.edges[0].node.id).toBe(apiKey.id);
    const after = `query($after: String) { apiKeys(first: 1, after: $after) { edges { node { id expiresAt } } } }`;
    const { data: next } = await acme.ask('admin', after, { after: list.apiKeys.pageInfo.endCursor });
    expect(next.apiKeys.edges[0].node.id).toBe(old.apiKey.id);
    expect(Date.parse(next.apiKeys.edges[0].node.expiresAt)).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('without an overlap end when they are rotated', async () => {
    const old = await made();
    const { data } = await acme.ask('admin', rotate, { input: { id: old.apiKey.id, overlapSeconds: 0 } });
    expect(data.rotateApiKey.userErrors).toEqual([]);
    expect(await signIn(old.secret)).toBeNull();
    for (const [input, code] of [
      [{ id: old.apiKey.id }, 'KEY_ENDED'],
      [{ id: data.rotateApiKey.apiKey.id, overlapSeconds: 8 * 86_400 }, 'OVERLAP_INVALID'],
      [{ id: '00000000-0000-7000-8000-000000000000' }, 'KEY_NOT_FOUND'],
    ]) {
      const { data: refusal } = await acme.ask('admin', rotate, { input });
      expect(refusal.rotateApiKey.userErrors).toMatchObject([{ code }]);
    }
  });

  it('end at once when they are revoked, also for who signed in with them before', async () => {
    const { apiKey, secret } = await made();
    const before = (await signIn(secret)) as Principal;
    const { data } = await acme.ask('second', revoke, { input: { id: apiKey.id } });
    expect(data.revokeApiKey).toMatchObject({
      apiKey: { id: apiKey.id, revokedAt: expect.any(String) },
      userErrors: [],
    });
    expect(await signIn(secret)).toBeNull();
    const { errors } = await askWith(before, '{ viewer { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    const { data: again } = await acme.ask('second', revoke, { input: { id: apiKey.id } });
    expect(again.revokeApiKey.userErrors).toEqual([{ code: 'KEY_ENDED' }]);
  });

  it('of another tenant do not exist', async () => {
    const initech = await house.tenant('initech');
    const { apiKey, secret } = await made();
    const { data } = await initech.ask('admin', revoke, { input: { id: apiKey.id } });
    expect(data.revokeApiKey.userErrors).toEqual([{ code: 'KEY_NOT_FOUND' }]);
    expect(await signIn(secret, initech)).toBeNull();
  });

  it('say when they were used last, to the minute', async () => {
    const { apiKey, secret } = await made();
    const lastUsed = async () => {
      const { data } = await acme.ask('admin', '{ apiKeys(first: 1) { edges { node { id lastUsedAt } } } }');
      expect(data.apiKeys.edges[0].node.id).toBe(apiKey.id);
      return data.apiKeys.edges[0].node.lastUsedAt as string | null;
    };
    expect(await lastUsed()).toBeNull();
    await signIn(secret);
    const first = await lastUsed();
    expect(first).not.toBeNull();
    await signIn(secret);
    expect(await lastUsed()).toBe(first);
    ahead = 61_000;
    await signIn(secret);
    ahead = 0;
    expect(Date.parse((await lastUsed()) ?? '')).toBeGreaterThan(Date.parse(first ?? '') + 60_000);
  });

  describe('where changes need a second person', () => {
    it('are made without a secret that anybody has seen, and their owner gets one by rotating them', async () => {
      const careful = await house.tenant('careful', { admin: 'admin', second: 'admin' });
      await needApproval(house, careful.id);
      const input = { name: 'nightly', permissions: ['tenants:user:read'] };
      const { data } = await careful.ask('admin', create, { input });
      expect(data.createApiKey).toMatchObject({ apiKey: null, secret: null, waiting: { status: 'WAITING' } });
      const id = data.createApiKey.waiting.id;
      expect(codesOf(await mutate(careful, 'second', 'approveAccessChange', { id }))).toEqual([]);
      const list = async () => {
        const { data: keys } = await careful.ask(
          'admin',
          '{ apiKeys { edges { node { id expiresAt owner { email } } } } }',
        );
        return keys.apiKeys.edges.map(({ node }: { node: unknown }) => node);
      };
      const [key] = await list();
      expect(key.owner).toEqual({ email: 'admin@careful.test' });
      const { data: taken } = await careful.ask('second', rotate, { input: { id: key.id } });
      expect(taken.rotateApiKey).toMatchObject({ secret: null, waiting: { id: expect.any(String) } });
      const { data: rotated } = await careful.ask('admin', rotate, { input: { id: key.id } });
      expect(rotated.rotateApiKey.userErrors).toEqual([]);
      // No later than what the second person agreed to.
      expect(rotated.rotateApiKey.apiKey.expiresAt).toBe(key.expiresAt);
      expect(await signIn(rotated.rotateApiKey.secret, careful)).toMatchObject({ kind: 'api_key' });
    });
  });
});
