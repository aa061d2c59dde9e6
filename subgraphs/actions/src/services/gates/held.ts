import { decimal, magnitude, plus, textOf } from './decimal.ts';
import { endOf, type LimitUse, type Use } from './limits.ts';

/** The same with one use more that is held, added up with what is held in its currency already. */
export function withHeld({ limit, used }: LimitUse, asked: Omit<Use, 'at'>): LimitUse {
  const isLike = ({ at, currency }: Use) => at === null && currency === asked.currency;
  const before = used.find(isLike);
  const amounts = [before?.amount, asked.amount].filter((each) => typeof each === 'string');
  const [first, ...rest] = amounts.map((each) => magnitude(decimal(each)));
  const amount = first ? textOf(rest.reduce(plus, first)) : null;
  const count = (before ? (before.count ?? 1) : 0) + (asked.count ?? 1);
  const held = { at: null, amount, currency: asked.currency, count };
  return { limit, used: [...used.filter((each) => each !== before), held] };
}

/**
 * The same as far as it counts at this moment, in a few sums that no longer say when room is given back: to be asked about
 * often where there is much.
 */
export const summed = ({ limit, used }: LimitUse, now: Date): LimitUse =>
  used
    .filter(({ at }) => limit.kind === 'AMOUNT' || endOf(limit, at) > now.getTime())
    .reduce((sum: LimitUse, each) => withHeld(sum, each), { limit, used: [] });
