import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Measured, rank } from './level.ts';
import { type Counts, explainProspect, nextLevel, noCounts, type Prospect, prospect } from './promotion.ts';
import { usualRules } from './rules.ts';

const notes: Measured = { tool: 'notes.add', risk: 'LOW', reversible: true };
const of = (counts: Partial<Counts>): Counts => ({ ...noCounts, ...counts });

function before(counts: Partial<Counts>, rules = usualRules, level: 'SUGGEST' | 'ONE_CLICK' = 'ONE_CLICK'): Prospect {
  const found = prospect(notes, level, of(counts), rules);
  if (!found) throw new Error('There is a level above.');
  return found;
}

describe('the level above', () => {
  it('is one up, and unattended for what is of low risk and can be undone alone', () => {
    expect(nextLevel(notes, 'SUGGEST')).toBe('ONE_CLICK');
    expect(nextLevel(notes, 'ONE_CLICK')).toBe('UNATTENDED');
    expect(nextLevel(notes, 'UNATTENDED')).toBeNull();
    expect(nextLevel({ ...notes, risk: 'MEDIUM' }, 'ONE_CLICK')).toBeNull();
    expect(nextLevel({ ...notes, reversible: false }, 'ONE_CLICK')).toBeNull();
    expect(nextLevel({ ...notes, risk: 'HIGH', reversible: false }, 'SUGGEST')).toBe('ONE_CLICK');
    expect(prospect({ ...notes, risk: 'HIGH' }, 'ONE_CLICK', noCounts, usualRules)).toBeNull();
  });
});

describe('promotion', () => {
  it('needs enough successes that the reversal rate is known to be low: 73 without a reversal', () => {
    expect(before({})).toMatchObject({ next: 'UNATTENDED', needed: 73, qualifies: false });
    expect(before({ clean: 72 })).toMatchObject({ needed: 1, qualifies: false });
    expect(before({ clean: 73 })).toMatchObject({ needed: 0, qualifies: true });
  });

  it('needs more for each reversal, correction and rejection', () => {
    expect(before({ clean: 73, reversed: 1 })).toMatchObject({ qualifies: false, needed: 36 });
    expect(before({ clean: 73, corrected: 12 }).qualifies).toBe(false);
    expect(before({ clean: 73, rejected: 12 }).qualifies).toBe(false);
    expect(before({ clean: 73, rejected: 2 }).qualifies).toBe(true);
  });

  it('needs less from SUGGEST to ONE_CLICK', () => {
    expect(before({ clean: 19 }, usualRules, 'SUGGEST')).toMatchObject({ next: 'ONE_CLICK', needed: 1 });
    expect(before({ clean: 20, rejected: 20 }, usualRules, 'SUGGEST').qualifies).toBe(true);
  });

  it('needs what the tenant asks for', () => {
    expect(before({ clean: 80 }, { ...usualRules, successesUnattended: 100 })).toMatchObject({ needed: 20 });
    expect(before({ clean: 80 }, { ...usualRules, reversalRateUnattended: 0.01 }).qualifies).toBe(false);
  });

  it('says what it would take, in words', () => {
    expect(explainProspect(before({ clean: 73 }))).toEqual(['It has earned UNATTENDED: an administrator decides.']);
    expect(explainProspect(before({ clean: 72 }))[0]).toMatch(/^1 more success that nobody/);
    expect(explainProspect(before({ clean: 10, reversed: 2, rejected: 5 }))).toEqual([
      expect.stringMatching(/^\d+ more successes/),
      expect.stringMatching(/taken back has to be 5 % at most/),
      expect.stringMatching(/correct or reject has to be 20 % at most/),
    ]);
  });
});

const number = fc.integer({ min: 0, max: 200 });
const counts = fc.record({ clean: number, corrected: number, reversed: number, rejected: number, failed: number });

describe('for all that may come of a tool', () => {
  it('as many clean successes as are said to be needed are enough, and one less is not', () => {
    fc.assert(
      fc.property(counts, (all) => {
        const { needed } = before(all);
        if (needed === null) throw new Error('A million will do for these.');
        expect(before({ ...all, clean: all.clean + needed }).qualifies).toBe(true);
        if (needed > 0) expect(before({ ...all, clean: all.clean + needed - 1 }).qualifies).toBe(false);
      }),
    );
  });

  it('a reversal, a correction or a rejection in the place of nothing never helps', () => {
    fc.assert(
      fc.property(counts, fc.constantFrom('reversed' as const, 'rejected' as const), (all, worse) => {
        const needed = (each: Counts) => before(each).needed ?? Number.POSITIVE_INFINITY;
        // A reversal is of something done, which would have been a success otherwise.
        const [good, bad] = [
          { ...all, clean: all.clean + (worse === 'reversed' ? 1 : 0) },
          { ...all, [worse]: all[worse] + 1 },
        ];
        expect(needed(bad)).toBeGreaterThanOrEqual(needed(good));
      }),
    );
  });

  it('the next level is one above the one that was earned', () => {
    fc.assert(
      fc.property(counts, fc.constantFrom('SUGGEST' as const, 'ONE_CLICK' as const), (all, level) => {
        expect(rank(before(all, usualRules, level).next)).toBe(rank(level) + 1);
      }),
    );
  });
});
