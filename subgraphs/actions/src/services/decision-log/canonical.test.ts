import { describe, expect, it } from '@jest/globals';
import { asStored, canonicalJson, digestOf } from './canonical.ts';

describe('canonical JSON', () => {
  it('writes the sample of RFC 8785 section 3.2.2 as section 3.2.3 has it', () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts names by UTF-16 code units, as in RFC 8785 section 3.2.3', () => {
    const sample = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`);
    expect([...canonicalJson(sample).matchAll(/:"(.*?)"/g)].map(([, value]) => value)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
  ])('writes the number %s of RFC 8785 appendix B as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it.each([
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a lone surrogate', '\ud800'],
    ['a bigint', 1n],
    ['undefined', undefined],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'LOG_NOT_JSON' }));
  });
});

describe('what is stored', () => {
  it('is what comes back from a database: no undefined members, dates as text', () => {
    expect(asStored({ a: undefined, at: new Date(0), zero: -0 })).toEqual({ at: '1970-01-01T00:00:00.000Z', zero: 0 });
  });

  it('has no U+0000, and may have text that looks like its escape', () => {
    expect(() => asStored({ a: 'x\u0000' })).toThrow(expect.objectContaining({ code: 'LOG_NOT_JSON' }));
    expect(() => asStored({ '\u0000': 1 })).toThrow(expect.objectContaining({ code: 'LOG_NOT_JSON' }));
    expect(asStored({ a: '\\u0000' })).toEqual({ a: '\\u0000' });
  });
});

describe('a digest', () => {
  it('is the same for the same members in any order, and another in another domain', () => {
    expect(digestOf('a', { x: 1, y: 2 })).toBe(digestOf('a', { y: 2, x: 1 }));
    expect(digestOf('a', { x: 1 })).not.toBe(digestOf('b', { x: 1 }));
  });
});
