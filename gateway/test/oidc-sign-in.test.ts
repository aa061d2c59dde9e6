import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IdentityProvider } from '../src/authentication/sign-in-desk.ts';
import { Browser } from './oidc-browser.fixture.ts';
import { type SignInHouse, startHouse } from './oidc-house.fixture.ts';
import { TestProvider } from './oidc-provider.fixture.ts';

const olga = { sub: 'olga', email: 'olga@acme.test', name: 'Olga Operator', department: 'cardiology' };

describe('signing in with a tenant’s own provider', () => {
  let house: SignInHouse;
  let idp: TestProvider;
  let acme: IdentityProvider;
  let browser: Browser;
  /** Each test calls from an address of its own, so that failures of one are not held against another. */
  let address = 0;

  beforeAll(async () => {
    house = await startHouse();
    const redirectUris = [`${house.url}/auth/callback`];
    idp = new TestProvider(
      [
        { id: 'countersign', secret: 'a secret of 32 characters, or more', redirectUris },
        { id: 'public', secret: null, redirectUris },
      ],
      olga,
    );
    await idp.start();
  });
  afterAll(async () => {
    await house.close();
    await idp.stop();
  });
  beforeEach(() => {
    address++;
    browser = new Browser();
    acme = house.provider({ issuer: idp.issuer, clientSecret: 'a secret of 32 characters, or more' });
  });
  afterEach(() => {
    idp.become(olga);
    house.desk.providers.length = 0;
    house.desk.barred.clear();
  });

  const from = () => ({ 'x-forwarded-for': `10.0.0.${address}` });
  const get = (path: string, headers: Record<string, string> = {}, visitor = browser) =>
    visitor.get(new URL(path, house.url).href, { ...from(), ...headers });
  /** Goes to the provider and back, up to the address that leads back to us. */
  const wayBack = async (path = '/auth/acme/login', visitor = browser, change = (url: URL) => url) => {
    const login = await get(path, {}, visitor);
    const location = login.headers.get('location');
    if (!location) throw new Error(await login.text());
    return new URL(await visitor.until(house.url, change(new URL(location)).href));
  };
  const failure = async (response: Response) => {
    const { errors } = (await response.json()) as { errors: [{ message: string; extensions: { code: string } }] };
    return { status: response.status, code: errors[0].extensions.code, message: errors[0].message };
  };
  const who = (headers: Record<string, string>, body?: string) =>
    fetch(`${house.url}/who`, { method: 'POST', headers: { ...from(), ...headers }, body });

  it('asks for a code with state, nonce and PKCE, bound to the browser by a cookie', async () => {
    const response = await get('/auth/acme/login');
    expect(response.status).toBe(302);
    const asked = new URL(response.headers.get('location') ?? '');
    expect(asked.origin).toBe(idp.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'countersign',
      redirect_uri: `${house.url}/auth/callback`,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^countersign_login_[\w-]{12}=.*; Path=\/auth; Max-Age=600; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain(asked.searchParams.get('nonce'));
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('gives a browser its session as a cookie that no script reads, and goes on to the page it came from', async () => {
    const response = await get((await wayBack('/auth/acme/login?returnTo=/reports%3Fid=1')).href);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`${house.url}/reports?id=1`);
    const session = response.headers.getSetCookie().find((each) => each.startsWith('countersign_session='));
    expect(session).toMatch(/=css_\w{32}_[\w-]{43}; Path=\/; Max-Age=28[78]\d\d; HttpOnly; SameSite=Strict$/);
    expect([...browser.cookiesOf(house.url).keys()]).toEqual(['countersign_session']);
    expect(await response.text()).not.toContain('css_');
    const cookie = session?.split(';')[0] ?? '';
    const own = { cookie, 'content-type': 'application/json', origin: house.url, 'sec-fetch-site': 'same-origin' };
    expect(await (await who(own, '{}')).json()).toMatchObject({ tenantId: acme.tenantId });
  });

  it('gives whoever asks for JSON the token, and no cookie', async () => {
    const response = await get((await wayBack()).href, { accept: 'application/json' });
    expect(response.status).toBe(200);
    const { token, expiresAt } = (await response.json()) as { token: string; expiresAt: string };
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(8 * 3_600_000 - 60_000);
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(8 * 3_600_000);
    expect(browser.cookiesOf(house.url).size).toBe(0);
    const answer = await who({ authorization: `Bearer ${token}` });
    expect(await answer.json()).toMatchObject({ tenantId: acme.tenantId });
    expect(JSON.stringify([...house.desk.sessions])).not.toContain(token);
  });

  it('brings what the provider says of the person, also what only its userinfo tells', async () => {
    await get((await wayBack()).href);
    expect(house.desk.entered.at(-1)).toMatchObject({
      tenantId: acme.tenantId,
      providerId: acme.id,
      subject: 'olga',
      email: 'olga@acme.test',
      emailVerified: true,
      name: 'Olga Operator',
      claims: { department: 'cardiology', iss: idp.issuer, aud: 'countersign' },
    });
  });

  it('signs in with a public client, whom PKCE alone protects', async () => {
    house.desk.providers.length = 0;
    house.provider({ issuer: idp.issuer, clientId: 'public' });
    expect((await get((await wayBack()).href)).status).toBe(303);
  });

  it('finds the same user again', async () => {
    const ids = [];
    for (const visitor of [new Browser(), new Browser()]) {
      const back = (await wayBack('/auth/acme/login', visitor)).href;
      const { token } = (await (await get(back, { accept: 'application/json' }, visitor)).json()) as { token: string };
      ids.push(((await (await who({ authorization: `Bearer ${token}` })).json()) as { id: string }).id);
    }
    expect(ids[0]).toBe(ids[1]);
  });

  it('finishes each of several logins that one browser has under way', async () => {
    const first = await wayBack();
    const second = await wayBack();
    expect((await get(second.href)).status).toBe(303);
    expect((await get(first.href)).status).toBe(303);
  });

  it('refuses another state, a repeated one, and none', async () => {
    const back = await wayBack();
    for (const change of [
      (url: URL) => url.searchParams.set('state', 'another'),
      (url: URL) => url.searchParams.append('state', 'another'),
      (url: URL) => url.searchParams.delete('state'),
    ]) {
      const changed = new URL(back);
      change(changed);
      expect(await failure(await get(changed.href))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    }
    expect((await get(back.href)).status).toBe(303);
  });

  it('refuses another browser, with no cookie or with one of its own', async () => {
    const back = await wayBack();
    const other = new Browser();
    expect(await failure(await get(back.href, {}, other))).toMatchObject({ code: 'UNAUTHENTICATED' });
    await wayBack('/auth/acme/login', other);
    expect(await failure(await get(back.href, {}, other))).toMatchObject({ code: 'UNAUTHENTICATED' });
    const own = [...other.cookiesOf(house.url).values()][0] ?? '';
    for (const name of browser.cookiesOf(house.url).keys()) other.cookiesOf(house.url).set(name, own);
    expect(await failure(await get(back.href, {}, other))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    ['an ID token with another nonce', 'nonce', 'another'],
    ['a code whose PKCE challenge was another', 'code_challenge', 'a'.repeat(43)],
  ])('refuses %s', async (_what, parameter, value) => {
    const back = await wayBack('/auth/acme/login', browser, (url) => {
      url.searchParams.set(parameter, value);
      return url;
    });
    expect(await failure(await get(back.href))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect([...browser.cookiesOf(house.url).keys()]).toEqual([]);
  });

  it('refuses an answer that another issuer sent, and one without its issuer', async () => {
    for (const change of [
      (url: URL) => url.searchParams.set('iss', 'https://evil.example'),
      (url: URL) => url.searchParams.delete('iss'),
    ]) {
      const back = await wayBack();
      change(back);
      expect(await failure(await get(back.href))).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('takes a code once', async () => {
    const back = await wayBack();
    const login = new Map(browser.cookiesOf(house.url));
    expect((await get(back.href)).status).toBe(303);
    for (const [name, value] of login) browser.cookiesOf(house.url).set(name, value);
    expect(await failure(await get(back.href))).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('invalid_grant'),
    });
  });

  it('says that the provider refused, in a known word or none', async () => {
    const back = await wayBack();
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    expect((await failure(await get(back.href))).message).toContain('access_denied');
    const again = await wayBack();
    again.searchParams.set('error', 'Call +49 170 to unlock');
    expect((await failure(await get(again.href))).message).not.toContain('+49');
  });

  it('lets nobody in whom the tenant bars, and does not say whether they exist', async () => {
    house.desk.barred.add('olga');
    const refused = await failure(await get((await wayBack()).href));
    expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(refused.message).not.toMatch(/exist|unknown|deactivated|user/i);
  });

  it('refuses when the provider was switched off meanwhile', async () => {
    const back = await wayBack();
    house.desk.providers[0] = { ...acme, active: false };
    expect(await failure(await get(back.href))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await failure(await get('/auth/acme/login'))).toMatchObject({ status: 404 });
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'https://app.example@evil.example/',
    'https://user@app.example/',
    'https://app.example.evil.example/',
    'http://app.example/',
    'javascript:alert(1)',
    'data:text/html,x',
  ])('leads nobody to %j', async (returnTo) => {
    const refused = await get(`/auth/acme/login?returnTo=${encodeURIComponent(returnTo)}`);
    expect(await failure(refused)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('takes no address that is too long for a cookie', async () => {
    expect(await failure(await get(`/auth/acme/login?returnTo=/${'x'.repeat(2_000)}`))).toMatchObject({ status: 400 });
  });

  it('leads back to a page of an allowed origin', async () => {
    const returnTo = encodeURIComponent('https://app.example/inbox');
    const response = await get((await wayBack(`/auth/acme/login?returnTo=${returnTo}`)).href);
    expect(response.headers.get('location')).toBe('https://app.example/inbox');
  });

  it('answers an unknown tenant and one without a provider alike', async () => {
    house.provider({ tenantName: 'dormant', active: false });
    const unknown = await failure(await get('/auth/unknown/login'));
    expect(unknown).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await failure(await get('/auth/dormant/login'))).toEqual(unknown);
  });

  it('wants to know which provider where there are several', async () => {
    const second = house.provider({ issuer: idp.issuer, clientId: 'public', tenantId: acme.tenantId });
    expect(await failure(await get('/auth/acme/login'))).toMatchObject({ status: 400 });
    const response = await get(`/auth/acme/login?provider=${second.id}`);
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('client_id')).toBe('public');
  });

  it('signs nobody in by HEAD, which link previews send', async () => {
    const back = await wayBack();
    const head = await fetch(back, { method: 'HEAD', redirect: 'manual' });
    expect(head.status).toBe(404);
    expect((await get(back.href)).status).toBe(303);
  });

  it('closes a session by its token, and for a browser only when its own page asks', async () => {
    await get((await wayBack()).href);
    const cookie = `countersign_session=${browser.cookiesOf(house.url).get('countersign_session')}`;
    const own = { cookie, 'apollo-require-preflight': '1', 'sec-fetch-site': 'same-origin' };
    const logout = (headers: Record<string, string>) =>
      fetch(`${house.url}/auth/logout`, { method: 'POST', headers: { ...from(), ...headers } });
    expect((await who(own)).status).toBe(200);
    expect((await logout({ ...own, 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await logout({ cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(401);
    expect((await logout({ cookie, 'apollo-require-preflight': '1' })).status).toBe(401);
    expect((await who(own)).status).toBe(200);
    const closed = await logout(own);
    expect(closed.status).toBe(204);
    expect(closed.headers.getSetCookie()[0]).toContain('countersign_session=; Path=/; Max-Age=0');
    expect((await who(own)).status).toBe(401);
    const { token } = (await (await get((await wayBack()).href, { accept: 'application/json' })).json()) as {
      token: string;
    };
    expect((await logout({ authorization: `Bearer ${token}` })).status).toBe(204);
    expect((await who({ authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await logout({})).status).toBe(401);
  });

  it('takes a login back that another gateway with the same secret began, and none of a stranger', async () => {
    const secret = 'a secret that both gateways have, of 32 and more';
    const [one, two, stranger] = [await startHouse({ secret }), await startHouse({ secret }), await startHouse()];
    const client = { id: 'spread', secret: null, redirectUris: [`${one.url}/auth/callback`] };
    const spread = new TestProvider([client], olga);
    await spread.start();
    try {
      const provider = one.provider({ issuer: spread.issuer, clientId: 'spread' });
      two.desk.providers.push(provider);
      stranger.desk.providers.push(provider);
      const login = await browser.get(`${one.url}/auth/acme/login`);
      const back = await browser.until(one.url, login.headers.get('location') ?? '');
      const cookie = [...browser.cookiesOf(one.url)].map(([name, value]) => `${name}=${value}`).join('; ');
      // A balancer keeps the host that the browser asked for and picks another process.
      const at = (gateway: SignInHouse) =>
        fetch(back.replace(one.url, gateway.url), {
          redirect: 'manual',
          headers: { cookie, 'x-forwarded-host': new URL(one.url).host },
        });
      expect((await at(stranger)).status).toBe(401);
      expect((await at(two)).status).toBe(303);
    } finally {
      await Promise.all([one.close(), two.close(), stranger.close(), spread.stop()]);
    }
  });

  it('says in plain words that the provider is down, which counts as nobody’s failure', async () => {
    const quiet = house.provider({ tenantName: 'quiet', issuer: 'http://localhost:1' });
    for (let attempt = 0; attempt < 12; attempt++) {
      expect(await failure(await get('/auth/quiet/login'))).toEqual({
        status: 502,
        code: 'UPSTREAM_UNAVAILABLE',
        message: `The identity provider ${quiet.issuer} cannot be reached.`,
      });
    }
    expect((await get('/auth/acme/login')).status).toBe(302);
  });

  it('refuses an address after ten failures a minute, and no other address', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await get('/auth/callback?code=x&state=y')).status).toBe(401);
    }
    const limited = await get('/auth/callback?code=x&state=y');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await failure(limited)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(await failure(await get('/auth/acme/login'))).toMatchObject({ code: 'RATE_LIMITED' });
    address++;
    expect((await get((await wayBack()).href)).status).toBe(303);
  });

  it('logs who signed in, and no token, code or secret', async () => {
    const back = await wayBack();
    const { token } = (await (await get(back.href, { accept: 'application/json' })).json()) as { token: string };
    const log = house.log.join('\n');
    expect(log).toContain('Signed in');
    for (const secret of [token, back.searchParams.get('code') ?? '', acme.clientSecret ?? '', 'eyJ']) {
      expect(log).not.toContain(secret);
    }
  });
});
