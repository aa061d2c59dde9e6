import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failingSince, mostAttempts, nextDelayMs } from './schedule.ts';

const hour = 3_600_000;

describe('the schedule of attempts', () => {
  it('is the one that Standard Webhooks recommends, and ends', () => {
    const delays = Array.from({ length: mostAttempts }, (_, index) => nextDelayMs(index + 1, null, 0));
    expect(delays.map((delay) => delay && delay / 1_000)).toEqual([
      ...[5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
      null,
    ]);
  });

  it('gives more time to who asks for it, within a day, and never less than planned', () => {
    expect(nextDelayMs(1, 60_000, 0)).toBe(60_000);
    expect(nextDelayMs(2, 1_000, 0)).toBe(300_000);
    expect(nextDelayMs(1, 400 * 24 * hour, 0)).toBe(24 * hour);
  });

  it('spreads what failed together by up to a fifth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: mostAttempts - 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const planned = nextDelayMs(failures, null, 0) ?? 0;
          const delay = nextDelayMs(failures, null, random) ?? 0;
          expect(delay).toBeGreaterThanOrEqual(planned);
          expect(delay).toBeLessThanOrEqual(Math.ceil(planned * 1.2));
        },
      ),
    );
  });
});

describe('how long an endpoint has been failing', () => {
  const now = new Date('2026-11-10T12:00:00Z');
  const ago = (hours: number) => new Date(now.getTime() - hours * hour);

  it('is since its first failure, as long as it goes on failing', () => {
    expect(failingSince({ failingSince: null, lastFailedAt: null }, now)).toEqual(now);
    expect(failingSince({ failingSince: ago(100), lastFailedAt: ago(24) }, now)).toEqual(ago(100));
  });

  it('says nothing of a single failure long ago, with nothing sent since', () => {
    expect(failingSince({ failingSince: ago(200), lastFailedAt: ago(200) }, now)).toEqual(now);
  });
});
