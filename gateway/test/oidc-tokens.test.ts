import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { OidcVerifier } from '../src/authentication/oidc-verifier.ts';
import { ProviderDirectory } from '../src/authentication/provider-directory.ts';
import type { IdentityProvider } from '../src/authentication/sign-in-desk.ts';
import { TestDesk } from './oidc-desk.fixture.ts';
import { api, TestProvider } from './oidc-provider.fixture.ts';

const client = { id: 'machine', secret: 'a secret of 32 characters, or more', redirectUris: ['http://localhost/back'] };
const now = () => Math.floor(Date.now() / 1000);

describe('bearer tokens of a tenant’s own provider', () => {
  let idp: TestProvider;
  let desk: TestDesk;
  let verifier: OidcVerifier;
  let directory: ProviderDirectory;
  const clock = { offset: 0 };

  beforeAll(async () => {
    idp = new TestProvider([client], { sub: 'olga', email: 'olga@acme.test', name: 'Olga' });
    await idp.start();
  });
  afterAll(() => idp.stop());
  beforeEach(() => {
    clock.offset = 0;
    desk = new TestDesk();
    directory = new ProviderDirectory({ timeoutMs: 500, now: () => Date.now() + clock.offset });
    verifier = new OidcVerifier(desk, directory);
  });

  const provide = (overrides: Partial<IdentityProvider> = {}): IdentityProvider => {
    const provider = {
      id: newId(),
      tenantId: newId(),
      tenantName: 'acme',
      issuer: idp.issuer,
      clientId: 'countersign',
      clientSecret: null,
      audience: api,
      scopes: [],
      active: true,
      ...overrides,
    };
    desk.providers.push(provider);
    return provider;
  };
  const claims = (overrides: JWTPayload = {}): JWTPayload => ({
    iss: idp.issuer,
    aud: api,
    sub: 'olga',
    iat: now(),
    exp: now() + 300,
    ...overrides,
  });
  const refused = (reason: RegExp) =>
    expect.objectContaining({ code: 'UNAUTHENTICATED', message: expect.stringMatching(reason) });
  const down = expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' });
  const unsigned = (header: object, payload: object) =>
    [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

  it('takes an access token that the provider issued for our API', async () => {
    const acme = provide();
    const response = await fetch(`${idp.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.id}:${encodeURIComponent(client.secret)}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: api }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    const { assertion, expiresAt } = await verifier.verify(access_token);
    expect(assertion).toMatchObject({
      tenantId: acme.tenantId,
      providerId: acme.id,
      subject: 'machine',
      email: null,
      emailVerified: false,
      name: null,
    });
    expect(Math.abs(expiresAt - Date.now() - 300_000)).toBeLessThan(5_000);
  });

  it.each(['RS256', 'ES256'])('takes %s, as an access token and as an ID token', async (alg) => {
    provide();
    for (const typ of ['at+jwt', 'JWT', 'application/at+jwt']) {
      const token = await idp.sign(claims({ email: 'olga@acme.test', email_verified: true, name: 'Olga' }), {
        alg,
        typ,
      });
      expect((await verifier.verify(token)).assertion).toMatchObject({ email: 'olga@acme.test', emailVerified: true });
    }
  });

  it('believes no claim of the wrong type', async () => {
    provide();
    const token = await idp.sign(claims({ email: ['x@acme.test'], email_verified: 'true', name: 7 }));
    expect((await verifier.verify(token)).assertion).toMatchObject({ email: null, emailVerified: false, name: null });
  });

  it('tells tenants that share an issuer apart by their audiences', async () => {
    const acme = provide({ audience: 'acme-api' });
    const globex = provide({ audience: 'globex-api' });
    const tenantOf = async (aud: string | string[]) =>
      (await verifier.verify(await idp.sign(claims({ aud })))).assertion.tenantId;
    expect(await tenantOf('acme-api')).toBe(acme.tenantId);
    expect(await tenantOf(['other', 'globex-api'])).toBe(globex.tenantId);
    await expect(tenantOf(['acme-api', 'globex-api'])).rejects.toEqual(refused(/which tenant/));
    await expect(tenantOf('initech-api')).rejects.toEqual(refused(/another audience/));
    await expect(tenantOf([])).rejects.toEqual(refused(/another audience/));
  });

  it('knows active providers alone, by their exact name', async () => {
    provide({ active: false });
    provide({ issuer: `${idp.issuer}/` });
    await expect(verifier.verify(await idp.sign(claims()))).rejects.toEqual(refused(/issuer that is not known/));
    await expect(verifier.verify(await idp.sign(claims({ iss: 'https://evil.example' })))).rejects.toEqual(
      refused(/issuer/),
    );
    await expect(verifier.verify(await idp.sign(claims({ iss: undefined })))).rejects.toEqual(
      refused(/name its issuer/),
    );
  });

  it('asks no provider and no key for an algorithm that is not asymmetric', async () => {
    provide();
    const before = idp.asked.length;
    const secret = new Uint8Array(32);
    for (const token of [
      `${unsigned({ alg: 'none' }, claims())}.`,
      `${unsigned({ alg: 'None' }, claims())}.`,
      `${unsigned({ alg: 'none', typ: 'JWT' }, claims())}.${Buffer.from('x').toString('base64url')}`,
      await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(secret),
      await new SignJWT(claims()).setProtectedHeader({ alg: 'HS512', kid: 'x' }).sign(secret),
    ]) {
      await expect(verifier.verify(token)).rejects.toEqual(refused(/asymmetric/));
    }
    expect(idp.asked.length).toBe(before);
  });

  it('cannot be confused by a token that is signed with the public key as a shared secret', async () => {
    provide();
    const jwks = (await (await fetch(`${idp.issuer}/jwks`)).json()) as { keys: { kid: string; alg: string }[] };
    for (const jwk of jwks.keys) {
      const key = await importJWK(jwk, jwk.alg, { extractable: true });
      if (key instanceof Uint8Array) throw new Error('A public key was expected');
      for (const secret of [await exportSPKI(key), JSON.stringify(jwk)]) {
        const forged = await new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: jwk.kid, typ: 'at+jwt' })
          .sign(new TextEncoder().encode(secret));
        await expect(verifier.verify(forged)).rejects.toEqual(refused(/asymmetric/));
      }
    }
  });

  it('takes no key out of the token itself', async () => {
    provide();
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await crypto.subtle.exportKey('jwk', publicKey as CryptoKey);
    const jku = 'https://evil.example/jwks';
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y }, jku, kid: 'mine' })
      .sign(privateKey);
    await expect(verifier.verify(token)).rejects.toEqual(refused(/does not publish/));
  });

  it('refuses a changed token and a foreign signature under a known key’s name', async () => {
    provide();
    const [header = '', , signature = ''] = (await idp.sign(claims())).split('.');
    const changed = Buffer.from(JSON.stringify(claims({ sub: 'root' }))).toString('base64url');
    await expect(verifier.verify(`${header}.${changed}.${signature}`)).rejects.toEqual(refused(/signature/));
  });

  it.each([
    ['expired', { exp: now() - 61 }, /expired/],
    ['not valid yet', { nbf: now() + 90 }, /not valid yet/],
    ['issued in the future', { iat: now() + 90 }, /future/],
    ['without an end', { exp: undefined }, /exp/],
    ['without the time of its issue', { iat: undefined }, /iat/],
    ['without a subject', { sub: undefined }, /sub/],
    ['with an empty subject', { sub: '' }, /subject/],
    ['bound to a key', { cnf: { jkt: 'x' } }, /bound to a key/],
    ['of a logout', { events: {} }, /event/],
  ])('refuses a token that is %s', async (_what, overrides: JWTPayload, reason) => {
    provide();
    await expect(verifier.verify(await idp.sign(claims(overrides)))).rejects.toEqual(refused(reason));
  });

  it('forgives clocks that differ by less than a minute', async () => {
    provide();
    for (const skewed of [{ exp: now() - 50 }, { nbf: now() + 50 }, { iat: now() + 50 }]) {
      expect((await verifier.verify(await idp.sign(claims(skewed)))).assertion.subject).toBe('olga');
    }
  });

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt'])(
    'refuses another kind of JWT of the same signer: %s',
    async (typ) => {
      provide();
      await expect(verifier.verify(await idp.sign(claims(), { typ }))).rejects.toEqual(refused(/neither/));
    },
  );

  it.each(['', 'x', 'a.b', 'a.b.c', 'e30.e30.', `${unsigned({ alg: 'RS256' }, ['x'])}.x`, 'a.b.c.d.e'])(
    'refuses what is no token: %j',
    async (token) => {
      provide();
      await expect(verifier.verify(token)).rejects.toEqual(refused(/refused/));
    },
  );

  it('asks for keys once, however many tokens come at once', async () => {
    provide();
    const before = idp.asked.length;
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => idp.sign(claims({ sub: `user-${n}` }))));
    await Promise.all(tokens.map((token) => verifier.verify(token)));
    await verifier.verify(await idp.sign(claims()));
    expect(idp.asked.slice(before)).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  it('takes up new keys in the middle of it all, and gives the old ones up', async () => {
    provide();
    const old = await idp.sign(claims());
    await verifier.verify(old);
    await idp.stop();
    await idp.start({ newKeys: true });
    const fresh = await Promise.all(Array.from({ length: 5 }, (_, n) => idp.sign(claims({ sub: `user-${n}` }))));
    const before = idp.asked.length;
    const verified = await Promise.all(fresh.map((token) => verifier.verify(token)));
    expect(verified.map(({ assertion }) => assertion.subject)).toEqual(fresh.map((_, n) => `user-${n}`));
    expect(idp.asked.slice(before)).toEqual(['/jwks']);
    await expect(verifier.verify(old)).rejects.toEqual(refused(/does not publish/));
  });

  it('does not let made-up keys hammer the provider', async () => {
    provide();
    await verifier.verify(await idp.sign(claims()));
    const before = idp.asked.length;
    for (let attempt = 0; attempt < 20; attempt++) {
      const token = await idp.sign(claims(), { header: { kid: `made-up-${attempt}` } });
      await expect(verifier.verify(token)).rejects.toEqual(refused(/does not publish/));
    }
    expect(idp.asked.slice(before)).toEqual(['/jwks']);
    clock.offset += 11_000;
    const token = await idp.sign(claims(), { header: { kid: 'another' } });
    await expect(verifier.verify(token)).rejects.toEqual(refused(/does not publish/));
    expect(idp.asked.slice(before)).toEqual(['/jwks', '/jwks']);
  });

  it('serves on with the keys that it has while the provider is down, for six hours', async () => {
    provide();
    const token = await idp.sign(claims());
    await verifier.verify(token);
    await idp.stop();
    try {
      await verifier.verify(token);
      clock.offset += 5 * 3_600_000;
      await verifier.verify(token);
      const unknown = await idp.sign(claims(), { header: { kid: 'new' } });
      await expect(verifier.verify(unknown)).rejects.toEqual(down);
      clock.offset += 3_600_000;
      await expect(verifier.verify(token)).rejects.toEqual(down);
    } finally {
      await idp.start();
    }
    clock.offset += 11_000;
    await verifier.verify(token);
  });

  it('says in plain words that a provider is down whose keys it never had, and asks again after a pause', async () => {
    const { issuer } = provide();
    const token = await idp.sign(claims());
    await idp.stop();
    try {
      await expect(verifier.verify(token)).rejects.toThrow(`The identity provider ${issuer} cannot be reached.`);
    } finally {
      await idp.start();
    }
    await expect(verifier.verify(token)).rejects.toEqual(down);
    clock.offset += 11_000;
    await verifier.verify(token);
  });

  describe('of a provider that misbehaves', () => {
    let server: Server;
    let issuer: string;
    let paths: string[];
    let answer: (path: string) => { status?: number; headers?: Record<string, string>; body?: string } | undefined;

    beforeAll(async () => {
      server = createServer((request, response) => {
        paths.push(request.url ?? '');
        const given = answer(request.url ?? '');
        if (!given) return; // Silence.
        response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers });
        response.end(given.body ?? '');
      });
      await new Promise<void>((resolve) => server.listen(0, resolve));
      issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
    });
    beforeEach(() => {
      paths = [];
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    const document = (overrides: object = {}) => JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, ...overrides });
    const attempt = async () => {
      if (desk.providers.length === 0) provide({ issuer });
      return verifier.verify(await idp.sign(claims({ iss: issuer })));
    };

    it.each([
      ['redirects inward', () => ({ status: 302, headers: { location: '/inside' } }), /redirect/],
      ['is silent', () => undefined, /in time/],
      ['fails', () => ({ status: 503 }), /503/],
      ['says nothing readable', () => ({ body: '<html>' }), /Discovery/],
      ['answers without end', () => ({ body: ' '.repeat(2_000_000) }), /megabyte/],
      ['has no such document', () => ({ status: 404 }), /Discovery/],
    ])('does not follow one that %s', async (_what, given, reason) => {
      answer = given;
      await expect(attempt()).rejects.toThrow(reason);
      await expect(attempt()).rejects.toEqual(down);
      expect(paths).toEqual(['/.well-known/openid-configuration']);
    });

    it.each([
      ['calls itself otherwise', () => document({ issuer: 'https://evil.example' })],
      ['calls itself almost so', () => document({ issuer: `${issuer}/` })],
      ['has its keys over plain http elsewhere', () => document({ jwks_uri: 'http://evil.example/keys' })],
      ['has its keys in a file', () => document({ jwks_uri: 'file:///etc/passwd' })],
      ['publishes no keys', () => document({ jwks_uri: undefined })],
    ])('trusts none that %s', async (_what, body) => {
      answer = (path) => (path.startsWith('/.well-known') ? { body: body() } : { body: '{"keys":[]}' });
      await expect(attempt()).rejects.toEqual(down);
      expect(paths).toEqual(['/.well-known/openid-configuration']);
    });

    it.each(['', '[]', '{"keys":{}}', '{"keys":[null]}'])('takes no keys from %j', async (body) => {
      answer = (path) => (path.startsWith('/.well-known') ? { body: document() } : { body });
      await expect(attempt()).rejects.toEqual(down);
    });

    it('never takes a shared secret that it publishes', async () => {
      const oct = { kty: 'oct', k: Buffer.alloc(32).toString('base64url'), kid: 'shared' };
      answer = (path) =>
        path.startsWith('/.well-known') ? { body: document() } : { body: JSON.stringify({ keys: [oct] }) };
      provide({ issuer });
      const forged = await new SignJWT(claims({ iss: issuer }))
        .setProtectedHeader({ alg: 'HS256', kid: 'shared' })
        .sign(new Uint8Array(32));
      await expect(verifier.verify(forged)).rejects.toEqual(refused(/asymmetric/));
      const asked = await idp.sign(claims({ iss: issuer }), { header: { kid: 'shared' } });
      await expect(verifier.verify(asked)).rejects.toEqual(refused(/does not publish/));
    });
  });
});
