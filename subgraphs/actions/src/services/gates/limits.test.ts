import { millisecondsOf } from '@countersign/plugin-sdk';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Limit } from './applicable.ts';
import { decimal, isMore, minus, plus, textOf } from './decimal.ts';
import { fit, type LimitUse, left, type Use } from './limits.ts';

const gate = { id: 'gate-1', name: 'Large payments' };
const hour = 3_600_000;
const now = new Date('2026-05-01T12:00:00.000Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);

const rolling = { window: 'PT1H', windowMs: hour, per: 'TENANT' } as const;
const amountOf = (most: string, currency = 'EUR'): Limit => ({ kind: 'AMOUNT', gate, most, currency });
const sumOf = (most: string, currency = 'EUR'): Limit => ({ kind: 'SUM', gate, most, currency, ...rolling });
const countOf = (most: number): Limit => ({ kind: 'COUNT', gate, most, ...rolling });
const use = (at: Date | null, amount: string | null, currency: string | null = 'EUR'): Use => ({
  at,
  amount,
  currency,
});
const eur = (amount: string) => ({ amount, currency: 'EUR' });
const nothing = { amount: null, currency: null };

describe('an amount', () => {
  it('fits up to the limit itself, exactly', () => {
    const limits = [{ limit: amountOf('0.30'), used: [] }];
    expect(fit(limits, eur('0.3'), now)).toEqual({ fits: true });
    expect(fit(limits, eur('0.3001'), now)).toEqual({
      fits: false,
      exceeded: [{ limit: limits[0]?.limit, reason: 'TOO_MUCH', left: '0.3', freeAt: null }],
      freeAt: null,
    });
  });

  it('is as large as it is far from zero: nobody passes a limit by a sign', () => {
    expect(fit([{ limit: amountOf('10'), used: [] }], eur('-11'), now)).toMatchObject({ fits: false });
    expect(left({ limit: sumOf('10'), used: [use(now, '-4')] }, now)).toBe('6');
  });

  it('of a currency that no limit names is refused, of one that another limit names is held to that', () => {
    const euros = { limit: amountOf('10'), used: [] };
    const dollars = { limit: amountOf('20', 'USD'), used: [] };
    const asked = { amount: '15', currency: 'USD' };
    expect(fit([euros], asked, now)).toMatchObject({
      exceeded: [{ reason: 'OTHER_CURRENCY', left: '10' }],
      freeAt: null,
    });
    expect(fit([euros], { amount: '1', currency: null }, now)).toMatchObject({
      exceeded: [{ reason: 'OTHER_CURRENCY' }],
    });
    expect(fit([euros, dollars], asked, now)).toEqual({ fits: true });
    // A limit on single amounts says nothing of sums.
    expect(fit([{ limit: sumOf('10'), used: [] }, dollars], asked, now)).toMatchObject({ fits: false });
  });

  it('that is not there is held to counts alone', () => {
    const limits = [
      { limit: amountOf('1'), used: [] },
      { limit: sumOf('1'), used: [use(now, '1')] },
    ];
    expect(fit(limits, nothing, now)).toEqual({ fits: true });
    expect(fit([...limits, { limit: countOf(1), used: [use(now, null, null)] }], nothing, now)).toMatchObject({
      fits: false,
    });
  });

  it('that is no decimal text is not taken', () => {
    for (const text of ['1e3', '', '1.', '.5', '1,5', 'NaN', '0x10', '+1']) {
      expect(() => fit([{ limit: amountOf('1'), used: [] }], eur(text), now)).toThrow(TypeError);
    }
  });
});

describe('a rolling limit', () => {
  it('counts a use from its time on, until before the window has passed', () => {
    const at = (ms: number) => left({ limit: sumOf('10'), used: [use(ago(ms), '4')] }, now);
    expect([0, hour - 1, hour, hour + 1].map(at)).toEqual(['6', '6', '10', '10']);
  });

  it('says when it fits: once so much has fallen out that the rest leaves room', () => {
    const used = [use(ago(40 * 60_000), '3'), use(ago(50 * 60_000), '2'), use(ago(10 * 60_000), '4')];
    expect(fit([{ limit: sumOf('10'), used }], eur('3'), now)).toEqual({
      fits: false,
      exceeded: [{ limit: sumOf('10'), reason: 'USED_UP', left: '1', freeAt: new Date('2026-05-01T12:10:00.000Z') }],
      freeAt: new Date('2026-05-01T12:10:00.000Z'),
    });
    expect(fit([{ limit: sumOf('10'), used }], eur('4'), now)).toMatchObject({
      freeAt: new Date('2026-05-01T12:20:00.000Z'),
    });
    expect(fit([{ limit: sumOf('10'), used }], eur('10'), now)).toMatchObject({
      freeAt: new Date('2026-05-01T12:50:00.000Z'),
    });
    expect(fit([{ limit: sumOf('10'), used }], eur('10.0001'), now)).toMatchObject({
      exceeded: [{ reason: 'TOO_MUCH' }],
    });
  });

  it('does not become free by waiting for what is held without an end', () => {
    const used = [use(null, '8'), use(ago(30 * 60_000), '2')];
    expect(fit([{ limit: sumOf('10'), used }], eur('3'), now)).toMatchObject({
      freeAt: null,
      exceeded: [{ left: '0' }],
    });
    expect(fit([{ limit: sumOf('10'), used }], eur('2'), now)).toMatchObject({
      freeAt: new Date('2026-05-01T12:30:00.000Z'),
    });
  });

  it('says nothing is left, not less than that, when more was used than it allows by now', () => {
    expect(left({ limit: sumOf('1'), used: [use(now, '5')] }, now)).toBe('0');
  });

  it('counts actions, and several where a use stands for several', () => {
    const used = [{ ...use(ago(30 * 60_000), null, null), count: 2 }, use(ago(20 * 60_000), '1', 'USD')];
    expect(fit([{ limit: countOf(4), used }], nothing, now)).toEqual({ fits: true });
    expect(fit([{ limit: countOf(3), used }], eur('1'), now)).toMatchObject({
      exceeded: [{ reason: 'USED_UP', left: '0', freeAt: new Date('2026-05-01T12:30:00.000Z') }],
    });
  });

  it('is one of several, and the last of them to become free decides', () => {
    const limits = [
      { limit: countOf(1), used: [use(ago(50 * 60_000), '1')] },
      { limit: sumOf('10'), used: [use(ago(20 * 60_000), '9')] },
    ];
    expect(fit(limits, eur('2'), now)).toMatchObject({
      exceeded: [{ freeAt: new Date('2026-05-01T12:10:00.000Z') }, { freeAt: new Date('2026-05-01T12:40:00.000Z') }],
      freeAt: new Date('2026-05-01T12:40:00.000Z'),
    });
    expect(fit([...limits, { limit: amountOf('1'), used: [] }], eur('2'), now)).toMatchObject({ freeAt: null });
  });

  it('for all uses: fits exactly when the sum does, and from the first instant on at which it does', () => {
    fc.assert(
      fc.property(fc.array(uses, { maxLength: 8 }), fc.integer({ min: 1, max: 4_000 }), (used, wanted) => {
        const most = 2_500;
        const limit = sumOf(inEuros(most));
        const ask = (at: number) => fit([{ limit, used: used.map(asUse) }], eur(inEuros(wanted)), new Date(at));
        const fitsAt = (at: number) => sumAt(used, at) + wanted <= most;
        const answer = ask(now.getTime());
        expect(answer.fits).toBe(fitsAt(now.getTime()));
        if (answer.fits) return;
        expect(answer.exceeded[0]?.left).toBe(textOf(decimal(inEuros(Math.max(0, most - sumAt(used, now.getTime()))))));
        const moments = used
          .flatMap(({ at }) => (at === null ? [] : [at + hour]))
          .filter((each) => each > now.getTime());
        const first = moments.sort((one, other) => one - other).find(fitsAt);
        expect(answer.freeAt?.getTime()).toBe(first);
        if (first === undefined) return;
        expect(ask(first).fits).toBe(true);
        expect(ask(first - 1).fits).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('for all counts: as a sum of ones', () => {
    fc.assert(
      fc.property(fc.array(uses, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (used, most) => {
        const limits: LimitUse[] = [{ limit: countOf(most), used: used.map(asUse) }];
        const inWindow = used.filter(({ at }) => at === null || at + hour > now.getTime()).length;
        expect(fit(limits, nothing, now).fits).toBe(inWindow + 1 <= most);
        expect(left(limits[0] ?? { limit: countOf(most), used: [] }, now)).toBe(String(Math.max(0, most - inWindow)));
      }),
    );
  });
});

describe('decimals', () => {
  const numbers = fc.tuple(fc.bigInt(-(10n ** 24n), 10n ** 24n), fc.integer({ min: 0, max: 12 }));
  const inText = ([units, scale]: readonly [bigint, number]): string => {
    const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
    const point = digits.length - scale;
    return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
  };
  const scaled = ([units, scale]: readonly [bigint, number]): bigint => units * 10n ** BigInt(12 - scale);

  it('add, subtract and compare without a rounding', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const [first, second] = [decimal(inText(one)), decimal(inText(other))];
        expect(textOf(plus(first, second))).toBe(textOf({ units: scaled(one) + scaled(other), scale: 12 }));
        expect(textOf(minus(first, second))).toBe(textOf({ units: scaled(one) - scaled(other), scale: 12 }));
        expect(isMore(first, second)).toBe(scaled(one) > scaled(other));
      }),
    );
  });

  it.each([
    ['0', '0'],
    ['-0.00', '0'],
    ['007.50', '7.5'],
    ['-0.5', '-0.5'],
    ['100', '100'],
    ['99999999999999.9999', '99999999999999.9999'],
  ])('%s is written %s', (text, written) => {
    expect(textOf(decimal(text))).toBe(written);
  });
});

describe('a length of time', () => {
  it.each([
    ['PT1S', 1_000],
    ['PT90M', 90 * 60_000],
    ['PT1H30M', 90 * 60_000],
    ['P1D', 24 * hour],
    ['P1DT12H', 36 * hour],
    ['P2W', 14 * 24 * hour],
    ['P366D', 366 * 24 * hour],
    ...['P', 'PT', 'P0D', 'P1DT', 'P1M', 'P1Y', 'PT0.5S', '-P1D', 'P-1D', 'P367D', '1D', 'P1W1D', 'p1d', ''].map(
      (text) => [text, null] as const,
    ),
  ])('%s is of %s milliseconds', (text, ms) => {
    expect(millisecondsOf(text)).toBe(ms);
  });
});

/** Cents, at an instant or held without an end. */
const uses = fc.record({
  at: fc.option(fc.integer({ min: now.getTime() - 2 * hour, max: now.getTime() + 60_000 }), { nil: null, freq: 8 }),
  cents: fc.integer({ min: 0, max: 1_500 }),
});
type Drawn = { at: number | null; cents: number };

const inEuros = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
const asUse = ({ at, cents }: Drawn): Use => use(at === null ? null : new Date(at), inEuros(cents));
const sumAt = (used: readonly Drawn[], instant: number): number =>
  used.reduce((sum, { at, cents }) => (at === null || at + hour > instant ? sum + cents : sum), 0);
