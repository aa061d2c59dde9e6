import { describe, expect, it } from '@jest/globals';
import { notebook } from '../test/notebook.ts';
import { type AmountPointers, atPointer, checkAmount } from './amount.ts';
import { manifestOf } from './manifest.ts';

const inputSchema = {
  type: 'object',
  properties: {
    total: { type: 'string' },
    'a/b': { type: 'string' },
    lines: { type: 'array', items: { type: 'object', properties: { currency: { type: 'string' } } } },
  },
} as const;
const input = { total: '12.50', 'a/b': 'EUR', lines: [{ currency: 'SEK' }] };

describe('an amount', () => {
  it('is found where its pointer leads', () => {
    expect(atPointer(input, '/total')).toBe('12.50');
    expect(atPointer(input, '/a~1b')).toBe('EUR');
    expect(atPointer(input, '/lines/0/currency')).toBe('SEK');
  });

  it('is absent where there is nothing, also under names that every object has', () => {
    for (const pointer of ['/lines/1/currency', '/total/more', '/constructor', '/__proto__']) {
      expect(atPointer(input, pointer)).toBeUndefined();
    }
  });

  it.each<AmountPointers>([
    { value: 'total' },
    { value: '' },
    { value: '/nowhere' },
    { value: '/total', currency: '/lines/x/currency' },
    { value: '/constructor' },
  ])('cannot point to what the input does not have: %j', (amount) => {
    expect(() => checkAmount({ name: 'pay', inputSchema, amount })).toThrow(/amount of pay points to/);
  });

  it('stands in the manifest of a tool that declares one, and in no other', () => {
    const { connector } = notebook();
    const amount = { value: '/total', currency: '/lines/0/currency' };
    checkAmount({ name: 'pay', inputSchema, amount });
    expect(manifestOf(connector).tools[0]).not.toHaveProperty('amount');
    const tools = connector.tools.map((tool) => ({ ...tool, inputSchema, amount }));
    expect(manifestOf({ ...connector, tools }).tools[0]).toMatchObject({ amount });
  });
});
