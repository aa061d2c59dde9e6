import { describe, expect, it } from '@jest/globals';
import { runCrashes } from './crash/run.ts';

const kills = Number(process.env.COUNTERSIGN_CRASH_KILLS ?? 16);
const seed = Number(process.env.COUNTERSIGN_CRASH_SEED ?? 20_261_125);

/** On PostgreSQL, with several workers and a hospital that counts what it was made to do. */
describe('workers that are killed at any moment', () => {
  it(
    `lose nothing acknowledged and do nothing twice (${kills} kills, seed ${seed})`,
    async () => {
      const begun = performance.now();
      const report = await runCrashes({ kills, seed });
      const seconds = Math.round((performance.now() - begun) / 1_000);
      console.log(JSON.stringify({ seed, seconds, ...report }));
      expect(report.wrong).toEqual([]);
      expect(report).toMatchObject({ doubled: 0, lost: 0 });
      expect(report.kills).toBeGreaterThanOrEqual(kills);
      // A load that does nothing would prove nothing.
      expect(report.effects).toBeGreaterThan(report.rounds);
    },
    60_000 + kills * 20_000,
  );
});
