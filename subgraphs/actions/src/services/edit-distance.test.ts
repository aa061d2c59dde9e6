import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from './decision-log/index.ts';
import { editDistance } from './edit-distance.ts';

const json = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;

describe('how far an edit goes', () => {
  it('is the share of the values that changed, came or went', () => {
    const before = { patient: 'Patient/1', code: { system: 'loinc', code: '1' }, notes: ['a', 'b'] };
    expect(editDistance(before, { ...before, code: { system: 'loinc', code: '2' } })).toBe(1 / 5);
    expect(editDistance(before, { ...before, notes: ['a'] })).toBe(1 / 5);
    expect(editDistance({ sum: '19.00' }, { sum: '19.0' })).toBe(1);
    expect(editDistance({}, { note: '' })).toBe(1);
    expect(editDistance({ 'a/b': 1 }, { a: { b: 1 } })).toBe(1);
  });

  it('is nothing where nothing changed, the same both ways, and never more than all', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        expect(editDistance(one, one)).toBe(0);
        expect(editDistance(one, other)).toBe(editDistance(other, one));
        expect(editDistance(one, other)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
