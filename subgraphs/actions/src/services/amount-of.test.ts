import { describe, expect, it } from '@jest/globals';
import { amountOf } from './amount-of.ts';

const tool = { amount: { value: '/order/total', currency: '/currency' } };
const of = (total: string | number | null | undefined) => amountOf(tool, { order: { total }, currency: 'EUR' }).amount;

describe('the amount of a call', () => {
  it('is what the input says, digit by digit', () => {
    expect(of('12.50')).toBe('12.50');
    expect(of('99999999999999.9999')).toBe('99999999999999.9999');
    expect(of(0.1)).toBe('0.1');
    expect(of(-3)).toBe('-3');
    expect(of('7.25000000')).toBe('7.2500');
    expect(of('1000')).toBe('1000');
  });

  it('is none where the input has none, or its tool does not say where', () => {
    expect(of(undefined)).toBeNull();
    expect(of(null)).toBeNull();
    expect(amountOf(tool, {})).toEqual({ amount: null, currency: null });
    expect(amountOf({}, { order: { total: '1' } })).toEqual({ amount: null, currency: null });
    expect(amountOf(tool, { order: { total: '1' }, currency: 5 })).toEqual({ amount: '1', currency: null });
  });

  it.each(['12,50', '1e3', '', ' 1', '1.', '.5', '+1', '0.00001', '100000000000000', 1e11, 1e-7, Number.NaN])(
    'cannot be %j, which no limit could be held against',
    (total) => {
      expect(() => of(total)).toThrow('at most 14 digits');
    },
  );
});
