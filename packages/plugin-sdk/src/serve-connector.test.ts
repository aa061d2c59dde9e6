import { beforeEach, describe, expect, it } from '@jest/globals';
import { notebook } from '../test/notebook.ts';
import type { ConnectorMessage, HostMessage } from './protocol.ts';
import { serveConnector } from './serve-connector.ts';
import type { Tool, ToolContext } from './tool.ts';
import { ToolError } from './tool-error.ts';

let said: ConnectorMessage[];
let tell: (message: HostMessage) => void;

beforeEach(() => serve());

it('answers hello with who it is', () => {
  hello();
  expect(said).toEqual([
    {
      kind: 'describe',
      protocol: { major: 1, minor: 0 },
      name: 'notebook',
      version: '1.2.3',
      tools: ['addNote'],
      egress: [],
    },
  ]);
});

it('refuses a host of a higher major version, and no other', () => {
  hello({ major: 2, minor: 0 });
  expect(said).toMatchObject([{ kind: 'refuse', error: { code: 'PROTOCOL_UNSUPPORTED' } }]);
  serve();
  hello({ major: 1, minor: 7 });
  expect(said).toMatchObject([{ kind: 'describe' }]);
});

it('passes over what it does not know, and says so', () => {
  hello();
  // From a host that is newer than this.
  tell({ kind: 'stream.open', streamId: '1' } as unknown as HostMessage);
  expect(said.at(-1)).toMatchObject({ kind: 'log', level: 'warn', message: expect.stringContaining('stream.open') });
});

describe('a call', () => {
  it('is answered under its own id, also when others are under way', async () => {
    hello();
    call('a', { text: 'first' });
    call('b', { text: 'second' });
    await expect(answer('b')).resolves.toMatchObject({ kind: 'result', result: { externalId: 'key of b' } });
    await expect(answer('a')).resolves.toMatchObject({ kind: 'result', result: { output: { length: 5 } } });
  });

  it('fails with what the tool threw for the user, as it was', async () => {
    serve({
      execute: async () => {
        throw new ToolError('NOT_FOUND', 'No such book.', { path: ['book'] });
      },
    });
    hello();
    call('a', {});
    expect(await answer('a')).toMatchObject({
      kind: 'error',
      error: { code: 'NOT_FOUND', message: 'No such book.', path: ['book'], retryable: false, effect: 'none' },
    });
  });

  it('fails with a word about the log when the tool broke', async () => {
    serve({ execute: async () => JSON.parse('{') });
    hello();
    call('a', {});
    expect(await answer('a')).toMatchObject({ kind: 'error', error: { code: 'CONNECTOR_FAULT' } });
    expect(said).toContainEqual(expect.objectContaining({ kind: 'log', level: 'error', callId: 'a' }));
  });

  it('sends its HTTP to the host and is told what came of it', async () => {
    serve({
      execute: async (_input, ctx) => {
        const response = await ctx.http({ url: 'https://example.com/', headers: { accept: 'text/plain' } });
        return { status: 'succeeded', externalId: response.text(), output: { length: response.status } };
      },
    });
    hello();
    call('a', {});
    const request = said.at(-1);
    expect(request).toMatchObject({ kind: 'http.request', callId: 'a', method: 'GET', url: 'https://example.com/' });
    const requestId = request?.kind === 'http.request' ? request.requestId : '';
    tell({ kind: 'http.response', requestId, status: 200, headers: {}, body: new TextEncoder().encode('grün') });
    expect(await answer('a')).toMatchObject({ result: { externalId: 'grün', output: { length: 200 } } });
  });

  it('hears when it is cancelled', async () => {
    serve({
      execute: (_input: unknown, { signal }: ToolContext) =>
        new Promise((_, fail) => signal.addEventListener('abort', () => fail(new ToolError('CANCELLED', 'Stopped.')))),
    });
    hello();
    call('a', {});
    tell({ kind: 'cancel', callId: 'a' });
    expect(await answer('a')).toMatchObject({ kind: 'error', error: { code: 'CANCELLED' } });
  });
});

function serve(change: Partial<Tool> = {}): void {
  said = [];
  serveConnector(notebook(change).connector, {
    send: (message) => void said.push(message),
    onMessage: (listener) => {
      tell = listener;
    },
    onDisconnect: () => undefined,
  });
}

function hello(protocol = { major: 1, minor: 0 }): void {
  tell({ kind: 'hello', protocol, tenantId: 'acme', config: {} });
}

function call(callId: string, input: { text?: string }): void {
  const idempotencyKey = `key of ${callId}`;
  tell({ kind: 'call', callId, operation: 'execute', tool: 'addNote', idempotencyKey, payload: { input } });
}

async function answer(callId: string): Promise<ConnectorMessage> {
  for (;;) {
    const found = said.find((one) => (one.kind === 'result' || one.kind === 'error') && one.callId === callId);
    if (found) return found;
    await new Promise((turn) => setImmediate(turn));
  }
}
