import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { spikeSample, usualRules } from './rules.ts';
import { refusalSpike, reversalSpike } from './step-down.ts';

describe('a spike of reversals', () => {
  const outcomes = (reversed: number, kept: number) => [
    ...Array.from({ length: reversed }, () => true),
    ...Array.from({ length: kept }, () => false),
  ];

  it('is four of the latest twenty', () => {
    expect(reversalSpike(outcomes(3, 17), usualRules)).toBeNull();
    expect(reversalSpike(outcomes(4, 0), usualRules)).toMatch(/^4 of its latest 4 actions/);
    expect(reversalSpike(outcomes(4, 200), usualRules)).toMatch(/^4 of its latest 20 actions/);
  });

  it('is not what lies further back', () => {
    expect(reversalSpike([...outcomes(0, 18), ...outcomes(10, 0)], usualRules)).toBeNull();
  });

  it('is what the tenant says', () => {
    expect(reversalSpike([true], { ...usualRules, spikeReversals: 1 })).not.toBeNull();
  });

  it('never goes away by a reversal more among the latest', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: spikeSample - 1 }), (latest) => {
        if (reversalSpike(latest, usualRules)) expect(reversalSpike([true, ...latest], usualRules)).not.toBeNull();
      }),
    );
  });
});

describe('a spike of refused input', () => {
  it('is twenty that are half of all', () => {
    expect(refusalSpike({ refused: 19, proposed: 0 }, usualRules)).toBeNull();
    expect(refusalSpike({ refused: 20, proposed: 20 }, usualRules)).toMatch(/^20 proposals were refused/);
    expect(refusalSpike({ refused: 20, proposed: 21 }, usualRules)).toBeNull();
  });
});
