import type { RequestOrigin } from '../principal/origin.ts';

/** What policies see of the moment and the place of a decision, as `context`. Hours and days are the tenant's own. */
export interface DecisionContext {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly hour: number;
  readonly minute: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** `2026-11-25`. */
  readonly date: string;
  readonly region: string;
  readonly surface?: string;
  readonly workflow?: string;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const clocks = new Map<string, Intl.DateTimeFormat>();

export function decisionContext(
  { region, timeZone }: { readonly region: string; readonly timeZone: string },
  { surface, workflow }: Pick<RequestOrigin, 'surface' | 'workflow'>,
  now: Date,
): DecisionContext {
  const parts = Object.fromEntries(
    clockOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  return {
    now: now.toISOString(),
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    weekday: weekdays.indexOf(parts.weekday ?? '') + 1,
    date: `${parts.year}-${parts.month}-${parts.day}`,
    region,
    ...(surface !== undefined && { surface }),
    ...(workflow !== undefined && { workflow }),
  };
}

/** Making a clock takes longer than reading it a hundred times. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      hourCycle: 'h23',
    });
    clocks.set(timeZone, clock);
  }
  return clock;
}
