import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Limit } from './applicable.ts';
import { summed, withHeld } from './held.ts';
import { fit, left, type Use } from './limits.ts';

const gate = { id: 'gate', name: 'Limits' };
const rolling = { window: 'P1D', windowMs: 86_400_000, per: 'TENANT' as const };
const limits: Limit[] = [
  { kind: 'SUM', gate, most: '100.00', currency: 'EUR', ...rolling },
  { kind: 'COUNT', gate, most: 4, ...rolling },
];
const now = new Date('2026-07-01T08:00:00Z');
const use = fc.record({
  at: fc.constantFrom(null, new Date('2026-07-01T07:00:00Z'), new Date('2026-06-01T07:00:00Z')),
  amount: fc.constantFrom(null, '0.10', '-12.5', '40', '99.9999'),
  currency: fc.constantFrom('EUR', 'USD'),
});

describe('room that is held', () => {
  it('leaves as much of a limit, added up, as if every action stood there by itself', () => {
    fc.assert(
      fc.property(fc.array(use, { maxLength: 4 }), fc.array(use, { maxLength: 6 }), use, (before, more, asked) => {
        const singly: Use[] = [...before, ...more.map((each) => ({ ...each, at: null }))];
        for (const limit of limits) {
          const added = more.reduce(withHeld, { limit, used: before });
          expect(left(summed(added, now), now)).toBe(left(added, now));
          expect(fit([summed(added, now)], asked, now).fits).toBe(fit([added], asked, now).fits);
          expect(left(added, now)).toBe(left({ limit, used: singly }, now));
          expect(fit([added], asked, now)).toEqual(fit([{ limit, used: singly }], asked, now));
        }
      }),
    );
  });
});
