import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, ToolError } from '@countersign/plugin-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bundle, bundleProbing } from './bundles.fixture.ts';
import { ConnectorHost, type ConnectorHostOptions } from './connector-host.ts';
import { loadManifest } from './load-manifest.ts';
import { type OtherSide, startOtherSide } from './other-side.fixture.ts';

let bundle: Bundle;
let otherSide: OtherSide;
let elsewhere: OtherSide;
const hosts: ConnectorHost[] = [];

beforeAll(async () => {
  [bundle, otherSide, elsewhere] = await Promise.all([bundleProbing(), startOtherSide(), startOtherSide()]);
});

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  for (const side of [otherSide, elsewhere]) side.requests.splice(0);
});

afterAll(() => Promise.all([bundle.remove(), otherSide.close(), elsewhere.close()]));

describe('from inside its process a connector', () => {
  const outside = join(tmpdir(), `countersign-outside-${process.pid}`);

  it('has no network of its own', async () => {
    const host = await start();
    const port = new URL(otherSide.url).port;
    expect(await probe(host, 'fetch', otherSide.url)).toBe('denied: ERR_ACCESS_DENIED');
    expect(await probe(host, 'connect', port)).toBe('denied: ERR_ACCESS_DENIED');
    expect(await probe(host, 'dns', 'localhost')).toBe('denied: ERR_ACCESS_DENIED');
    expect(otherSide.requests).toEqual([]);
  });

  it('reads its own folder and nothing else, and writes nowhere', async () => {
    const host = await start();
    expect(await probe(host, 'read', join(bundle.dir, 'manifest.json'))).toMatch(/^allowed/);
    expect(await probe(host, 'read', import.meta.filename)).toBe('denied: ERR_ACCESS_DENIED');
    expect(await probe(host, 'read', '/proc/self/environ')).toBe('denied: ERR_ACCESS_DENIED');
    expect(await probe(host, 'write', join(bundle.dir, 'more.mjs'))).toBe('denied: ERR_ACCESS_DENIED');
    expect(await probe(host, 'sqlite', outside)).toMatch(/^denied/);
    expect(existsSync(outside)).toBe(false);
  });

  it('starts no process and no thread, and reaches no other process', async () => {
    const host = await start();
    for (const what of ['spawn', 'worker', 'kill', 'debug', 'priority', 'flags', 'send']) {
      expect([what, await probe(host, what, String(process.pid))]).toEqual([what, expect.stringMatching(/^denied/)]);
    }
  });

  it('sees nothing of the environment', async () => {
    expect(await probe(await start(), 'environment')).toBe('allowed: ');
  });
});

describe('the HTTP of a connector', () => {
  it('goes to the origins that the tenant has configured, and nowhere else', async () => {
    const host = await start();
    expect(await probe(host, 'get', `${otherSide.url}/x`)).toBe('allowed: 200 fine');
    for (const url of [elsewhere.url, otherSide.url.replace('127.0.0.1', 'localhost'), 'file:///etc/passwd', 'x']) {
      expect(await failure(probe(host, 'get', url))).toMatchObject({ code: 'EGRESS_DENIED', retryable: false });
    }
    expect(elsewhere.requests).toEqual([]);
  });

  it('does not widen because the connector asks for more', async () => {
    const host = await start({}, { asksFor: new URL(elsewhere.url).host });
    expect(await failure(probe(host, 'echo'))).toMatchObject({
      code: 'EGRESS_DENIED',
      params: { origin: elsewhere.url },
    });
  });

  it('follows redirects of reads, within the allowed origins alone', async () => {
    const host = await start();
    expect(await probe(host, 'get', `${otherSide.url}/to?/x`)).toBe('allowed: 200 fine');
    const error = await failure(probe(host, 'get', `${otherSide.url}/to?${elsewhere.url}/x`));
    expect(error.code).toBe('EGRESS_DENIED');
    expect(elsewhere.requests).toEqual([]);
    expect((await failure(probe(host, 'get', `${otherSide.url}/loop`))).code).toBe('OTHER_SIDE_UNAVAILABLE');
    const post = await host.call(
      'probe',
      'execute',
      { input: { what: 'post', target: `${otherSide.url}/to?/x` } },
      key(),
    );
    expect(post.output).toEqual({ answer: 'allowed: 307' });
  });

  it('changes nothing during a preview', async () => {
    const host = await start();
    expect(await failure(probe(host, 'post', otherSide.url))).toMatchObject({ code: 'EGRESS_DENIED' });
    expect(otherSide.requests).toEqual([]);
    expect(await probe(host, 'postSafely', otherSide.url)).toBe('allowed: 200');
  });

  it('is bounded in size and time', async () => {
    const host = await start();
    expect(await failure(probe(host, 'get', `${otherSide.url}/large`))).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    const error = await failure(probe(host, 'getQuickly', `${otherSide.url}/silent`));
    expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true });
  });

  it('carries credentials that the connector never sees, and only to their origin', async () => {
    const privateHeaders = { [otherSide.url]: { authorization: 'Bearer secret' } };
    const host = await start({ http: { privateHeaders } });
    expect(await probe(host, 'get', otherSide.url)).toBe('allowed: 200 fine');
    expect(otherSide.headers().authorization).toBe('Bearer secret');
    expect(await failure(probe(host, 'setHost', otherSide.url))).toMatchObject({ code: 'EGRESS_DENIED' });
  });

  it('fails without effect when nobody listens', async () => {
    const gone = await startOtherSide();
    const host = await start({}, { baseUrl: gone.url });
    await gone.close();
    const error = await failure(host.call('probe', 'execute', { input: { what: 'post', target: gone.url } }, key()));
    expect(error).toMatchObject({ code: 'OTHER_SIDE_UNAVAILABLE', retryable: true, effect: 'none' });
  });
});

describe('a connector that misbehaves', () => {
  it('may crash, which fails the calls under way, and runs again for the next', async () => {
    const host = await start();
    const [crash, other] = await Promise.all([failure(probe(host, 'crash')), failure(probe(host, 'wait'))]);
    expect(crash).toMatchObject({ code: 'CONNECTOR_CRASHED', retryable: true, effect: 'none' });
    expect(other.code).toBe('CONNECTOR_CRASHED');
    expect(await probe(host, 'echo', 'again')).toBe('allowed: again');
  });

  it('may have acted when it crashes after a request that changes something', async () => {
    const host = await start();
    const input = { what: 'postThenCrash', target: otherSide.url };
    const error = await failure(host.call('probe', 'execute', { input }, key()));
    expect(error).toMatchObject({ code: 'CONNECTOR_CRASHED', effect: 'unknown' });
  });

  it('is ended when it takes more memory than it has', async () => {
    const host = await start({ memoryMb: 32 });
    expect((await failure(probe(host, 'exhaust'))).code).toBe('CONNECTOR_CRASHED');
  });

  it('is given up after its time, and ended when it does not let go', async () => {
    const host = await start({ graceMs: 50 });
    await probe(host, 'echo');
    const pid = await host.pid();
    const error = await failure(probe(host, 'hang', '', { timeoutMs: 200 }));
    expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true, effect: 'none' });
    expect(await probe(host, 'echo', 'again')).toBe('allowed: again');
    expect(await host.pid()).not.toBe(pid);
  });

  it('keeps its process when it lets go of a call that was cancelled', async () => {
    const host = await start();
    await probe(host, 'echo');
    const pid = await host.pid();
    const caller = new AbortController();
    const waiting = failure(probe(host, 'wait', '', { signal: caller.signal }));
    caller.abort();
    expect(await waiting).toMatchObject({ code: 'CANCELLED', retryable: true });
    await probe(host, 'echo');
    expect(await host.pid()).toBe(pid);
  });

  it('shows nothing of what went wrong inside it', async () => {
    const logged: string[] = [];
    const write = (_fields: object, message: string) => void logged.push(message);
    const host = await start({ log: { debug: write, info: write, warn: write, error: write } });
    const error = await failure(probe(host, 'fail'));
    expect(error.code).toBe('CONNECTOR_FAULT');
    expect(error.message).not.toContain('detail');
    expect(logged.join()).toContain('a detail that nobody outside should see');
  });

  it('is not believed when what it answers breaks its contract', async () => {
    const host = await start();
    expect(await failure(probe(host, 'nonsense'))).toMatchObject({ code: 'CONNECTOR_FAULT', effect: 'none' });
    const wrong = await failure(host.call('probe', 'execute', { input: { what: 'wrongOutput' } }, key()));
    expect(wrong).toMatchObject({ code: 'CONNECTOR_FAULT' });
  });
});

describe('the host', () => {
  it('refuses input that is not valid before the connector hears of it', async () => {
    const host = await start();
    const error = await failure(host.call('probe', 'preview', { input: { target: 5, whit: 1 } }, key()));
    expect(error.code).toBe('INVALID_INPUT');
    expect(error.problems).toEqual([
      { code: 'INVALID_INPUT', message: 'what is missing: the input needs it.', path: ['what'] },
      { code: 'INVALID_INPUT', message: 'the input has no whit: it takes what, target.', path: ['whit'] },
      { code: 'INVALID_INPUT', message: 'target must be string, not 5.', path: ['target'] },
    ]);
    expect(await host.pid()).toBeUndefined();
  });

  it('refuses a configuration that is not valid', async () => {
    await expect(start({}, { baseUrl: 'not a URL' })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      path: ['baseUrl'],
    });
  });

  it('knows what a tool can do from its manifest', async () => {
    const host = await start();
    const undo = { input: { what: 'echo' }, output: {}, externalId: '1', reason: 'none' };
    expect((await failure(host.call('probe', 'compensate', undo, key()))).code).toBe('NOT_REVERSIBLE');
    expect((await failure(host.call('prob', 'verify', { input: {} }, key()))).code).toBe('TOOL_NOT_FOUND');
  });

  it('runs one process for many calls, and ends it when nobody calls', async () => {
    const host = await start({ idleMs: 30 });
    const answers = await Promise.all(['a', 'b', 'c'].map((text) => probe(host, 'echo', text)));
    expect(answers).toEqual(['allowed: a', 'allowed: b', 'allowed: c']);
    const pid = await host.pid();
    while ((await host.pid()) !== undefined) await new Promise((turn) => setTimeout(turn, 10));
    expect(await probe(host, 'echo', 'd')).toBe('allowed: d');
    expect(await host.pid()).not.toBe(pid);
  });

  it('gives up what is under way when it is closed, and takes no more', async () => {
    const host = await start();
    await probe(host, 'echo');
    const waiting = failure(probe(host, 'wait'));
    await host.close();
    expect((await waiting).code).toBe('CANCELLED');
    expect((await failure(probe(host, 'echo'))).code).toBe('CANCELLED');
  });

  it('does not run a connector that is another than its manifest says', async () => {
    const manifest = { ...(await loadManifest(bundle.dir)), version: '2.0.0' };
    const host = await start({ manifest });
    expect(await failure(probe(host, 'echo'))).toMatchObject({ code: 'CONNECTOR_FAULT', effect: 'none' });
  });
});

async function start(options: Partial<ConnectorHostOptions> = {}, config: JsonObject = {}): Promise<ConnectorHost> {
  const manifest = await loadManifest(bundle.dir);
  const common = { bundleDir: bundle.dir, manifest, tenantId: 'acme' };
  const host = new ConnectorHost({ ...common, config: { baseUrl: otherSide.url, ...config }, ...options });
  hosts.push(host);
  return host;
}

async function probe(host: ConnectorHost, what: string, target = '', options: object = {}): Promise<string> {
  const preview = await host.call('probe', 'preview', { input: { what, target } }, { ...key(), ...options });
  return preview.summary;
}

function key(): { idempotencyKey: string } {
  return { idempotencyKey: crypto.randomUUID() };
}

async function failure(work: Promise<unknown>): Promise<ToolError> {
  const error = await work.then(
    (answer) => new Error(`It was not refused: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ToolError) return error;
  throw error;
}
