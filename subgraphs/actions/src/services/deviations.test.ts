import { describe, expect, it } from '@jest/globals';
import { deviationsFrom } from './deviations.ts';

const preview = (after: unknown) => ({
  summary: 'Pay.',
  changes: [{ path: 'amount', before: null, after: after as string }],
});

describe('what was done, beside what was previewed', () => {
  it('does not differ where it says the same, in whatever order', () => {
    const done = [{ path: 'amount', before: null, after: { b: 1, a: '19.00' } }];
    expect(deviationsFrom(preview({ a: '19.00', b: 1 }), done)).toEqual([]);
  });

  it.each([
    ['a cent less', '19.99', '19.98'],
    ['the same amount in other words', '19.00', '19'],
    ['a number for a text', '19', 19],
  ])('differs by %s', (_what, planned, actual) => {
    const done = [{ path: 'amount', before: null, after: actual }];
    expect(deviationsFrom(preview(planned), done)).toEqual([{ path: 'amount', planned, actual }]);
  });

  it('differs by what was left out, and by what nobody previewed', () => {
    const done = [{ path: 'fee', before: null, after: '1.00' }];
    expect(deviationsFrom(preview('19.99'), done)).toEqual([
      { path: 'amount', planned: '19.99', actual: null },
      { path: 'fee', planned: null, actual: '1.00' },
    ]);
  });
});
