import { mkdtempSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, newId } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs } from '@countersign/kernel/testing';
import { provisionTenant, tenants } from '@countersign/tenants';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { DemoIssuer, Gateway, type HttpServer, localLink, serveHttp } from '../src/index.ts';

describe('the front door', () => {
  const acme = newId();
  const issuer = new DemoIssuer(mkdtempSync(join(tmpdir(), 'countersign-gateway-')));
  let house: TestSubgraphs;
  let gateway: Gateway;
  let server: HttpServer;
  let token: string;

  beforeAll(async () => {
    house = await startTestSubgraphs([tenants]);
    const users = [{ email: 'operator@acme.test', name: 'Olga Operator', role: 'operator' }];
    await provisionTenant(house.database, { id: acme, name: 'acme', region: 'eu', users });
    gateway = await Gateway.create({
      config: { ...loadConfig({ COUNTERSIGN_PORT: '0' }), allowedOrigins: ['https://app.example'] },
      log: house.kernel.log,
      links: [...house.runtimes.values()].map(localLink),
      verifier: issuer,
    });
    server = await serveHttp(gateway);
    token = (await issuer.sign('operator@acme.test', acme)).token;
  });
  afterAll(async () => {
    await server.close();
    await gateway.close();
    await house.close();
  });

  const post = async (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${token}` }) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    // GraphQL's own shape.
    const answer = (await response.json()) as {
      data?: unknown;
      errors?: { message: string; extensions: { code: string } }[];
    };
    return { status: response.status, headers: response.headers, ...answer, code: answer.errors?.[0]?.extensions.code };
  };
  const viewer = '{ viewer { email } }';

  it('answers a person with a token', async () => {
    expect(await post({ query: viewer })).toMatchObject({
      status: 200,
      data: { viewer: { email: 'operator@acme.test' } },
    });
  });

  it('refuses no token, a bad one, an expired one, and one of another issuer', async () => {
    const foreign = (claims: Record<string, string>, expires: number, key = new Uint8Array(32)) =>
      new SignJWT({ tenant: acme })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(claims.iss ?? 'https://demo.countersign.test')
        .setAudience('countersign')
        .setSubject('operator@acme.test')
        .setExpirationTime(expires)
        .sign(key);
    const now = Math.floor(Date.now() / 1000);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sub: 'operator@acme.test', tenant: acme, exp: now + 60 })).toString('base64url')}.`;
    const attempts = [
      {},
      { authorization: 'Basic abc' },
      { authorization: 'Bearer nonsense' },
      { authorization: `Bearer ${unsigned}` },
    ];
    const expired = (await issuer.sign('operator@acme.test', acme, -60)).token;
    for (const headers of [
      ...attempts,
      { authorization: `Bearer ${expired}` },
      { authorization: `Bearer ${await foreign({}, now + 60)}` },
      { authorization: `Bearer ${await foreign({ iss: 'https://evil.example' }, now + 60)}` },
    ]) {
      expect(await post({ query: viewer }, headers as Record<string, string>)).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
      });
    }
  });

  it('refuses the token of someone whom the tenant does not have', async () => {
    const stranger = (await issuer.sign('operator@acme.test', newId())).token;
    expect(await post({ query: viewer }, { authorization: `Bearer ${stranger}` })).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });

  it('does not show what is for machines', async () => {
    const answer = await post({ query: '{ signIn(email: "operator@acme.test") { userId } }' });
    expect(answer).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    const { data } = await post({ query: '{ __type(name: "SignIn") { name } }' });
    expect(data).toEqual({ __type: null });
  });

  it.each([
    ['malformed JSON', '{"query": ', 400, 'BAD_REQUEST'],
    ['a body without a query', {}, 400, 'BAD_REQUEST'],
    ['a syntax error', { query: '{ viewer {' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown operation name', { query: 'query A { viewer { id } }', operationName: 'B' }, 400, 'INVALID_GRAPHQL'],
    ['an unknown field', { query: '{ viewer { shoeSize } }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      '10,000 aliases',
      { query: `{ ${Array.from({ length: 10_000 }, (_, n) => `a${n}: viewer { id }`).join(' ')} }` },
      400,
      'QUERY_TOO_MANY_TOKENS',
    ],
    [
      '200 aliases',
      { query: `{ ${Array.from({ length: 200 }, (_, n) => `a${n}: viewer { id }`).join(' ')} }` },
      400,
      'QUERY_TOO_MANY_ALIASES',
    ],
    ['a query of 5 MB', { query: `{ viewer { id } } #${'x'.repeat(5 * 1024 * 1024)}` }, 413, 'QUERY_TOO_LARGE'],
  ])('answers %s with a clear code', async (_what, body, status, code) => {
    const answer = await post(body);
    expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
    expect(JSON.stringify(answer.errors)).not.toMatch(/node_modules|\.ts:|\.js:/);
  });

  it('takes automatic persisted queries', async () => {
    const { createHash } = await import('node:crypto');
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(viewer).digest('hex') };
    expect(await post({ extensions: { persistedQuery } })).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
    await post({ query: viewer, extensions: { persistedQuery } });
    expect(await post({ extensions: { persistedQuery } })).toMatchObject({
      data: { viewer: { email: 'operator@acme.test' } },
    });
  });

  it('refuses what a foreign page could send unnoticed, and answers only allowed origins', async () => {
    const simple = await fetch(`${server.url}/graphql?query=${encodeURIComponent(viewer)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(simple.status).toBe(400);
    const preflight = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' };
      return (await fetch(`${server.url}/graphql`, { method: 'OPTIONS', headers })).headers.get(
        'access-control-allow-origin',
      );
    };
    expect(await preflight('https://app.example')).toBe('https://app.example');
    expect(await preflight('https://evil.example')).toBeNull();
  });

  it('does not mutate by GET', async () => {
    const url = `${server.url}/graphql?query=${encodeURIComponent('mutation { __typename }')}`;
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': '1' },
    });
    expect(response.status).toBe(405);
  });

  it('is healthy only while queries are answered, and shows its metrics', async () => {
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('countersign_graphql_operation_seconds_count');
    expect(metrics).toContain('countersign_refusals_total{code="UNAUTHENTICATED"}');
  });

  it('finishes requests under way on the version of the graph that they began on', async () => {
    const before = gateway.bundle;
    const { createBundle } = await import('../src/index.ts');
    const next = await createBundle([...house.runtimes.values()].map(localLink));
    const running = Array.from({ length: 20 }, () => post({ query: viewer }));
    gateway.swap(next);
    for (const answer of await Promise.all(running)) expect(answer.errors).toBeUndefined();
    expect(gateway.bundle).toBe(next);
    expect(gateway.bundle).not.toBe(before);
  });

  it('says in plain words that the port is taken', async () => {
    const port = Number(new URL(server.url).port);
    const second = await Gateway.create({
      config: { ...gateway.config, port },
      log: house.kernel.log,
      links: [...house.runtimes.values()].map(localLink),
      verifier: issuer,
    });
    await expect(serveHttp(second)).rejects.toThrow(expect.objectContaining({ code: 'PORT_TAKEN' }));
    await second.close();
  });

  it('survives a caller that hangs up', async () => {
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': 500 },
      });
      request.on('error', () => resolve());
      request.write('{');
      setTimeout(() => request.destroy(), 20);
      setTimeout(resolve, 60);
    });
    expect(await post({ query: viewer })).toMatchObject({ status: 200 });
  });
});
