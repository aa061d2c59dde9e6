const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof frequencies)[number];

/** A recurrence by days; the time of day is that of the first one. */
export interface RecurrenceRule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count?: number;
  /** Milliseconds since 1970; an occurrence at that very instant is the last. */
  readonly until?: number;
  /** Such as `MO`, `2MO`, `-1FR`. */
  readonly byDay?: readonly string[];
  readonly byMonthDay?: readonly number[];
  readonly byMonth?: readonly number[];
  readonly bySetPos?: readonly number[];
  readonly wkst?: string;
}

export type ParsedRule = { ok: true; rule: RecurrenceRule } | { ok: false; message: string };

/**
 * Reads the value of an RRULE (RFC 5545, 3.3.10) that repeats by days. What is unknown, twice there, out of its range or
 * not allowed beside the rest is refused.
 */
export function parseRecurrenceRule(text: string): ParsedRule {
  const values = new Map<string, string>();
  for (const part of text.toUpperCase().split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=(.+)$/.exec(part) ?? [];
    const known = parts[name];
    if (!known) return refused(`"${part}" is no part that change windows know: they are ${names}, as in ${example}.`);
    if (values.has(name)) return refused(`${name} is there twice: each part of a rule is there once.`);
    if (!known.fits(value)) return refused(`${name}=${value} does not do: ${known.right}.`);
    values.set(name, value);
  }
  const rule = ruleOf(values);
  if (!rule) return refused(`It does not say how often: a rule has FREQ, as in ${example}.`);
  const conflict = conflictIn(rule);
  return conflict === null ? { ok: true, rule } : refused(conflict);
}

const example = 'FREQ=WEEKLY;BYDAY=SA,SU';
const weekday = '(?:MO|TU|WE|TH|FR|SA|SU)';

interface Part {
  readonly fits: (value: string) => boolean;
  readonly right: string;
}

const parts: Readonly<Record<string, Part | undefined>> = {
  FREQ: {
    fits: (value) => isFrequency(value),
    right: `it is ${frequencies.join(', ')}; the time of day is that of the start`,
  },
  INTERVAL: { fits: (value) => numbers(value, 1, 1_000, 1), right: 'it is a whole number from 1 to 1000' },
  COUNT: { fits: (value) => numbers(value, 1, 10_000, 1), right: 'it is a whole number from 1 to 10000' },
  UNTIL: {
    fits: (value) => instantIn(value) !== null,
    right: 'it is a date-time in UTC such as 20261231T230000Z, because the window has a time zone',
  },
  BYDAY: {
    fits: (value) => new RegExp(`^(?:[+-]?[0-9]{1,2})?${weekday}(?:,(?:[+-]?[0-9]{1,2})?${weekday})*$`).test(value),
    right: 'it is a list of weekdays such as MO,WE or, in months and years, 2MO or -1FR',
  },
  BYMONTHDAY: { fits: (value) => signed(value, 31), right: 'it is a list of days from 1 to 31, or from -31 to -1' },
  BYMONTH: { fits: (value) => numbers(value, 1, 12), right: 'it is a list of months from 1 to 12' },
  BYSETPOS: { fits: (value) => signed(value, 366), right: 'it is a list of places from 1 to 366, or from -366 to -1' },
  WKST: { fits: (value) => new RegExp(`^${weekday}$`).test(value), right: 'it is one weekday such as MO' },
};
const names = Object.keys(parts).join(', ');

function ruleOf(values: ReadonlyMap<string, string>): RecurrenceRule | null {
  const freq = values.get('FREQ');
  if (!isFrequency(freq)) return null;
  const list = (name: string): number[] | undefined => values.get(name)?.split(',').map(Number);
  return {
    freq,
    interval: list('INTERVAL')?.[0] ?? 1,
    count: list('COUNT')?.[0],
    until: instantIn(values.get('UNTIL') ?? '') ?? undefined,
    byDay: values.get('BYDAY')?.replaceAll('+', '').split(','),
    byMonthDay: list('BYMONTHDAY'),
    byMonth: list('BYMONTH'),
    bySetPos: list('BYSETPOS'),
    wkst: values.get('WKST'),
  };
}

function conflictIn({ freq, count, until, byDay, byMonthDay, byMonth, bySetPos }: RecurrenceRule): string | null {
  if (count !== undefined && until !== undefined) return 'COUNT and UNTIL do not go together: give one of them.';
  if (freq === 'WEEKLY' && byMonthDay) return 'BYMONTHDAY does not go with FREQ=WEEKLY: use FREQ=MONTHLY or BYDAY.';
  if (bySetPos && !byDay && !byMonthDay && !byMonth)
    return 'BYSETPOS chooses among BYDAY, BYMONTHDAY or BYMONTH: add one.';
  const ordinals = (byDay ?? []).map((each) => each.slice(0, -2)).filter((each) => each !== '');
  if (ordinals.length === 0) return null;
  if (freq === 'DAILY' || freq === 'WEEKLY')
    return `Weekdays have no number with FREQ=${freq}: use FREQ=MONTHLY or YEARLY.`;
  // The RFC counts weekdays of the whole year too; what computes the days here gets a few of those wrong.
  if (freq === 'YEARLY' && !byMonth) return 'Weekdays with a number are those of a month: add BYMONTH.';
  // Two ways to count days at once: of which month or year the weekday would be the second, the RFC does not say.
  if (byMonthDay) return 'Weekdays with a number do not go with BYMONTHDAY: give one of them.';
  if (ordinals.every((each) => isWithin(Math.abs(Number(each)), 1, 5))) return null;
  return 'The number of a weekday is from 1 to 5, or from -5 to -1, as in 2MO or -1FR.';
}

/** Null for what is no date-time in UTC as RFC 5545 writes it. */
function instantIn(value: string): number | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const instant = Date.parse(iso);
  // Dates that no month has are otherwise read as days of the next.
  return Number.isNaN(instant) || new Date(instant).toISOString() !== iso ? null : instant;
}

const isFrequency = (value: string | undefined): value is Frequency => frequencies.some((each) => each === value);
const isWithin = (number: number, from: number, to: number): boolean => number >= from && number <= to;

function numbers(value: string, from: number, to: number, most = 400): boolean {
  const all = value.split(',');
  return all.length <= most && all.every((each) => /^\d{1,5}$/.test(each) && isWithin(Number(each), from, to));
}

function signed(value: string, to: number): boolean {
  return value.split(',').every((each) => /^[+-]?\d{1,3}$/.test(each) && isWithin(Math.abs(Number(each)), 1, to));
}

const refused = (message: string): ParsedRule => ({ ok: false, message });
