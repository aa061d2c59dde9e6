import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type Principal, tenantId } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { Authenticator, type PrincipalLookup } from '../src/authentication/authenticator.ts';
import { DemoIssuer } from '../src/authentication/demo-issuer.ts';
import { OidcVerifier } from '../src/authentication/oidc-verifier.ts';
import { issueApiKey, issueSessionToken } from '../src/authentication/opaque-tokens.ts';
import { ProviderDirectory } from '../src/authentication/provider-directory.ts';
import type { SignedIn } from '../src/authentication/sign-in-desk.ts';
import { SignInThrottle } from '../src/authentication/sign-in-throttle.ts';
import { TestDesk } from './oidc-desk.fixture.ts';

const issuer = new DemoIssuer(mkdtempSync(join(tmpdir(), 'countersign-authentication-')));

describe('the authenticator', () => {
  const acme = newId();
  const globex = newId();
  let desk: TestDesk;
  let authenticator: Authenticator;
  let clock: number;

  beforeEach(() => {
    desk = new TestDesk();
    clock = Date.now();
    authenticator = withDemo(async ({ email }) => ({ ...testPrincipal(), email }));
  });

  const withDemo = (lookup: PrincipalLookup, demo: DemoIssuer | undefined = issuer) =>
    new Authenticator(demo, lookup, {
      desk,
      oidc: new OidcVerifier(desk, new ProviderDirectory()),
      throttle: new SignInThrottle({ now: () => clock }),
      now: () => clock,
    });
  const open = async (tenant: string, lifetime = 3_600_000) => {
    const { token, hash } = issueSessionToken(tenant);
    const expiresAt = new Date(Date.now() + lifetime);
    await desk.openSession({ tenantId: tenant, userId: newId(), tokenHash: hash, expiresAt, userAgent: null });
    return { token, hash };
  };
  const authenticate = (token: string, address?: string) => authenticator.authenticate(`Bearer ${token}`, address);
  const unauthenticated = expect.objectContaining({ code: 'UNAUTHENTICATED' });
  const limited = expect.objectContaining({
    code: 'RATE_LIMITED',
    extensions: { retryAfter: expect.any(Number) },
  });
  const lookUps = (name: string) => desk.calls.filter((call) => call === name).length;

  it('tells the kinds of tokens apart', async () => {
    const keyId = newId();
    const key = issueApiKey(acme, keyId);
    const machine = testPrincipal({ kind: 'service', tenantId: tenantId(acme) });
    desk.apiKeys.set(`${acme} ${keyId} ${key.hash}`, { principal: machine, expiresAt: null });
    const session = await open(acme);
    expect(await authenticate(key.token)).toBe(machine);
    expect((await authenticate(session.token)).id).toBe(desk.sessions.get(session.hash)?.userId);
    const demo = await issuer.sign('olga@acme.test', acme);
    expect(await authenticate(demo.token)).toMatchObject({ tenantId: acme, email: 'olga@acme.test' });
    const foreign = await new SignJWT({ iss: 'https://idp.example', aud: 'x', sub: 'x' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new Uint8Array(32));
    await expect(authenticate(foreign)).rejects.toThrow(/issuer that is not known/);
  });

  it('refuses the demo’s tokens where there is no demo', async () => {
    const { token } = await issuer.sign('olga@acme.test', acme);
    const plain = new Authenticator(undefined, async () => null, {
      desk,
      oidc: new OidcVerifier(desk, new ProviderDirectory()),
    });
    await expect(plain.authenticate(`Bearer ${token}`)).rejects.toEqual(unauthenticated);
    await expect(new Authenticator(undefined, async () => null).authenticate(`Bearer ${token}`)).rejects.toThrow(
      'No token issuer is configured',
    );
  });

  it.each([undefined, '', 'Basic abc', 'Bearer', 'Bearer a b', 'Bearer x\ny', 'bearer'])(
    'asks for a token when it gets %j, which is no failed try',
    async (header) => {
      for (let attempt = 0; attempt < 12; attempt++) {
        await expect(authenticator.authenticate(header, '10.0.0.1')).rejects.toThrow(/Send a token/);
      }
    },
  );

  it('gives the same words for a session that ended and for one that never was', async () => {
    const ended = await open(acme, -1);
    const words = async (token: string) => (await authenticate(token).catch((error: Error) => error)) as Error;
    expect((await words(ended.token)).message).toBe((await words(issueSessionToken(acme).token)).message);
    expect((await words(issueSessionToken(newId()).token)).message).toBe((await words(ended.token)).message);
  });

  it('looks a token up once for all who wait with it, and each of different ones for itself', async () => {
    const [one, two] = [await open(acme), await open(acme)];
    const found = await Promise.all([one, two, one, two, one].map(({ token }) => authenticate(token)));
    expect(lookUps('bySession')).toBe(2);
    expect(found[0]).toBe(found[2]);
    expect(found[0]).not.toBe(found[1]);
    expect(found.map(({ id }) => id)).toEqual(
      [one, two, one, two, one].map(({ hash }) => desk.sessions.get(hash)?.userId),
    );
  });

  it('remembers for ten seconds and no longer', async () => {
    const { token, hash } = await open(acme);
    await authenticate(token);
    desk.sessions.delete(hash);
    clock += 9_999;
    await authenticate(token);
    clock += 1;
    await expect(authenticate(token)).rejects.toEqual(unauthenticated);
    expect(lookUps('bySession')).toBe(2);
  });

  it('remembers nothing past the token’s own end', async () => {
    const { token } = await open(acme, 3_000);
    await authenticate(token);
    clock = Date.now() + 3_001;
    await authenticate(token); // The desk's clock stands still: it is asked again, which is what counts here.
    expect(lookUps('bySession')).toBe(2);
  });

  it('remembers no refusal', async () => {
    const { token, hash } = issueSessionToken(acme);
    await expect(authenticate(token)).rejects.toEqual(unauthenticated);
    const expiresAt = new Date(Date.now() + 60_000);
    await desk.openSession({ tenantId: acme, userId: newId(), tokenHash: hash, expiresAt, userAgent: null });
    expect((await authenticate(token)).tenantId).toBe(acme);
  });

  it('forgets one tenant, one token, or all', async () => {
    const [ofAcme, another, ofGlobex] = [await open(acme), await open(acme), await open(globex)];
    const all = () => Promise.all([ofAcme, another, ofGlobex].map(({ token }) => authenticate(token)));
    await all();
    const askedAfter = async (forget: () => void) => {
      const before = lookUps('bySession');
      forget();
      await all();
      return lookUps('bySession') - before;
    };
    expect(await askedAfter(() => {})).toBe(0);
    expect(await askedAfter(() => authenticator.forget(acme))).toBe(2);
    expect(await askedAfter(() => authenticator.forgetToken(ofGlobex.token))).toBe(1);
    expect(await askedAfter(() => authenticator.forget())).toBe(3);
  });

  it.each(['all', 'tenant'])('does not remember what was read before it was told to forget (%s)', async (what) => {
    const { token } = await open(acme);
    const answers: ((signedIn: SignedIn) => void)[] = [];
    desk.bySession = () => new Promise((resolve) => answers.push(resolve));
    const principal = (id: string): Principal => testPrincipal({ tenantId: tenantId(acme), id });
    const before = authenticate(token);
    authenticator.forget(what === 'tenant' ? acme : undefined);
    const after = authenticate(token);
    while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve));
    answers[1]?.({ principal: principal('new'), expiresAt: null });
    expect((await after).id).toBe('new');
    answers[0]?.({ principal: principal('old'), expiresAt: null });
    expect((await before).id).toBe('old');
    expect((await authenticate(token)).id).toBe('new');
  });

  it('lets nobody in whom the desk answers with another tenant', async () => {
    const { token } = await open(acme);
    desk.bySession = async () => ({ principal: testPrincipal(), expiresAt: null });
    await expect(authenticate(token)).rejects.toEqual(expect.objectContaining({ code: 'INTERNAL_ERROR' }));
  });

  it('hears an address no more after ten bad tokens, for the rest of the minute', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(authenticate(issueSessionToken(acme).token, '10.0.0.1')).rejects.toEqual(unauthenticated);
    }
    const before = lookUps('bySession');
    await expect(authenticate(issueSessionToken(globex).token, '10.0.0.1')).rejects.toEqual(limited);
    await expect(authenticate((await open(acme)).token, '10.0.0.1')).rejects.toEqual(limited);
    expect(lookUps('bySession')).toBe(before);
    clock += 60_000;
    await authenticate((await open(acme)).token, '10.0.0.1');
  });

  it('locks out no valid token for what others did at other addresses, nor one that was good here before', async () => {
    const colleague = await open(acme);
    await authenticate(colleague.token, '10.0.0.1');
    const fresh = await open(acme);
    authenticator.vouchFor(fresh.token);
    for (let attempt = 0; attempt < 500; attempt++) {
      const stranger = `10.0.${Math.floor(attempt / 10) % 40}.${attempt % 10 === 0 ? 1 : 2}`;
      await authenticate(issueSessionToken(acme).token, stranger).catch(() => undefined);
    }
    clock += 11_000; // Nothing is remembered any more: it is looked up.
    await authenticate(colleague.token, '10.0.0.1');
    await authenticate(fresh.token, '10.0.0.1');
    await authenticate((await open(acme)).token, '10.9.9.9');
    desk.sessions.delete(colleague.hash);
    clock += 11_000;
    await expect(authenticate(colleague.token, '10.0.0.1')).rejects.toEqual(unauthenticated);
  });

  it('counts no success and no fault of ours', async () => {
    for (let attempt = 0; attempt < 30; attempt++) await authenticate((await open(acme)).token, '10.0.0.1');
    desk.bySession = async () => {
      throw new Error('The database is away');
    };
    for (let attempt = 0; attempt < 30; attempt++) {
      await expect(authenticate(issueSessionToken(acme).token, '10.0.0.2')).rejects.toThrow('away');
    }
  });
});
