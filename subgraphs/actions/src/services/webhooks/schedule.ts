const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** After the first failure, the second, and so on, as Standard Webhooks recommends; after the last one no more. */
const delaysMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const;

/** How much later than planned an attempt may be, so that what failed together does not come back together. */
const jitter = 0.2;
const longestRetryAfterMs = 24 * hour;

/** Attempts in all, the first one included. */
export const mostAttempts = delaysMs.length + 1;

/**
 * How long to wait before the next attempt, in milliseconds; null when there is none. A receiver that asks for more time
 * (`Retry-After`) gets it, up to a day; for less than planned it asks in vain.
 *
 * @param failures how many attempts have failed, 1 or more
 * @param random from 0 to 1
 */
export function nextDelayMs(failures: number, retryAfterMs: number | null, random: number): number | null {
  const planned = delaysMs[failures - 1];
  if (planned === undefined) return null;
  const asked = Math.min(retryAfterMs ?? 0, longestRetryAfterMs);
  return Math.round(Math.max(planned, asked) * (1 + jitter * random));
}

/** How long an endpoint may take nothing before it is disabled. */
export const patienceMs = 5 * 24 * hour;

/** Longer than between any two attempts of one delivery: after it a failure is the first one of a new row. */
const silenceMs = 36 * hour;

/** Since when an endpoint has been failing, one more failure included: a failure of long ago says nothing of now. */
export function failingSince(
  known: { readonly failingSince: Date | null; readonly lastFailedAt: Date | null },
  now: Date,
): Date {
  const { failingSince: since, lastFailedAt: last } = known;
  return since && last && now.getTime() - last.getTime() <= silenceMs ? since : now;
}
