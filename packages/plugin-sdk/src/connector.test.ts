import { describe, expect, it } from '@jest/globals';
import { notebook } from '../test/notebook.ts';
import { defineConnector } from './connector.ts';
import { manifestOf } from './manifest.ts';

const { connector } = notebook();

describe('a connector is refused', () => {
  it.each([
    [{ ...connector, name: 'Note-book' }, /"Note-book" cannot name a connector/],
    [{ ...connector, version: '1' }, /must be like 1.0.0/],
    [{ ...connector, tools: [] }, /needs at least one/],
    [{ ...connector, tools: [...connector.tools, ...connector.tools] }, /two tools named addNote/],
    [{ ...connector, origins: ['https://example.com/path'] }, /must be like https:\/\/api.example.com/],
    [{ ...connector, tools: connector.tools.map((tool) => ({ ...tool, undoWithin: 'P1M' })) }, /undone within "P1M"/],
    [
      { ...connector, tools: connector.tools.map((tool) => ({ ...tool, compensate: undefined })) },
      /reversible and has no compensate/,
    ],
  ])('where it would break later (%#)', (wrong, message) => {
    expect(() => defineConnector(wrong)).toThrow(message);
  });
});

it('tells in its manifest what can be known without running it', () => {
  expect(manifestOf(connector)).toMatchObject({
    manifestVersion: 1,
    protocol: { major: 1 },
    name: 'notebook',
    version: '1.2.3',
    origins: [],
    tools: [
      {
        name: 'addNote',
        risk: 'LOW',
        reversibility: 'REVERSIBLE',
        operations: ['preview', 'execute', 'verify', 'compensate'],
      },
    ],
  });
});
