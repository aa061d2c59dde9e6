import { RRuleTemporal } from 'rrule-temporal';
import { instantOf, inUtc, parseWallTime, wallTimeAt } from './local-time.ts';
import { parseRecurrenceRule } from './recurrence-rule.ts';

/** Times at which an action may be executed, that come again. */
export interface ChangeWindow {
  /** IANA name of the zone whose clocks count, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** When it opens: the value of an RRULE (RFC 5545), such as `FREQ=WEEKLY;BYDAY=SA`. */
  readonly rule: string;
  /** Local date-time: the time of day of every opening, and the first day that can be one, if the rule has it. */
  readonly start: string;
  /** How long it stays open in real time, also over a change of the clocks. */
  readonly durationMinutes: number;
}

/** The openings of one window as instants, in milliseconds since 1970. */
export interface Openings {
  readonly durationMs: number;
  /** The last opening at or before an instant; null before the first. */
  lastAt(instant: number): number | null;
  /** The first opening after an instant; null when there is none up to the horizon. */
  firstAfter(instant: number): number | null;
}

const day = 86_400_000;
const pageLength = 32 * day;

/**
 * @param horizon no opening after this instant is looked for
 * @throws TypeError for a window that `parseGate` would not let through
 */
export function openingsOf(window: ChangeWindow, horizon: number): Openings {
  const { timeZone } = window;
  const start = parseWallTime(window.start);
  const parsed = parseRecurrenceRule(window.rule);
  if (start === null || !parsed.ok) throw new TypeError('A change window must be checked before it is used.');
  const { until, ...rule } = parsed.rule;
  const end = Math.min(horizon, until ?? horizon);
  // Days are counted on a wall without zones, where no time of day is missing or doubled. The zone comes after that.
  const days = new RRuleTemporal({
    ...rule,
    byDay: rule.byDay && [...rule.byDay],
    byMonthDay: rule.byMonthDay && [...rule.byMonthDay],
    byMonth: rule.byMonth && [...rule.byMonth],
    bySetPos: rule.bySetPos && [...rule.bySetPos],
    dtstart: inUtc(start),
    // Also what never comes has to end.
    until: inUtc(Math.max(start, wallTimeAt(end, timeZone) + day)),
  });
  const opening = (wallTime: number): number => instantOf(wallTime, timeZone);
  // A change of the clocks sets wall times and instants apart, though never by a whole day.
  const around = (instant: number, days: number): Date => new Date(wallTimeAt(instant, timeZone) + days * day);

  // Whoever looks far ahead asks for one opening after the other: they are read by the page.
  const page = remembered((index) =>
    days
      .between(around(index * pageLength, -1), around((index + 1) * pageLength, 1), true)
      .map(({ epochMilliseconds }) => opening(epochMilliseconds))
      .filter((each) => Math.floor(each / pageLength) === index && each <= end),
  );
  const lastBefore = remembered((index) => {
    const from = index * pageLength;
    let wallTime = days.previous(around(from, 1))?.epochMilliseconds;
    while (wallTime !== undefined && opening(wallTime) >= from) {
      wallTime = days.previous(new Date(wallTime))?.epochMilliseconds;
    }
    return wallTime === undefined ? null : opening(wallTime);
  });
  const firstBeyond = remembered((index) => {
    const until = (index + 1) * pageLength;
    let wallTime = days.next(around(until, -1))?.epochMilliseconds;
    while (wallTime !== undefined && opening(wallTime) < until) {
      wallTime = days.next(new Date(wallTime))?.epochMilliseconds;
    }
    return wallTime === undefined || opening(wallTime) > end ? null : opening(wallTime);
  });

  return {
    durationMs: window.durationMinutes * 60_000,
    lastAt(instant) {
      const latest = Math.min(instant, end);
      const index = Math.floor(latest / pageLength);
      return page(index).findLast((each) => each <= latest) ?? lastBefore(index);
    },
    firstAfter(instant) {
      const index = Math.floor(instant / pageLength);
      return page(index).find((each) => each > instant) ?? firstBeyond(index);
    },
  };
}

const remembered = <T>(work: (index: number) => T): ((index: number) => T) => {
  const known = new Map<number, T>();
  return (index) => {
    const found = known.get(index) ?? work(index);
    known.set(index, found);
    return found;
  };
};
