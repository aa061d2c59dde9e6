import { describe, expect, it } from '@jest/globals';
import { notebook } from '../../test/notebook.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { Tool } from '../tool.ts';
import { ContractBroken, testConnector } from './test-connector.ts';

it('passes a connector that keeps the contract', async () => {
  const report = await run({});
  expect(report).not.toBeInstanceOf(ContractBroken);
});

describe('it finds', () => {
  it.each<[string, Partial<Tool>, RegExp]>([
    [
      'a property without a description',
      { inputSchema: withText({ type: 'string' }) },
      /input.text has no "description"/,
    ],
    [
      'an enum value that is no name',
      { inputSchema: withText({ type: 'string', description: 'x', enum: ['a-b'] }) },
      /input.text allows "a-b".*SCREAMING_CASE/,
    ],
    [
      'a preview that changes something',
      {
        preview: async (_input, ctx) => {
          await ctx.http({ method: 'POST', url: 'https://example.com/' });
          return { summary: 'x', changes: [{ path: 'x', before: null, after: 1 }] };
        },
      },
      /it sent POST https:\/\/example.com/,
    ],
    ['a preview that says nothing', { preview: async () => ({ summary: '', changes: [] }) }, /the summary is empty/],
    [
      'two effects under one key',
      {
        execute: async () => ({ status: 'succeeded', externalId: crypto.randomUUID(), output: { length: 1 } }),
      },
      /has one effect: it made .* and /,
    ],
    [
      'a verify that does not know',
      { verify: async () => ({ status: 'not_done' }) },
      /verify answers done after.*not_done/,
    ],
    [
      'output that is not what the schema says',
      { execute: async (_input, ctx) => ({ status: 'succeeded', externalId: ctx.idempotencyKey, output: {} }) },
      /length is missing/,
    ],
    [
      'a result that is not what was previewed',
      {
        execute: async (_input, ctx) => ({
          status: 'succeeded',
          externalId: ctx.idempotencyKey,
          output: { length: 4 },
          changes: [{ path: 'note', before: null, after: 'Mi' }],
        }),
      },
      /is what the preview said: it differs at note/,
    ],
    [
      'an undo that does not undo',
      { compensate: async () => ({ summary: 'Done.' }) },
      /still stands on the other side/,
    ],
  ])('%s', async (_what, change, message) => {
    const report = await run(change);
    expect(report).toBeInstanceOf(ContractBroken);
    expect(String(report)).toMatch(message);
  });

  it('a tool without a case, and an origin that was not asked for', async () => {
    const { connector } = notebook();
    await expect(testConnector(connector, { config: {}, cases: [] })).rejects.toThrow(/addNote: has a case/);
    const reaching = notebook({
      verify: async (_input, ctx) => ctx.http({ url: 'https://elsewhere.example/' }) as never,
    });
    const cases = [{ tool: 'addNote', input: { text: 'x' } }];
    await expect(testConnector(reaching.connector, { config: {}, cases })).rejects.toThrow(
      /elsewhere.example is not among/,
    );
  });
});

function withText(text: JsonSchema): Tool['inputSchema'] {
  return { type: 'object', properties: { text } };
}

async function run(change: Partial<Tool>): Promise<unknown> {
  const { connector, notes } = notebook(change);
  const reaching = { ...connector, egress: () => ['https://example.com'] };
  return testConnector(reaching, {
    config: {},
    http: async () => ({ status: 200, headers: {}, body: new Uint8Array(), text: () => '', json: () => null }),
    cases: [
      {
        tool: 'addNote',
        input: { text: 'Milk' },
        refused: [{ input: {}, code: 'INVALID_INPUT', path: ['text'] }],
        isUndone: async (externalId) => !notes.has(externalId),
      },
    ],
  }).catch((error: unknown) => error);
}
