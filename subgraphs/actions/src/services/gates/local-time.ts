import type { TemporalZonedDateTime } from 'rrule-temporal';

type PlainDateTime = ReturnType<TemporalZonedDateTime['toPlainDateTime']>;

// The runtime has Temporal; the libraries of this TypeScript do not know it yet.
declare const Temporal: {
  Instant: { fromEpochMilliseconds(ms: number): { toZonedDateTimeISO(timeZone: string): TemporalZonedDateTime } };
  PlainDateTime: { from(text: string): PlainDateTime };
};

/**
 * What a clock on the wall shows at an instant (milliseconds since 1970). Wall times are milliseconds too: those of the
 * instant at which a clock in UTC would show the same.
 */
export function wallTimeAt(instant: number, timeZone: string): number {
  return instant + at(instant, timeZone).offsetNanoseconds / 1e6;
}

/**
 * The instant at which the clocks of a zone show a wall time. One that a change of the clocks skips is read with the
 * offset before the gap, so it comes out later; of one that is shown twice, the first is meant (RFC 5545, 3.3.5).
 */
export function instantOf(wallTime: number, timeZone: string): number {
  const { epochMilliseconds } = inUtc(wallTime).toPlainDateTime().toZonedDateTime(timeZone);
  return epochMilliseconds;
}

/** A wall time as a date-time in UTC, for arithmetic that must not know of any zone. */
export const inUtc = (wallTime: number): TemporalZonedDateTime => at(wallTime, 'UTC');

/** `2026-03-29T22:00` or `2026-03-29T22:00:00`; null for other texts and for days that no calendar has. */
export function parseWallTime(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:[0-5]\d)?$/.test(text)) return null;
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime('UTC').epochMilliseconds;
  } catch {
    return null;
  }
}

/** Whether it is the name of a time zone of the IANA database, such as `Europe/Berlin` or `UTC`. */
export function isTimeZone(name: string): boolean {
  // Temporal also takes offsets, and zones out of whole date-times.
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    at(0, name);
    return true;
  } catch {
    return false;
  }
}

const at = (instant: number, timeZone: string): TemporalZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
