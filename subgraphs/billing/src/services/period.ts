import { CountersignError } from '@countersign/kernel';

/** From a moment, included, to a later one, not included. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** The calendar month, UTC, that a moment falls in. */
export function monthOf(moment: Date): Period {
  const [year, month] = [moment.getUTCFullYear(), moment.getUTCMonth()];
  return { from: new Date(Date.UTC(year, month)), to: new Date(Date.UTC(year, month + 1)) };
}

/**
 * The period that a caller asks for: the current month unless told; without `from`, the month in which `to` ends.
 * Throws `BAD_REQUEST` when it does not begin before it ends.
 */
export function periodOf(asked: Partial<Period>, now: Date): Period {
  const to = asked.to ?? monthOf(now).to;
  const from = asked.from ?? monthOf(new Date(to.getTime() - 1)).from;
  if (from < to) return { from, to };
  throw new CountersignError(
    'BAD_REQUEST',
    `\`from\` (${from.toISOString()}) must be before \`to\` (${to.toISOString()}), which is the end of this month unless told.`,
  );
}
