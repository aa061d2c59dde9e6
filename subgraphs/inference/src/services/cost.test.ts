import { describe, expect, it } from '@jest/globals';
import { costUsd, listPrices, pricesOf } from './cost.ts';

const haiku = pricesOf('claude-haiku-5-5');

describe('costUsd', () => {
  it('prices tokens per million', () => {
    expect(costUsd({ inputTokens: 10_000, outputTokens: 1000, computeMs: 0 }, haiku)).toBeCloseTo(0.0015, 10);
  });

  it('prices a long prompt as a whole at the higher rate', () => {
    expect(costUsd({ inputTokens: 200_000, outputTokens: 1000, computeMs: 0 }, haiku)).toBeCloseTo(0.1025, 10);
  });

  it('prices local compute by the second', () => {
    const usage = { inputTokens: 0, outputTokens: 0, computeMs: 3_600_000 };
    expect(costUsd(usage, { input: 0, output: 0 })).toBeCloseTo(0.05, 10);
    expect(costUsd(usage, { input: 0, output: 0 }, 1)).toBe(3600);
  });
});

describe('pricesOf', () => {
  it('prefers an override, and takes an unknown model for a dear one', () => {
    expect(pricesOf('gpt-6-luna', { 'gpt-6-luna': { input: 1, output: 2 } })).toEqual({ input: 1, output: 2 });
    const dearest = Math.max(...Object.values(listPrices).map(({ output }) => output));
    expect(pricesOf('a-model-of-tomorrow').output).toBeGreaterThanOrEqual(dearest);
  });
});
