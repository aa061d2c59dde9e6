import { decimal, plus, textOf, zero } from '../gates/decimal.ts';

/** A step as far as it adds up. */
export interface Countable {
  readonly risk: 'LOW' | 'MEDIUM' | 'HIGH';
  /** Decimal text. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly preview: { readonly changes: readonly unknown[]; readonly costUsd?: number | null };
}

export interface Totals {
  readonly steps: number;
  readonly changes: number;
  /** Decimal text, exact; null where no step says what it costs. */
  readonly costUsd: string | null;
  /** By currency, null for those that name none; without their signs, so that nothing cancels out. */
  readonly amounts: readonly { readonly currency: string | null; readonly amount: string }[];
  /** The highest of any step's. */
  readonly risk: 'LOW' | 'MEDIUM' | 'HIGH';
}

export function totalsOf(steps: readonly Countable[]): Totals {
  const costs = steps.flatMap(({ preview: { costUsd } }) =>
    costUsd === undefined || costUsd === null ? [] : [costUsd],
  );
  const currencies = [...new Set(steps.filter(({ amount }) => amount !== null).map(({ currency }) => currency))];
  return {
    steps: steps.length,
    changes: steps.reduce((sum, { preview }) => sum + preview.changes.length, 0),
    costUsd: costs.length === 0 ? null : sumOf(costs.map(decimalText)),
    amounts: currencies.map((currency) => ({
      currency,
      amount: sumOf(
        steps.flatMap((step) => (step.amount !== null && step.currency === currency ? [unsigned(step.amount)] : [])),
      ),
    })),
    risk: risks.findLast((risk) => steps.some((step) => step.risk === risk)) ?? 'LOW',
  };
}

const risks = ['LOW', 'MEDIUM', 'HIGH'] as const;

const sumOf = (texts: readonly string[]): string => textOf(texts.reduce((sum, text) => plus(sum, decimal(text)), zero));

const unsigned = (amount: string): string => amount.replace(/^-/, '');

/** Digits and a point, never an exponent. */
function decimalText(cost: number): string {
  const text = String(cost);
  return /^-?\d+(\.\d+)?$/.test(text) ? text : cost.toFixed(12);
}
