import { describe, expect, it } from '@jest/globals';
import { monthOf, periodOf } from './period.ts';

const now = new Date('2026-12-31T23:59:59.999Z');
const period = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });

describe('a period', () => {
  it('is the calendar month in UTC, also over the end of a year', () => {
    expect(monthOf(now)).toEqual(period('2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'));
    expect(monthOf(new Date('2027-01-01T00:00:00Z'))).toEqual(period('2027-01-01T00:00:00Z', '2027-02-01T00:00:00Z'));
  });

  it('is the current month unless told', () => {
    expect(periodOf({}, now)).toEqual(monthOf(now));
  });

  it('begins with the month in which it ends when only its end is given', () => {
    const to = new Date('2026-03-01T00:00:00Z');
    expect(periodOf({ to }, now)).toEqual(period('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'));
  });

  it('ends with the current month when only its start is given', () => {
    const from = new Date('2026-02-10T00:00:00Z');
    expect(periodOf({ from }, now)).toEqual({ from, to: new Date('2027-01-01T00:00:00Z') });
  });

  it('cannot end before it begins, nor be empty', () => {
    expect(() => periodOf(period('2026-03-01T00:00:00Z', '2026-02-01T00:00:00Z'), now)).toThrow('must be before');
    expect(() => periodOf({ from: now, to: now }, now)).toThrow('must be before');
  });
});
