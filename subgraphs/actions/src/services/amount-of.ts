import { problem } from '@countersign/kernel';
import { atPointer, type JsonObject, stepsOf, type ToolManifest } from '@countersign/plugin-sdk';

export interface Amount {
  /** Decimal text with at most four decimals; null where there is none. */
  readonly amount: string | null;
  readonly currency: string | null;
}

/** From here on a number may have lost its decimals before it came to us. */
const largestNumber = 100_000_000_000;

/** The amount that a call is about, where its tool says where to look. Refuses what is no amount with `AMOUNT_INVALID`. */
export function amountOf({ amount: at }: Pick<ToolManifest, 'amount'>, input: JsonObject): Amount {
  if (!at) return { amount: null, currency: null };
  const currency = at.currency === undefined ? null : atPointer(input, at.currency);
  return {
    amount: decimal(atPointer(input, at.value), at.value),
    currency: typeof currency === 'string' ? currency : null,
  };
}

/** As policies can compare it: within their decimals, so that no limit is missed by rounding. */
function decimal(value: unknown, pointer: string): string | null {
  if (value === undefined || value === null) return null;
  const exact = typeof value === 'number' && Math.abs(value) < largestNumber ? String(value) : value;
  const [, whole, places] = typeof exact === 'string' ? (/^(-?\d{1,14})(?:\.(\d{1,4})0*)?$/.exec(exact) ?? []) : [];
  if (whole !== undefined) return places === undefined ? whole : `${whole}.${places}`;
  const message =
    'An amount has at most 14 digits before the point and 4 after it, as in "12.50"; from 100000000000 on it is given as text.';
  throw problem('AMOUNT_INVALID', message, ['input', ...stepsOf(pointer)]);
}
