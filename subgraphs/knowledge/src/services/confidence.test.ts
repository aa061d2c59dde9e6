import { countTerms } from '@countersign/kernel/text';
import { describe, expect, it } from '@jest/globals';
import { confidenceOf, coverage } from './confidence.ts';

const passage = countTerms('A colonoscopy referral needs the signature of a second physician.');
const covered = (query: string): number =>
  coverage(countTerms(query), passage, 100, (term) => (passage.has(term) ? 8 : 0));

describe('coverage', () => {
  it('is 1 when the passage holds all that is asked for, and 0 when it holds none of it', () => {
    expect(covered('Does a colonoscopy referral need a second signature?')).toBe(1);
    expect(covered('How is lunch served?')).toBe(0);
    expect(covered('???')).toBe(0);
  });

  it('falls most for a word that nobody wrote', () => {
    expect(covered('Who signs a colonoscopy referral on Mars?')).toBeLessThan(0.6);
  });
});

describe('confidenceOf', () => {
  it('rises from 0 to 1 and passes 0.5 where the two sides of the calibration part', () => {
    expect(confidenceOf(0)).toBeLessThan(0.01);
    expect(confidenceOf(0.42)).toBeCloseTo(0.48, 1);
    expect(confidenceOf(1)).toBeGreaterThan(0.99);
  });
});
