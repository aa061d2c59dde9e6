import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecentMap } from './recent-map.ts';

describe('a map of what was set last', () => {
  it('has the last keys that were set, whatever was set before', () => {
    const keys = fc.array(fc.integer({ min: 0, max: 12 }).map(String), { maxLength: 200 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 8 }), (set, most) => {
        const map = new RecentMap<number>(most);
        for (const [index, key] of set.entries()) {
          map.set(key, index);
          const distinct = [...new Set(set.slice(0, index + 1).toReversed())];
          for (const [age, each] of distinct.entries()) {
            expect(map.get(each)).toBe(age < most ? set.lastIndexOf(each, index) : undefined);
          }
        }
        expect(map.forgetful).toBe(new Set(set).size > most);
      }),
    );
  });
});
