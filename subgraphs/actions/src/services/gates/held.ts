import { decimal, magnitude, plus, textOf } from './decimal.ts';
import type { LimitUse, Use } from './limits.ts';

/** The same with one action more that holds its room, added up with those of its currency that hold theirs. */
export function withHeld({ limit, used }: LimitUse, asked: Pick<Use, 'amount' | 'currency'>): LimitUse {
  const isLike = ({ at, currency }: Use) => at === null && currency === asked.currency;
  const before = used.find(isLike);
  const amounts = [before?.amount, asked.amount].filter((each) => typeof each === 'string');
  const [first, ...rest] = amounts.map((each) => magnitude(decimal(each)));
  const amount = first ? textOf(rest.reduce(plus, first)) : null;
  const count = (before ? (before.count ?? 1) : 0) + 1;
  const held = { at: null, amount, currency: asked.currency, count };
  return { limit, used: [...used.filter((each) => each !== before), held] };
}
