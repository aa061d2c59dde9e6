import { describe, expect, it } from '@jest/globals';
import { parseRecurrenceRule } from './recurrence-rule.ts';

describe('a recurrence rule', () => {
  it('is read part by part, in capitals or not', () => {
    expect(parseRecurrenceRule('freq=MONTHLY;INTERVAL=2;BYDAY=+2MO,-1FR;WKST=SU;UNTIL=20261231T230000Z')).toEqual({
      ok: true,
      rule: {
        freq: 'MONTHLY',
        interval: 2,
        byDay: ['2MO', '-1FR'],
        wkst: 'SU',
        until: Date.parse('2026-12-31T23:00:00Z'),
      },
    });
    expect(parseRecurrenceRule('FREQ=YEARLY;BYMONTH=2,03;BYMONTHDAY=-1,+1;BYSETPOS=-1;COUNT=4')).toMatchObject({
      rule: { interval: 1, count: 4, byMonth: [2, 3], byMonthDay: [-1, 1], bySetPos: [-1] },
    });
  });

  it.each([
    ['', 'no part'],
    ['RRULE:FREQ=DAILY', 'no part'],
    ['FREQ=DAILY;', 'no part'],
    ['FREQ=DAILY;X-ODD=1', 'no part'],
    ['FREQ=DAILY;BYHOUR=9', 'no part'],
    ['FREQ=DAILY;CONSTRUCTOR=1', 'no part'],
    ['INTERVAL=2', 'has FREQ'],
    ['FREQ=HOURLY', 'time of day is that of the start'],
    ['FREQ=DAILY;FREQ=DAILY', 'there twice'],
    ['FREQ=DAILY;INTERVAL=0', 'from 1 to 1000'],
    ['FREQ=DAILY;INTERVAL=1,2', 'from 1 to 1000'],
    ['FREQ=DAILY;INTERVAL=-1', 'from 1 to 1000'],
    ['FREQ=DAILY;COUNT=0', 'from 1 to 10000'],
    ['FREQ=DAILY;UNTIL=20261231', 'in UTC'],
    ['FREQ=DAILY;UNTIL=20261231T230000', 'in UTC'],
    ['FREQ=DAILY;UNTIL=20260230T230000Z', 'in UTC'],
    ['FREQ=DAILY;UNTIL=20261231T230060Z', 'in UTC'],
    ['FREQ=DAILY;COUNT=1;UNTIL=20261231T230000Z', 'do not go together'],
    ['FREQ=WEEKLY;BYDAY=XX', 'list of weekdays'],
    ['FREQ=WEEKLY;BYDAY=MO,', 'list of weekdays'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'have no number'],
    ['FREQ=DAILY;BYDAY=-1MO', 'have no number'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'from 1 to 5'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'from 1 to 5'],
    ['FREQ=YEARLY;BYMONTH=1;BYDAY=6MO', 'from 1 to 5'],
    ['FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=1', 'give one of them'],
    ['FREQ=YEARLY;BYDAY=20MO', 'add BYMONTH'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'does not go with FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'from 1 to 31'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'from 1 to 31'],
    ['FREQ=YEARLY;BYMONTH=13', 'from 1 to 12'],
    ['FREQ=YEARLY;BYMONTH=-1', 'from 1 to 12'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'add one'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0', 'from 1 to 366'],
    ['FREQ=DAILY;WKST=1', 'one weekday'],
  ])('is refused as %s', (text, message) => {
    expect(parseRecurrenceRule(text)).toEqual({ ok: false, message: expect.stringContaining(message) });
  });
});
