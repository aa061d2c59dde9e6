/** An exact decimal number: `units` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const zero: Decimal = { units: 0n, scale: 0 };

/**
 * @param text digits, with a sign and a point if need be, such as `-12.50`
 * @throws TypeError for other texts
 */
export function decimal(text: string): Decimal {
  const [, sign = '', whole = '', places = ''] = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/.exec(text) ?? [];
  if (whole === '') throw new TypeError('An amount must be decimal text, such as "12.50".');
  return { units: BigInt(`${sign}${whole}${places}`), scale: places.length };
}

export function plus(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return { units: unitsAt(one, scale) + unitsAt(other, scale), scale };
}

export const minus = (one: Decimal, other: Decimal): Decimal => plus(one, { ...other, units: -other.units });

/** Without its sign. */
export const magnitude = (one: Decimal): Decimal => (one.units < 0n ? { ...one, units: -one.units } : one);

export const isMore = (one: Decimal, other: Decimal): boolean => minus(one, other).units > 0n;

/** As few places as it needs: `12.5`, not `12.50`. */
export function textOf({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const places = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale === 0 || places === '' ? '' : `.${places}`}`;
}

const unitsAt = ({ units, scale }: Decimal, wanted: number): bigint => units * 10n ** BigInt(wanted - scale);
