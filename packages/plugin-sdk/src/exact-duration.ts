const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The longest that is taken. */
export const longestDuration = 366 * day;

/**
 * Milliseconds of an ISO 8601 duration of exact length, such as `PT90M`, `P1D` or `P2W`; a day has 24 hours. Null for
 * other texts, for months and years, whose length varies, for nothing, and for more than 366 days.
 */
export function millisecondsOf(duration: string): number | null {
  const found =
    /^P(?:(\d{1,6})W|(?=\d|T\d)(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?)$/.exec(
      duration,
    );
  if (!found) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((each) => Number(each ?? 0));
  const ms = (weeks * 7 + days) * day + hours * hour + minutes * minute + seconds * second;
  return ms > 0 && ms <= longestDuration ? ms : null;
}
