import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecentKeys } from './recent-keys.ts';

describe('keys that were put last', () => {
  const odd = ['', 'a', 'a\u0000', '\u0000', 'ÿ', 'x'.repeat(39), 'x'.repeat(40), `${'x'.repeat(40)}y`];
  const key = fc.oneof(fc.integer({ min: 0, max: 12 }).map(String), fc.constantFrom(...odd));

  it('are found in slots of their own, and no others are, whatever was put before', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 100 }), fc.integer({ min: 1, max: 8 }), (put, most) => {
        const keys = new RecentKeys(most);
        for (const [index, each] of put.entries()) {
          const found = keys.find(each);
          const slot = keys.put(each);
          if (found !== -1) expect(slot).toBe(found);
          expect(slot).toBeLessThan(keys.slots);
          const recent = [...new Set(put.slice(0, index + 1).toReversed())];
          const slots = recent.map((one) => keys.find(one));
          expect(slots.slice(most).every((one) => one === -1)).toBe(true);
          expect(new Set(slots.slice(0, most).filter((one) => one !== -1)).size).toBe(Math.min(most, recent.length));
        }
        expect(keys.forgetful).toBe(new Set(put).size > most);
      }),
    );
  });

  it('keep their slots while there come to be more of them', () => {
    const keys = new RecentKeys(5_000);
    const slots = Array.from({ length: 6_000 }, (_, index) => keys.put(`key ${index}`));
    expect(slots.slice(5_000)).toEqual(slots.slice(0, 1_000));
    for (let index = 0; index < 6_000; index += 1) {
      expect(keys.find(`key ${index}`)).toBe(index < 1_000 ? -1 : slots[index]);
    }
  });
});
