import { describe, expect, it } from '@jest/globals';
import { figuresOf, percentile } from './figures.ts';

describe('figures', () => {
  it('counts every request the same, whichever round it fell into', () => {
    const quick = { seconds: 1, latencies: [1, 1, 1, 1, 1, 1, 1, 1] };
    const slow = { seconds: 3, latencies: [9, 9, 9, 9] };
    const { requestsPerSecond, requests, p50, p95 } = figuresOf([quick, slow]);
    expect({ requestsPerSecond, requests, p50, p95 }).toEqual({ requestsPerSecond: 3, requests: 12, p50: 1, p95: 9 });
  });

  it('says how far the rounds lie apart', () => {
    const rounds = [
      { seconds: 2, latencies: [5, 5] },
      { seconds: 1, latencies: [5, 5, 5] },
    ];
    expect(figuresOf(rounds)).toMatchObject({ slowest: 1, quickest: 3 });
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  it('is the smallest value that so many do not exceed', () => {
    expect(percentile(hundred, 50)).toBe(50);
    expect(percentile(hundred, 95)).toBe(95);
    expect(percentile([7], 95)).toBe(7);
  });

  it('of nothing is not a number', () => {
    expect(percentile([], 95)).toBeNaN();
  });
});
