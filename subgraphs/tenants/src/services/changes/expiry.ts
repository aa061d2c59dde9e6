import { problem } from '@countersign/kernel';

const dayMs = 86_400_000;

export const daysAfter = (now: Date, days: number): Date => new Date(now.getTime() + days * dayMs);

/** A moment from now on and at most so many days away. Takes ISO 8601. Refuses with `EXPIRY_INVALID`. */
export function insistExpiry(wanted: string, now: Date, mostDays: number): Date {
  const expiresAt = new Date(wanted);
  if (expiresAt > now && expiresAt <= daysAfter(now, mostDays)) return expiresAt;
  const message = `It has to end in the future, and within ${mostDays} days.`;
  throw problem('EXPIRY_INVALID', message, ['input', 'expiresAt'], { mostDays });
}
