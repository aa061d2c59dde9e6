import { describe, expect, it } from '@jest/globals';
import { difficultiesOf } from './question-features.ts';

describe('difficultiesOf', () => {
  it.each([
    ['Who signs a referral?', []],
    ['How long is a referral valid?', []],
    ['What is the difference between a referral and an order?', ['compares']],
    ['Who signs a referral and when does it expire?', ['has several parts']],
    ['What is the total of 120, 80 and 45 USD?', ['reckons with numbers']],
    [
      'Why is a second signature needed, and how does it differ from an approval?',
      ['compares', 'has several parts', 'asks why'],
    ],
  ])('%s', (question, difficulties) => {
    expect(difficultiesOf(question)).toEqual(difficulties);
  });
});
