import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { guardedAgent } from './guarded-agent.ts';
import { type Outcome, postVia, retryAfter } from './post.ts';
import type { Resolve } from './resolve-host.ts';

const servers: Server[] = [];

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function post(
  url: string,
  options: { allowed?: string[]; resolve?: Resolve; timeoutMs?: number } = {},
): Promise<Outcome> {
  const { allowed = [new URL(url).origin], resolve, timeoutMs = 5_000 } = options;
  const agent = guardedAgent({ allowed: new Set(allowed), timeoutMs, resolve });
  const message = { url, headers: { 'webhook-id': 'one' }, body: '{}' };
  const outcome = await postVia(agent, { timeoutMs, now: () => new Date() })(message, new AbortController().signal);
  await agent.destroy();
  return outcome;
}

describe('one attempt', () => {
  it.each([
    [200, { delivered: true, status: 200 }],
    [204, { delivered: true, status: 204 }],
    [302, { delivered: false, status: 302, reason: 'REDIRECT', retryAfterMs: null }],
    [400, { delivered: false, status: 400, reason: 'STATUS', retryAfterMs: null }],
    [410, { delivered: false, status: 410, reason: 'GONE', retryAfterMs: null }],
    [429, { delivered: false, status: 429, reason: 'STATUS', retryAfterMs: 7_000 }],
    [500, { delivered: false, status: 500, reason: 'STATUS', retryAfterMs: null }],
    [503, { delivered: false, status: 503, reason: 'STATUS', retryAfterMs: 7_000 }],
  ])('answered with %d', async (status, outcome) => {
    const headers = { 'retry-after': '7', location: 'http://169.254.169.254/' };
    const port = await listen((_request, response) => response.writeHead(status, headers).end());
    expect(await post(`http://127.0.0.1:${port}/`)).toEqual(outcome);
  });

  it('is over when its time is, whether the receiver says nothing or trickles', async () => {
    const silent = await listen(() => {});
    const timeout = { delivered: false, status: null, reason: 'TIMEOUT', retryAfterMs: null };
    expect(await post(`http://127.0.0.1:${silent}/`, { timeoutMs: 300 })).toEqual(timeout);
    const trickling = await listen((_request, { socket }) => {
      socket?.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket?.write('x-more: and more\r\n'), 20);
      socket?.on('close', () => clearInterval(timer)).on('error', () => {});
    });
    expect(await post(`http://127.0.0.1:${trickling}/`, { timeoutMs: 300 })).toEqual(timeout);
  });

  it('reads next to nothing of an endless answer', async () => {
    let cut: () => void = () => {};
    const isCut = new Promise<void>((resolve) => {
      cut = resolve;
    });
    const endless = await listen((_request, response) => {
      response.writeHead(200);
      response.on('close', cut);
      const more = () => {
        while (!response.destroyed && response.write('a'.repeat(4_096)));
      };
      response.on('drain', more);
      more();
    });
    expect(await post(`http://127.0.0.1:${endless}/`, { timeoutMs: 60_000 })).toEqual({ delivered: true, status: 200 });
    await isCut;
  });

  it('does not connect inward: not to an address, not by a name, not by a name that has become another one', async () => {
    let calls = 0;
    const port = await listen((_request, response) => {
      calls += 1;
      response.end();
    });
    const inward: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const forbidden = { delivered: false, status: null, reason: 'ADDRESS_FORBIDDEN', retryAfterMs: null };
    const none = { allowed: [], resolve: inward };
    expect(await post(`http://127.0.0.1:${port}/`, none)).toEqual(forbidden);
    expect(await post(`http://[::ffff:127.0.0.1]:${port}/`, none)).toEqual(forbidden);
    expect(await post(`http://rebound.example.org:${port}/`, none)).toEqual(forbidden);
    expect(await post(`http://127.0.0.1:${port}/`, { allowed: [`http://127.0.0.1:${port + 1}`] })).toEqual(forbidden);
    const mixed: Resolve = async () => [{ address: '93.184.215.14', family: 4 }, ...(await inward(''))];
    expect(await post(`http://rebound.example.org:${port}/`, { allowed: [], resolve: mixed })).toEqual(forbidden);
    expect(calls).toBe(0);
  });

  it('says when nobody is there, and when TLS is not spoken', async () => {
    const port = await listen((_request, response) => response.end());
    expect(await post(`https://127.0.0.1:${port}/`)).toMatchObject({ reason: 'TLS' });
    servers.splice(0)[0]?.close();
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ reason: 'UNREACHABLE' });
    const nobody: Resolve = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect(await post('https://nobody.example.org/', { allowed: [], resolve: nobody })).toMatchObject({
      reason: 'UNREACHABLE',
    });
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-10T12:00:00Z');

  it.each([
    ['120', 120_000],
    ['Tue, 10 Nov 2026 12:01:00 GMT', 60_000],
    ['Tue, 10 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    [undefined, null],
  ])('%s', (header, ms) => {
    expect(retryAfter(header, now)).toBe(ms);
  });
});
