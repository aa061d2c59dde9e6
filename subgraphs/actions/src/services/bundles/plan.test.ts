import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bundlePlanHash } from './plan.ts';
import { type Countable, totalsOf } from './totals.ts';

const step = (amount: string | null, currency: string | null, more: Partial<Countable> = {}): Countable => ({
  risk: 'LOW',
  amount,
  currency,
  preview: { changes: [] },
  ...more,
});

describe('the totals of a bundle', () => {
  it('are exact, by currency, and no amount makes up for another', () => {
    const steps = [step('0.1', 'EUR'), step('0.2', 'EUR'), step('-5', 'CHF'), step('5', 'CHF'), step('1', null)];
    expect(totalsOf(steps).amounts).toEqual([
      { currency: 'EUR', amount: '0.3' },
      { currency: 'CHF', amount: '10' },
      { currency: null, amount: '1' },
    ]);
  });

  it('have the highest risk, all changes, and costs as they add up', () => {
    const costly = (costUsd: number, risk: Countable['risk']) =>
      step(null, null, { risk, preview: { changes: [1, 2], costUsd } });
    const totals = totalsOf([costly(0.1, 'MEDIUM'), costly(0.2, 'LOW'), costly(1e-7, 'LOW')]);
    expect(totals).toMatchObject({ steps: 3, changes: 6, risk: 'MEDIUM', costUsd: '0.3000001', amounts: [] });
    expect(totalsOf([step(null, null)]).costUsd).toBeNull();
  });

  it('do not depend on the order of the steps', () => {
    const cents = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1 });
    fc.assert(
      fc.property(cents, (all) => {
        const steps = all.map((each) =>
          step(`${Math.floor(each / 100)}.${String(each % 100).padStart(2, '0')}`, 'EUR'),
        );
        const [sum] = totalsOf(steps).amounts;
        const [turned] = totalsOf([...steps].reverse()).amounts;
        expect(sum).toEqual(turned);
        expect(Math.round(Number(sum?.amount) * 100)).toBe(all.reduce((one, other) => one + other, 0));
      }),
    );
  });
});

describe("a bundle's plan", () => {
  const steps = [
    { key: 'one', after: [], planHash: 'a' },
    { key: 'two', after: ['one'], planHash: 'b' },
  ];
  const plan = { onFailure: 'STOP', steps } as const;

  it('is another one with any other step, order, dependency, or course on failure', () => {
    const others = [
      { ...plan, onFailure: 'COMPENSATE' as const },
      { ...plan, steps: [...steps].reverse() },
      { ...plan, steps: steps.slice(1) },
      { ...plan, steps: steps.map((each) => ({ ...each, after: [] })) },
      { ...plan, steps: steps.map((each) => ({ ...each, planHash: 'a' })) },
      { ...plan, steps: steps.map((each) => ({ ...each, key: `${each.key}s` })) },
    ];
    const hashes = [plan, ...others].map(bundlePlanHash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(bundlePlanHash(structuredClone(plan))).toBe(hashes[0]);
  });
});
