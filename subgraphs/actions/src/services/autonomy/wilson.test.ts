import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanUntil, wilsonUpper } from './wilson.ts';

const cases = fc
  .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 }))
  .map(([hits, more]): [number, number] => [hits, hits + more]);

describe("Wilson's upper limit", () => {
  // Computed by hand from the formula; 0.2775 of 0 in 10 and 0.7634 of 5 in 10 are the textbook's.
  it.each([
    [0, 10, 0.2775],
    [5, 10, 0.7634],
    [1, 10, 0.4042],
    [0, 73, 0.05],
    [0, 35, 0.0989],
    [10, 10, 1],
    [2, 100, 0.07],
  ])('of %i in %i is %d', (hits, n, limit) => {
    expect(wilsonUpper(hits, n)).toBeCloseTo(limit, 4);
  });

  it('is 1 where nothing was seen', () => {
    expect(wilsonUpper(0, 0)).toBe(1);
  });

  it('is between what was seen and 1', () => {
    fc.assert(
      fc.property(cases, ([hits, n]) => {
        expect(wilsonUpper(hits, n)).toBeGreaterThanOrEqual(hits / n);
        expect(wilsonUpper(hits, n)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('grows with each hit, and falls with each case without one', () => {
    fc.assert(
      fc.property(cases, ([hits, n]) => {
        expect(wilsonUpper(hits + 1, n)).toBeGreaterThanOrEqual(wilsonUpper(hits, n));
        expect(wilsonUpper(hits, n + 1)).toBeLessThanOrEqual(wilsonUpper(hits, n));
      }),
    );
  });
});

describe('how many cases without a hit it takes', () => {
  it.each([
    [0, 0, 0.05, 73],
    [0, 73, 0.05, 0],
    [0, 0, 0.1, 35],
    [1, 1, 0.05, 109],
  ])('after %i in %i, to get to %d, is %i', (hits, n, bound, more) => {
    expect(cleanUntil(hits, n, bound)).toBe(more);
  });

  it('is the smallest number that will do', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0.001, max: 0.5, noNaN: true }), ([hits, n], bound) => {
        const more = cleanUntil(hits, n, bound);
        if (more === null) throw new Error('A million will do for these.');
        expect(wilsonUpper(hits, n + more)).toBeLessThanOrEqual(bound);
        if (more > 0) expect(wilsonUpper(hits, n + more - 1)).toBeGreaterThan(bound);
      }),
    );
  });

  it('is none where more than the most would be needed', () => {
    expect(cleanUntil(1_000, 1_000, 0.001)).toBeNull();
  });
});
