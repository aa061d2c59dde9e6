import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bm25, fuse, idf } from './ranking.ts';

const term = { passages: 1000, passagesWithTerm: 10, frequency: 2, length: 100, averageLength: 100 };

describe('bm25', () => {
  it('agrees with the formula worked by hand', () => {
    // ln(1 + 990.5 / 10.5) * 2 * 2.2 / (2 + 1.2)
    expect(bm25(term)).toBeCloseTo(6.266, 3);
  });

  it('grows with frequency, but less each time; falls with length; rare terms weigh more', () => {
    const once = bm25({ ...term, frequency: 1 });
    expect(bm25(term)).toBeGreaterThan(once);
    expect(bm25(term)).toBeLessThan(2 * once);
    expect(bm25({ ...term, length: 300 })).toBeLessThan(bm25(term));
    expect(bm25({ ...term, passagesWithTerm: 900 })).toBeLessThan(bm25(term));
  });

  it('is never negative, also for a term that every passage holds', () => {
    expect(idf(1, 1)).toBeGreaterThan(0);
    expect(bm25({ ...term, passagesWithTerm: 1000 })).toBeGreaterThan(0);
  });
});

const candidates = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1, maxLength: 2 }), score: fc.double({ min: -1, max: 9, noNaN: true }) }),
  { selector: (candidate) => candidate.id, maxLength: 12 },
);

describe('fuse', () => {
  it('puts first what leads both lists', () => {
    const ranked = fuse(
      [
        { id: 'a', score: 9 },
        { id: 'b', score: 6 },
      ],
      [
        { id: 'a', score: 0.8 },
        { id: 'c', score: 0.4 },
      ],
      0.5,
    );
    expect(ranked.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(ranked[0]).toEqual({ id: 'a', score: 1, lexicalRank: 1, vectorRank: 1 });
    expect(ranked[2]).toEqual({ id: 'c', score: 0.25, lexicalRank: undefined, vectorRank: 2 });
  });

  it('has everything of both lists once, with scores from 0 to 1, best first', () => {
    fc.assert(
      fc.property(candidates, candidates, fc.double({ min: 0, max: 1, noNaN: true }), (lexical, vector, weight) => {
        const ranked = fuse(lexical, vector, weight);
        expect(ranked.map(({ id }) => id).sort()).toEqual(
          [...new Set([...lexical, ...vector].map(({ id }) => id))].sort(),
        );
        ranked.forEach(({ score }, index) => {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-9);
          expect(score).toBeLessThanOrEqual(ranked[index - 1]?.score ?? 2);
        });
      }),
    );
  });

  it('gives one order, whatever the order of what it is given', () => {
    fc.assert(
      fc.property(candidates, candidates, (lexical, vector) => {
        expect(fuse(lexical.toReversed(), vector.toReversed())).toEqual(fuse(lexical, vector));
      }),
    );
  });
});
