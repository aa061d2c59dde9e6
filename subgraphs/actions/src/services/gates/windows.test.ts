import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChangeWindow } from './openings.ts';
import { closedBy, closesAt, type Freeze, nextOpening, openAt, type Schedule } from './windows.ts';

const gate = { id: 'gate-1', name: 'Nightly' };
const minute = 60_000;
const day = 1_440 * minute;

const window = (members: Partial<ChangeWindow>): ChangeWindow => ({
  ...{ timeZone: 'UTC', rule: 'FREQ=DAILY', start: '2026-01-01T22:00', durationMinutes: 60 },
  ...members,
});
const freeze = (from: string, until: string): Freeze => ({
  ...{ gate, reason: 'Year end' },
  from: new Date(from),
  until: new Date(until),
});
/** Each list of windows is those of one gate. */
const schedule = (gates: ChangeWindow[][], freezes: Freeze[] = []): Schedule => ({
  windows: gates.map((windows) => ({ gate, windows })),
  freezes,
});

const at = (text: string): Date => new Date(text);
const next = (of: Schedule, text: string): string | undefined => nextOpening(of, at(text))?.toISOString();
const closes = (of: Schedule, text: string): string | undefined => closesAt(of, at(text))?.toISOString();

describe('a window', () => {
  it('is open from its opening on, until before its closing, to the millisecond', () => {
    const nightly = schedule([[window({})]]);
    expect(openAt(nightly, at('2026-05-01T21:59:59.999Z'))).toBe(false);
    expect(openAt(nightly, at('2026-05-01T22:00:00.000Z'))).toBe(true);
    expect(openAt(nightly, at('2026-05-01T22:59:59.999Z'))).toBe(true);
    expect(openAt(nightly, at('2026-05-01T23:00:00.000Z'))).toBe(false);
    expect(next(nightly, '2026-05-01T21:59:59.999Z')).toBe('2026-05-01T22:00:00.000Z');
    expect(next(nightly, '2026-05-01T22:00:00.001Z')).toBe('2026-05-01T22:00:00.001Z');
    expect(next(nightly, '2026-05-01T23:00:00.000Z')).toBe('2026-05-02T22:00:00.000Z');
    expect(closes(nightly, '2026-05-01T22:59:59.999Z')).toBe('2026-05-01T23:00:00.000Z');
    expect(closes(nightly, '2026-05-01T23:00:00.000Z')).toBe('2026-05-01T23:00:00.000Z');
  });

  it('is not open before its first day', () => {
    expect(next(schedule([[window({})]]), '2025-01-01T22:30:00Z')).toBe('2026-01-01T22:00:00.000Z');
  });

  it('goes over midnight, and over the end of the year', () => {
    const nightly = schedule([[window({ durationMinutes: 480 })]]);
    expect(openAt(nightly, at('2027-01-01T05:59:59.999Z'))).toBe(true);
    expect(closes(nightly, '2026-12-31T23:00:00Z')).toBe('2027-01-01T06:00:00.000Z');
    expect(next(nightly, '2027-01-01T06:00:00Z')).toBe('2027-01-01T22:00:00.000Z');
  });

  it('opens on leap day', () => {
    const leap = schedule([[window({ rule: 'FREQ=YEARLY', start: '2024-02-29T00:00', durationMinutes: 1_440 })]]);
    expect(next(leap, '2026-03-01T00:00:00Z')).toBe('2028-02-29T00:00:00.000Z');
    expect(closes(leap, '2028-02-29T12:00:00Z')).toBe('2028-03-01T00:00:00.000Z');
  });

  it('opens on the last Friday of the month', () => {
    const lastFriday = schedule([[window({ rule: 'FREQ=MONTHLY;BYDAY=-1FR' })]]);
    expect(next(lastFriday, '2028-02-01T00:00:00Z')).toBe('2028-02-25T22:00:00.000Z');
    expect(next(lastFriday, '2028-02-26T00:00:00Z')).toBe('2028-03-31T22:00:00.000Z');
  });

  it('opens at its end as UNTIL says it, and not after', () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    const until = schedule([[window({ ...berlin, rule: 'FREQ=DAILY;UNTIL=20260110T210000Z' })]]);
    expect(next(until, '2026-01-10T12:00:00Z')).toBe('2026-01-10T21:00:00.000Z');
    expect(next(until, '2026-01-10T22:00:00Z')).toBeUndefined();
    const before = schedule([[window({ ...berlin, rule: 'FREQ=DAILY;UNTIL=20260110T205959Z' })]]);
    expect(next(before, '2026-01-10T12:00:00Z')).toBeUndefined();
    expect(closedBy(before, at('2026-01-10T12:00:00Z'))).toEqual([{ kind: 'WINDOWS', gate, opensAt: null }]);
  });

  it('that is longer than its period stays open without a gap, until its last one closes', () => {
    const long = window({ rule: 'FREQ=DAILY;COUNT=3', start: '2026-01-01T00:00', durationMinutes: 2_160 });
    expect(closes(schedule([[long]]), '2026-01-01T00:00:00Z')).toBe('2026-01-04T12:00:00.000Z');
    expect(openAt(schedule([[long]]), at('2026-01-02T12:00:00Z'))).toBe(true);
    const always = schedule([[window({ durationMinutes: 1_440 })]]);
    expect(closesAt(always, at('2026-05-01T12:00:00Z'))).toBeNull();
    const almost = schedule([[window({ durationMinutes: 1_439 })]]);
    expect(closes(almost, '2026-05-01T12:00:00Z')).toBe('2026-05-01T21:59:00.000Z');
  });
});

describe('a window over a change of the clocks', () => {
  const nightly = (timeZone: string, time: string, durationMinutes = 60) =>
    schedule([[window({ timeZone, start: `2026-01-01T${time}`, durationMinutes })]]);

  it.each([
    // 02:30 is skipped: read with the offset before, it is 03:30 of summer.
    ['Europe/Berlin', '02:30', '2026-03-28T12:00:00Z', '2026-03-29T01:30:00.000Z'],
    ['Australia/Sydney', '02:30', '2026-10-03T12:00:00Z', '2026-10-03T16:30:00.000Z'],
    // 02:30 is shown twice: the first is meant.
    ['Europe/Berlin', '02:30', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['Australia/Sydney', '02:30', '2026-04-04T12:00:00Z', '2026-04-04T15:30:00.000Z'],
    // The days before and after keep the time on the wall.
    ['Europe/Berlin', '02:30', '2026-03-27T12:00:00Z', '2026-03-28T01:30:00.000Z'],
    ['Europe/Berlin', '02:30', '2026-03-29T12:00:00Z', '2026-03-30T00:30:00.000Z'],
    ['Australia/Sydney', '02:30', '2026-10-04T12:00:00Z', '2026-10-04T15:30:00.000Z'],
    ['America/Sao_Paulo', '02:30', '2026-10-17T12:00:00Z', '2026-10-18T05:30:00.000Z'],
    // A zone that moves by half an hour.
    ['Australia/Lord_Howe', '02:15', '2026-10-03T12:00:00Z', '2026-10-03T15:45:00.000Z'],
  ])('in %s at %s opens after %s at %s', (timeZone, time, after, opens) => {
    expect(next(nightly(timeZone, time), after)).toBe(opens);
  });

  it('opens once, not twice, where the hour comes twice', () => {
    const berlin = nightly('Europe/Berlin', '02:30', 30);
    expect(closes(berlin, '2026-10-25T00:45:00Z')).toBe('2026-10-25T01:00:00.000Z');
    expect(next(berlin, '2026-10-25T01:00:00Z')).toBe('2026-10-26T01:30:00.000Z');
  });

  it('is not open at the skipped time, but an hour later on the wall', () => {
    const berlin = nightly('Europe/Berlin', '02:30', 30);
    expect(openAt(berlin, at('2026-03-29T01:29:59.999Z'))).toBe(false);
    expect(openAt(berlin, at('2026-03-29T01:30:00.000Z'))).toBe(true);
    expect(closes(berlin, '2026-03-29T01:30:00Z')).toBe('2026-03-29T02:00:00.000Z');
  });

  it.each([
    // Eight hours are eight hours: they end at seven in spring, and at five in autumn.
    ['Europe/Berlin', '2026-03-28T21:00:00.000Z', '2026-03-29T05:00:00.000Z'],
    ['Europe/Berlin', '2026-10-24T20:00:00.000Z', '2026-10-25T04:00:00.000Z'],
    ['Australia/Sydney', '2026-10-03T12:00:00.000Z', '2026-10-03T20:00:00.000Z'],
    ['Australia/Sydney', '2026-04-04T11:00:00.000Z', '2026-04-04T19:00:00.000Z'],
  ])('in %s lasts as long as ever', (timeZone, opens, closed) => {
    const eight = nightly(timeZone, '22:00', 480);
    expect(next(eight, new Date(Date.parse(opens) - minute).toISOString())).toBe(opens);
    expect(closes(eight, opens)).toBe(closed);
  });

  it('of a whole day leaves out the hour by which one day is longer', () => {
    const daily = nightly('Europe/Berlin', '00:00', 1_440);
    expect(closes(daily, '2026-10-20T12:00:00Z')).toBe('2026-10-25T22:00:00.000Z');
    expect(next(daily, '2026-10-25T22:00:00Z')).toBe('2026-10-25T23:00:00.000Z');
  });
});

describe('a schedule', () => {
  it('without windows is open but for freezes', () => {
    expect(closesAt(schedule([]), at('2026-05-01T12:00:00Z'))).toBeNull();
    const frozen = schedule([], [freeze('2026-12-24T00:00:00.000Z', '2026-12-27T00:00:00.000Z')]);
    expect(openAt(frozen, at('2026-12-23T23:59:59.999Z'))).toBe(true);
    expect(openAt(frozen, at('2026-12-24T00:00:00.000Z'))).toBe(false);
    expect(openAt(frozen, at('2026-12-26T23:59:59.999Z'))).toBe(false);
    expect(openAt(frozen, at('2026-12-27T00:00:00.000Z'))).toBe(true);
    expect(closes(frozen, '2026-05-01T12:00:00Z')).toBe('2026-12-24T00:00:00.000Z');
    expect(next(frozen, '2026-12-25T12:00:00Z')).toBe('2026-12-27T00:00:00.000Z');
  });

  it('is open in any window of one gate, which together may leave no gap', () => {
    const both = schedule([[window({}), window({ start: '2026-01-01T22:30', durationMinutes: 90 })]]);
    expect(openAt(both, at('2026-05-01T22:15:00Z'))).toBe(true);
    expect(openAt(both, at('2026-05-01T23:45:00Z'))).toBe(true);
    expect(closes(both, '2026-05-01T22:15:00Z')).toBe('2026-05-02T00:00:00.000Z');
    const touching = schedule([[window({}), window({ start: '2026-01-01T23:00' })]]);
    expect(closes(touching, '2026-05-01T22:15:00Z')).toBe('2026-05-02T00:00:00.000Z');
  });

  it('is open where the windows of all gates are', () => {
    const weekend = window({ rule: 'FREQ=WEEKLY;BYDAY=SA', start: '2026-01-03T22:30', durationMinutes: 120 });
    const both = schedule([[window({})], [weekend]]);
    expect(next(both, '2026-05-01T12:00:00Z')).toBe('2026-05-02T22:30:00.000Z');
    expect(closes(both, '2026-05-02T22:45:00Z')).toBe('2026-05-02T23:00:00.000Z');
    expect(openAt(both, at('2026-05-02T23:15:00Z'))).toBe(false);
    expect(closedBy(both, at('2026-05-02T23:15:00Z'))).toEqual([
      { kind: 'WINDOWS', gate, opensAt: at('2026-05-03T22:00:00Z') },
    ]);
  });

  it('never opens where its gates never do at once', () => {
    const early = window({ start: '2026-01-01T01:00' });
    expect(nextOpening(schedule([[window({})], [early]]), at('2026-05-01T12:00:00Z'))).toBeNull();
  });

  it('is closed by every freeze, also within a window', () => {
    const frozen = schedule([[window({})]], [freeze('2026-05-01T22:10:00Z', '2026-05-03T22:20:00Z')]);
    expect(closes(frozen, '2026-05-01T22:05:00Z')).toBe('2026-05-01T22:10:00.000Z');
    expect(next(frozen, '2026-05-01T22:10:00Z')).toBe('2026-05-03T22:20:00.000Z');
    expect(closedBy(frozen, at('2026-05-02T12:00:00Z')).map(({ kind }) => kind)).toEqual(['FREEZE', 'WINDOWS']);
  });

  it('tells of every moment what it tells of its openings and closings', () => {
    fc.assert(
      fc.property(
        schedules,
        instants,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        (of, instant, shares) => {
          const isOpen = openAt(of, instant);
          const turns = isOpen ? closesAt(of, instant) : nextOpening(of, instant);
          if (!isOpen) expect(closesAt(of, instant)).toEqual(instant);
          else expect(nextOpening(of, instant)).toEqual(instant);
          const until = turns?.getTime() ?? instant.getTime() + 100 * day;
          for (const share of shares) {
            const between = instant.getTime() + Math.floor((until - 1 - instant.getTime()) * share);
            expect(openAt(of, new Date(between))).toBe(isOpen);
          }
          if (turns === null) return;
          expect(openAt(of, new Date(until - 1))).toBe(isOpen);
          expect(openAt(of, turns)).toBe(!isOpen);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});

const instants = fc
  .integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-12-31') })
  .map((each) => new Date(each));

const windows = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Sydney', 'Pacific/Auckland'),
  rule: fc.constantFrom(
    ...['FREQ=DAILY', 'FREQ=DAILY;INTERVAL=3', 'FREQ=WEEKLY;BYDAY=SA,SU', 'FREQ=MONTHLY;BYDAY=-1FR'],
    ...['FREQ=MONTHLY;BYMONTHDAY=1,15', 'FREQ=WEEKLY;UNTIL=20261101T000000Z', 'FREQ=DAILY;COUNT=40'],
  ),
  start: fc.constantFrom('2026-01-01T02:30', '2026-02-01T22:00', '2026-03-07T00:00'),
  durationMinutes: fc.constantFrom(1, 60, 480, 1_440, 2_880, 10_080),
});

const schedules = fc
  .record({
    gates: fc.array(fc.array(windows, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
    freezes: fc.array(fc.tuple(instants, fc.integer({ min: 1, max: 40 * day })), { maxLength: 2 }),
  })
  .map(({ gates, freezes }) =>
    schedule(
      gates,
      freezes.map(([from, length]) => ({
        gate,
        reason: 'Stock-taking',
        from,
        until: new Date(from.getTime() + length),
      })),
    ),
  );
