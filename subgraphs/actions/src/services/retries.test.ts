import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextTry, pauseAfter, usualBudget } from './retries.ts';

const now = new Date('2026-05-01T12:00:00Z');

describe('trying again', () => {
  it('comes after a pause of any length up to a bound that doubles, and is never long', () => {
    for (const [failures, bound] of [
      [1, 2_000],
      [2, 4_000],
      [5, 32_000],
      [8, 256_000],
      [9, 300_000],
      [500, 300_000],
    ] as const) {
      expect(pauseAfter(failures, usualBudget, () => 1)).toBe(bound);
      expect(pauseAfter(failures, usualBudget, () => 0)).toBe(0);
    }
  });

  it('ends when it has failed often enough, or long enough', () => {
    expect(nextTry({ failures: 1, begunAt: now }, now, usualBudget, () => 0.5)).toEqual(
      new Date(now.getTime() + 1_000),
    );
    expect(nextTry({ failures: 7, begunAt: now }, now, usualBudget)).not.toBeNull();
    expect(nextTry({ failures: 8, begunAt: now }, now, usualBudget)).toBeNull();
    const hourAgo = new Date(now.getTime() - usualBudget.withinMs);
    expect(nextTry({ failures: 1, begunAt: hourAgo }, now, usualBudget, () => 0)).toEqual(now);
    expect(nextTry({ failures: 1, begunAt: hourAgo }, now, usualBudget, () => 0.001)).toBeNull();
  });

  it('is bounded, whatever chance says', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }), (chances) => {
        let [at, tries]: [Date | null, number] = [now, 0];
        for (const chance of chances) {
          if (!at) break;
          tries += 1;
          at = nextTry({ failures: tries, begunAt: now }, at, usualBudget, () => chance);
        }
        expect(at).toBeNull();
        expect(tries).toBeLessThanOrEqual(usualBudget.failures);
      }),
    );
  });
});
