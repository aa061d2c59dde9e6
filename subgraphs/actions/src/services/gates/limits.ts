import type { Limit } from './applicable.ts';
import { type Decimal, decimal, isMore, magnitude, minus, plus, textOf, zero } from './decimal.ts';

/** What one action, or several together, have used of a limit, or hold of it. */
export interface Use {
  /** When it was used: from then on it counts for the length of the limit's window. Null while it is held without an end. */
  readonly at: Date | null;
  /** Exact decimal text. What has the other sign counts as much: money that moves back has moved. */
  readonly amount: string | null;
  readonly currency: string | null;
  /** How many actions it stands for; one unless told. */
  readonly count?: number;
}

/** A limit with what is used within its scope; uses of other currencies and from before its window may be among them. */
export interface LimitUse {
  readonly limit: Limit;
  readonly used: readonly Use[];
}

export interface Exceeded {
  readonly limit: Limit;
  /**
   * TOO_MUCH: more than the limit ever lets through. USED_UP: more than is left now. OTHER_CURRENCY: no limit of the kind
   * says how much of this currency is allowed, so none is.
   */
  readonly reason: 'TOO_MUCH' | 'USED_UP' | 'OTHER_CURRENCY';
  /** How much is left, in the limit's currency or in actions. */
  readonly left: string;
  /** When it would fit, if nothing more were used until then; null for never by waiting. */
  readonly freeAt: Date | null;
}

export type Fit =
  | { readonly fits: true }
  | { readonly fits: false; readonly exceeded: readonly Exceeded[]; readonly freeAt: Date | null };

/**
 * Whether one more action fits all limits. Windows roll: a use counts from its time on until before that time plus the
 * window. An action without an amount is held to the limits by count alone.
 */
export function fit(
  limits: readonly LimitUse[],
  asked: { readonly amount: string | null; readonly currency: string | null },
  now: Date,
): Fit {
  const amount = asked.amount === null ? null : magnitude(decimal(asked.amount));
  const exceeded = limits.flatMap((each): Exceeded[] => {
    const { limit } = each;
    if (limit.kind === 'COUNT') return exceededBy(each, { units: 1n, scale: 0 }, now);
    if (amount === null) return [];
    if (limit.currency === asked.currency) return exceededBy(each, amount, now);
    const isLimited = limits.some(({ limit: other }) => other.kind === limit.kind && other.currency === asked.currency);
    return isLimited ? [] : [{ limit, reason: 'OTHER_CURRENCY', left: textOf(leftOf(each, now)), freeAt: null }];
  });
  if (exceeded.length === 0) return { fits: true };
  return { fits: false, exceeded, freeAt: lastOf(exceeded.map(({ freeAt }) => freeAt)) };
}

/** How much of a limit is left, as exact text: money in its currency, or a number of actions. */
export const left = (use: LimitUse, now: Date): string => textOf(leftOf(use, now));

function exceededBy(use: LimitUse, wanted: Decimal, now: Date): Exceeded[] {
  const { limit } = use;
  const rest = leftOf(use, now);
  if (!isMore(wanted, rest)) return [];
  const most = decimal(String(limit.most));
  if (isMore(wanted, most)) return [{ limit, reason: 'TOO_MUCH', left: textOf(rest), freeAt: null }];
  return [{ limit, reason: 'USED_UP', left: textOf(rest), freeAt: freeAt(use, minus(most, wanted), now) }];
}

function leftOf(use: LimitUse, now: Date): Decimal {
  const rest = minus(decimal(String(use.limit.most)), total(portions(use, now)));
  return isMore(zero, rest) ? zero : rest;
}

/** When no more than `most` is used any longer. */
function freeAt(use: LimitUse, most: Decimal, now: Date): Date | null {
  const inOrder = portions(use, now).sort((one, other) => one.until - other.until);
  let still = total(inOrder);
  for (const { until, size } of inOrder) {
    still = minus(still, size);
    if (!isMore(still, most)) return Number.isFinite(until) ? new Date(until) : null;
  }
  return null;
}

/** A part of a limit that is taken until before an instant, in milliseconds; without an end for what is held. */
interface Portion {
  readonly until: number;
  readonly size: Decimal;
}

/** Until when a use counts, in milliseconds. */
export const endOf = ({ windowMs }: Exclude<Limit, { kind: 'AMOUNT' }>, at: Use['at']): number =>
  at === null ? Number.POSITIVE_INFINITY : at.getTime() + windowMs;

function portions({ limit, used }: LimitUse, now: Date): Portion[] {
  if (limit.kind === 'AMOUNT') return [];
  return used.flatMap(({ at, amount, currency, count = 1 }): Portion[] => {
    const until = endOf(limit, at);
    if (until <= now.getTime()) return [];
    if (limit.kind === 'COUNT') return [{ until, size: decimal(String(count)) }];
    return amount === null || currency !== limit.currency ? [] : [{ until, size: magnitude(decimal(amount)) }];
  });
}

const total = (taken: readonly Portion[]): Decimal => taken.reduce((sum, { size }) => plus(sum, size), zero);

/** Null as soon as one of them is. */
function lastOf(instants: readonly (Date | null)[]): Date | null {
  const known = instants.filter((each) => each !== null);
  return known.length < instants.length ? null : new Date(Math.max(...known.map((each) => each.getTime())));
}
