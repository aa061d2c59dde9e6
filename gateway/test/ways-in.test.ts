import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseOpaqueToken } from '../src/authentication/opaque-tokens.ts';
import { Browser } from './oidc-browser.fixture.ts';
import { api, TestProvider } from './oidc-provider.fixture.ts';
import { openWholeHouse, type WholeHouse } from './sign-in-house.fixture.ts';

const viewer = '{ viewer { email roles { name } } }';
const createKey = `mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } secret userErrors { code } } }`;
const configure = `mutation($input: ConfigureIdentityProviderInput!) {
  configureIdentityProvider(input: $input) { identityProvider { id } userErrors { code message } }
}`;

describe('the ways into a tenant', () => {
  let house: WholeHouse;
  let idp: TestProvider;
  let acme: string;
  beforeAll(async () => {
    house = await openWholeHouse();
    acme = await house.tenant('acme');
    const redirectUris = [`${house.url}/auth/callback`];
    idp = new TestProvider([{ id: 'countersign', secret: 'a secret of 32 characters, or more', redirectUris }], {
      sub: 'ida',
      email: 'ida@acme.test',
      name: 'Ida New',
      department: 'ICU',
    });
    await idp.start();
  });
  afterAll(async () => {
    await house.close();
    await idp.stop();
  });

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  describe('API keys', () => {
    const made = async (permissions = ['tenants:user:read']) => {
      const admin = await house.as('admin@acme.test', acme);
      const { data } = await house.ask(admin, createKey, { input: { name: 'nightly', permissions } });
      expect(data.createApiKey.userErrors).toEqual([]);
      return data.createApiKey as { apiKey: { id: string }; secret: string };
    };

    it('are taken apart by the gateway as tenants makes them', async () => {
      const { apiKey, secret } = await made();
      expect(parseOpaqueToken(secret)).toMatchObject({ kind: 'api_key', tenantId: acme, keyId: apiKey.id });
    });

    it('do what they were made for, and nothing else', async () => {
      const { secret } = await made();
      expect(await house.ask(bearer(secret), '{ users(first: 1) { edges { node { email } } } }')).toMatchObject({
        status: 200,
      });
      expect((await house.ask(bearer(secret), '{ apiKeys { edges { cursor } } }')).code).toBe('FORBIDDEN');
    });

    it('end at once when they are revoked', async () => {
      const { apiKey, secret } = await made();
      expect((await house.ask(bearer(secret), viewer)).code).toBeUndefined();
      const revoke = 'mutation($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { userErrors { code } } }';
      await house.ask(await house.as('admin@acme.test', acme), revoke, { input: { id: apiKey.id } });
      expect((await house.ask(bearer(secret), viewer)).code).toBe('UNAUTHENTICATED');
    });

    it('find none of what is for the gateway alone', async () => {
      const { secret } = await made(['tenants:*:*']);
      const hidden = await house.ask(bearer(secret), '{ providersOfTenant(tenantName: "acme") { clientSecret } }');
      expect(hidden).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    });
  });

  describe("a tenant's own identity provider", () => {
    const connect = async () => {
      const admin = await house.as('admin@acme.test', acme);
      const { data: known } = await house.ask(admin, '{ roles(first: 50) { edges { node { id name } } } }');
      const named = (name: string) =>
        known.roles.edges.find(({ node }: { node: { name: string } }) => node.name === name).node.id;
      const input = {
        name: 'Test IdP',
        issuer: idp.issuer,
        clientId: 'countersign',
        clientSecret: 'a secret of 32 characters, or more',
        audience: api,
        justInTime: true,
        defaultRoles: [named('viewer')],
        claims: { roles: { claim: 'department', mapping: [{ value: 'ICU', roleId: named('operator') }] } },
      };
      const { data } = await house.ask(admin, configure, { input });
      expect(data.configureIdentityProvider.userErrors).toEqual([]);
    };
    const signedIn = async () => {
      await connect();
      const browser = new Browser();
      const back = await browser.until(house.url, `${house.url}/auth/acme/login`);
      const response = await browser.get(back, { accept: 'application/json' });
      return (await response.json()) as { token: string; expiresAt: string };
    };

    it('signs somebody in who is made at that moment, with the roles that its claims give', async () => {
      const { token } = await signedIn();
      const { data } = await house.ask(bearer(token), viewer);
      expect(data.viewer).toEqual({ email: 'ida@acme.test', roles: [{ name: 'operator' }, { name: 'viewer' }] });
    });

    it('gives sessions that end at once when they are revoked, or signed out of', async () => {
      const [one, two] = [await signedIn(), await signedIn()];
      const { data } = await house.ask(bearer(one.token), '{ sessions { edges { node { id current } } } }');
      const other = data.sessions.edges.find(({ node }: { node: { current: boolean } }) => !node.current).node.id;
      expect((await house.ask(bearer(two.token), viewer)).code).toBeUndefined();
      const revoke = 'mutation($input: RevokeSessionInput!) { revokeSession(input: $input) { userErrors { code } } }';
      for (const { node } of data.sessions.edges) {
        if (!node.current) await house.ask(bearer(one.token), revoke, { input: { id: node.id } });
      }
      expect(other).toBeDefined();
      expect((await house.ask(bearer(two.token), viewer)).code).toBe('UNAUTHENTICATED');
      const out = await fetch(`${house.url}/auth/logout`, { method: 'POST', headers: bearer(one.token) });
      expect(out.status).toBe(204);
      expect((await house.ask(bearer(one.token), viewer)).code).toBe('UNAUTHENTICATED');
    });

    it('vouches for the bearer of its tokens', async () => {
      await connect();
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: idp.issuer, aud: api, sub: 'ida', iat: now, exp: now + 60, department: 'ICU' };
      const { data } = await house.ask(bearer(await idp.sign(claims)), viewer);
      expect(data.viewer.email).toBe('ida@acme.test');
      expect((await house.ask(bearer(await idp.sign({ ...claims, sub: 'stranger' })), viewer)).code).toBe(
        'UNAUTHENTICATED',
      );
    });

    it('leaves no secret in what was told', async () => {
      const { token } = await signedIn();
      const told = JSON.stringify(await house.outbox());
      for (const secret of [token, parseOpaqueToken(token)?.hash ?? '', 'a secret of 32 characters']) {
        expect(told).not.toContain(secret);
      }
    });
  });
});
