import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HealthState } from '../../entities/tool-health.ts';
import {
  afterProbe,
  type CallKind,
  type Faults,
  type Health,
  isProbeDue,
  lets,
  noFaults,
  openedBy,
  probing,
  usualLimits,
  withFault,
  withSuccess,
} from './breaker.ts';

const start = new Date('2026-05-01T12:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

function faultsOf(kinds: string, stepMs = 1_000): Faults {
  const steps: Record<string, (faults: Faults, now: Date) => Faults> = {
    w: (faults, now) => withFault(faults, 'WRITES', now, usualLimits),
    r: (faults, now) => withFault(faults, 'READS', now, usualLimits),
    W: (faults) => withSuccess(faults, 'WRITES'),
    R: (faults) => withSuccess(faults, 'READS'),
  };
  return [...kinds].reduce((faults, step, place) => steps[step]?.(faults, after(place * stepMs)) ?? faults, noFaults);
}

const opened = (kinds: string, stepMs?: number): Health | null =>
  openedBy(faultsOf(kinds, stepMs), 'TIMEOUT', after(kinds.length * (stepMs ?? 1_000)), usualLimits);

describe('a breaker', () => {
  it.each([
    ['wwwww', true],
    ['wwww', false],
    ['wwwwWw', false],
    ['wRwRwRwRw', true],
    ['rrrrr', true],
    ['rrrrRr', false],
    ['rrrrWr', false],
    ['rwrwrwrw', false],
  ])('after %s (faults in small letters, successes in capitals) is open: %s', (kinds, isOpen) => {
    expect(opened(kinds) !== null).toBe(isOpen);
  });

  it('forgets faults that are old', () => {
    expect(opened('wwwww', 20_000)).toBeNull();
  });

  it('lets through what reads while only what writes fails', () => {
    const health = opened('wwwww');
    expect(health && [lets(health, 'READS'), lets(health, 'WRITES')]).toEqual([true, false]);
    const deaf = opened('rrrrr');
    expect(deaf && [lets(deaf, 'READS'), lets(deaf, 'WRITES')]).toEqual([false, false]);
  });

  it('is closed by what was written well, and by what was read well where only that had failed', () => {
    const told = (kinds: string, kind: CallKind) => {
      const health = opened(kinds);
      return health && afterProbe(probing(health, start, 1_000), kind, 'well', start, usualLimits).state;
    };
    expect(told('wwwww', 'WRITES')).toBe('CLOSED');
    expect(told('rrrrr', 'READS')).toBe('CLOSED');
    expect(told('rrrrr', 'WRITES')).toBe('CLOSED');
    expect(told('wwwww', 'READS')).toBe('HALF_OPEN');
  });

  it('for all numbers of failed probes is probed again, after a pause that grows to its bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.constantFrom<CallKind>('READS', 'WRITES'), (probes, kind) => {
        let health = opened('wwwww');
        let last = 0;
        for (let left = probes; health && left > 0; left -= 1) {
          health = afterProbe(probing(health, start, 1_000), kind, 'ill', start, usualLimits);
          const pause = health.nextProbeAt.getTime() - start.getTime();
          expect(pause).toBeGreaterThanOrEqual(last);
          expect(pause).toBeLessThanOrEqual(usualLimits.longestPauseMs);
          last = pause;
        }
        expect(health?.state).toBe(HealthState.OPEN);
        expect(health && isProbeDue(health, after(3_600_000))).toBe(true);
      }),
    );
  });

  it('lets nobody else try while one call tries, unless that one is lost', () => {
    const health = opened('wwwww');
    const trying = health && probing(health, start, 30_000);
    expect(trying && [isProbeDue(trying, after(29_999)), isProbeDue(trying, after(30_000))]).toEqual([false, true]);
  });
});
