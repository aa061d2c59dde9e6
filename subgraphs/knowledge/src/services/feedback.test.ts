import { describe, expect, it } from '@jest/globals';
import { expandQuery, feedbackPassages } from './feedback.ts';

describe('expandQuery', () => {
  const query = new Map([['metformin', 1]]);
  const best = [
    { score: 8, terms: new Map([['metformin', 2], ['diabet', 2], ['patient', 2]]) },
    { score: 4, terms: new Map([['diabet', 1], ['patient', 1]]) },
  ]; // biome-ignore format: as a table
  const passagesWithTerm = (term: string): number => ({ metformin: 5, diabet: 10, patient: 900 })[term] ?? 0;

  it('learns what sets the best passages apart, and leaves the query the most weight', () => {
    const expanded = expandQuery(query, best, 1000, passagesWithTerm);
    const weight = (term: string): number => expanded.get(term) ?? 0;
    expect(weight('metformin')).toBeGreaterThan(1);
    expect(weight('diabet')).toBeGreaterThan(weight('patient'));
    expect(weight('diabet')).toBeLessThanOrEqual(0.7);
  });

  it('changes nothing without passages to learn from', () => {
    expect(expandQuery(query, [], 0, passagesWithTerm)).toEqual(query);
  });

  it('learns thirty terms at most', () => {
    const terms = new Map(Array.from({ length: 200 }, (_, index) => [`term${index}`, 1]));
    expect(expandQuery(query, [{ score: 1, terms }], 1000, () => 1).size).toBe(31);
  });
});

describe('feedbackPassages', () => {
  it('learns nothing from a handful of passages, and from ten at most', () => {
    expect([5, 19, 20, 100, 5000].map(feedbackPassages)).toEqual([0, 0, 1, 5, 10]);
  });
});
