import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantOf } from './local-time.ts';
import { type ChangeWindow, openingsOf } from './openings.ts';
import { parseRecurrenceRule, type RecurrenceRule } from './recurrence-rule.ts';

const day = 86_400_000;
const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** All openings up to the horizon, one after the other. */
function allOf(window: ChangeWindow, horizon: number): number[] {
  const openings = openingsOf(window, horizon);
  const found: number[] = [];
  for (let next = openings.firstAfter(0); next !== null; next = openings.firstAfter(next)) found.push(next);
  return found;
}

const datesOf = (rule: string, start: string, most: number): string[] =>
  allOf({ timeZone: 'UTC', rule, start, durationMinutes: 1 }, Date.parse('2036-01-01T00:00:00Z'))
    .slice(0, most)
    .map((each) => new Date(each).toISOString().slice(0, 10));

describe('the openings of a window', () => {
  it.each([
    ['FREQ=MONTHLY;BYDAY=-1FR', '2026-01-01T09:00', ['2026-01-30', '2026-02-27', '2026-03-27']],
    ['FREQ=MONTHLY;BYDAY=2MO', '2026-01-01T09:00', ['2026-01-12', '2026-02-09', '2026-03-09']],
    ['FREQ=MONTHLY;BYDAY=5TH', '2026-01-01T09:00', ['2026-01-29', '2026-04-30', '2026-07-30']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2026-01-01T09:00', ['2026-01-31', '2026-02-28', '2026-03-31']],
    ['FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR', '2026-01-01T09:00', ['2026-02-13', '2026-03-13', '2026-11-13']],
    ['FREQ=MONTHLY', '2026-01-31T09:00', ['2026-01-31', '2026-03-31', '2026-05-31']],
    ['FREQ=YEARLY', '2024-02-29T09:00', ['2024-02-29', '2028-02-29', '2032-02-29']],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', '2026-01-01T09:00', ['2026-03-29', '2027-03-28', '2028-03-26']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2026-01-01T09:00', ['2026-01-30', '2026-02-27', '2026-03-31']],
    // The two of RFC 5545 by which the first day of the week makes a difference.
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
      '1997-08-05T09:00',
      ['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'],
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
      '1997-08-05T09:00',
      ['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31'],
    ],
  ])('by %s from %s are the days that the rule names', (rule, start, dates) => {
    expect(datesOf(rule, start, dates.length)).toEqual(dates);
  });

  it('begin with the first day that the rule has, also when the start is another', () => {
    expect(datesOf('FREQ=WEEKLY;BYDAY=SA;COUNT=2', '2026-01-01T09:00', 9)).toEqual(['2026-01-03', '2026-01-10']);
  });

  it('are found at once, however long ago they began', () => {
    const window = { timeZone: 'Europe/Berlin', rule: 'FREQ=DAILY', start: '1970-01-01T09:00', durationMinutes: 1 };
    const openings = openingsOf(window, Date.parse('2031-01-01T00:00:00Z'));
    expect(openings.lastAt(Date.parse('2026-05-01T12:00:00Z'))).toBe(Date.parse('2026-05-01T07:00:00Z'));
    expect(openings.firstAfter(Date.parse('2026-05-01T12:00:00Z'))).toBe(Date.parse('2026-05-02T07:00:00Z'));
  });

  it('are those of RFC 5545 for every rule', () => {
    const horizon = Date.parse('2032-01-01T00:00:00Z');
    fc.assert(
      fc.property(rules, starts, zones, fc.double({ min: 0, max: 1, noNaN: true }), (rule, start, timeZone, share) => {
        const window = { timeZone, rule, start, durationMinutes: 1 };
        const expected = byTheBook(window, horizon);
        expect(allOf(window, horizon)).toEqual(expected);
        const instant = Math.floor(Date.parse(`${start}Z`) + share * 4 * 365 * day);
        const last = expected.findLast((each) => each <= instant) ?? null;
        expect(openingsOf(window, horizon).lastAt(instant)).toBe(last);
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});

const starts = fc
  .integer({ min: 0, max: 3 * 365 })
  .map((days) => `${new Date(Date.parse('2024-01-01') + days * day).toISOString().slice(0, 10)}T02:30`);

const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Sydney', 'America/New_York');

const some = <T>(values: T[], most: number): fc.Arbitrary<T[] | undefined> =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most }), { nil: undefined });

const rules = fc
  .record({
    FREQ: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    INTERVAL: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    BYDAY: fc.oneof(some(weekdays, 5), some(['1MO', '2TU', '-1FR', '5SU', '-2SA', 'WE'], 3)),
    BYMONTHDAY: some([1, 2, 13, 29, 30, 31, -1, -3, -31], 4),
    BYMONTH: some([1, 2, 3, 6, 12], 3),
    BYSETPOS: some([1, 2, -1, -2, 5], 2),
    WKST: fc.option(fc.constantFrom(...weekdays), { nil: undefined }),
    COUNT: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    UNTIL: fc.option(fc.constantFrom('20270601T003000Z', '20270601T002959Z', '20290101T000000Z'), { nil: undefined }),
  })
  .map((parts) =>
    Object.entries(parts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`)
      .join(';'),
  )
  .filter((rule) => parseRecurrenceRule(rule).ok);

/** Day after day, each held against the rule: slow, and as the RFC tells it. */
function byTheBook({ rule: text, start, timeZone }: ChangeWindow, horizon: number): number[] {
  const parsed = parseRecurrenceRule(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const { rule } = parsed;
  const first = Date.parse(`${start}Z`);
  const begin = Date.parse(`${start.slice(0, 4)}-01-01T02:30Z`) - 7 * day;
  const sets = new Map<number, number[]>();
  for (let each = begin; each <= horizon + 366 * day; each += day) {
    const period = periodOf(each, rule) - periodOf(first, rule);
    if (period < 0 || period % rule.interval !== 0 || !isSelected(new Date(each), new Date(first), rule)) continue;
    sets.set(period, [...(sets.get(period) ?? []), each]);
  }
  const chosen = [...sets.values()].flatMap((set) =>
    rule.bySetPos
      ? set.filter((_, index) => rule.bySetPos?.some((at) => (at > 0 ? at - 1 : set.length + at) === index))
      : set,
  );
  const until = Math.min(horizon, rule.until ?? horizon);
  const counted = chosen.filter((each) => each >= first).slice(0, rule.count);
  return counted.map((each) => instantOf(each, timeZone)).filter((each) => each <= until);
}

function periodOf(instant: number, { freq, wkst = 'MO' }: RecurrenceRule): number {
  const date = new Date(instant);
  const days = Math.floor(instant / day);
  // 1 January 1970 was a Thursday.
  if (freq === 'WEEKLY') return Math.floor((days + 4 - weekdays.indexOf(wkst)) / 7);
  if (freq === 'DAILY') return days;
  return freq === 'YEARLY' ? date.getUTCFullYear() : date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function isSelected(date: Date, first: Date, { freq, byDay, byMonthDay, byMonth }: RecurrenceRule): boolean {
  const [month, monthDay] = [date.getUTCMonth() + 1, date.getUTCDate()];
  if (byMonth && !byMonth.includes(month)) return false;
  const inMonth = placeIn(
    date,
    Date.UTC(date.getUTCFullYear(), month - 1, 1),
    Date.UTC(date.getUTCFullYear(), month, 1),
  );
  if (byMonthDay && !byMonthDay.includes(monthDay) && !byMonthDay.includes(inMonth.fromEnd)) return false;
  if (byDay) {
    return byDay.some((each) => {
      const number = Number(each.slice(0, -2));
      if (weekdays[date.getUTCDay()] !== each.slice(-2)) return false;
      return number === 0 || number === Math.ceil(inMonth.fromStart / 7) || number === Math.floor(inMonth.fromEnd / 7);
    });
  }
  if (byMonthDay || freq === 'DAILY') return true;
  if (freq === 'WEEKLY') return date.getUTCDay() === first.getUTCDay();
  return (
    monthDay === first.getUTCDate() &&
    (freq === 'MONTHLY' || byMonth !== undefined || month === first.getUTCMonth() + 1)
  );
}

/** Days from the start, from 1, and from the end, from -1. */
function placeIn(date: Date, from: number, until: number): { fromStart: number; fromEnd: number } {
  const days = Math.floor((date.getTime() - from) / day);
  return { fromStart: days + 1, fromEnd: days - Math.round((until - from) / day) };
}
