import { describe, expect, it } from '@jest/globals';
import { effectsAsRecorded, promisesBroken, type Row } from './crash/checks.ts';
import { Ledger } from './crash/ledger.ts';
import { runCrashes } from './crash/run.ts';

const kills = Number(process.env.COUNTERSIGN_CRASH_KILLS ?? 16);
const seed = Number(process.env.COUNTERSIGN_CRASH_SEED ?? 20_261_125);

/** On PostgreSQL, with several workers and a hospital that counts what it was made to do. */
describe('workers that are killed at any moment', () => {
  it(
    `lose nothing acknowledged and do nothing twice (${kills} kills, seed ${seed})`,
    async () => {
      const begun = performance.now();
      const report = await runCrashes({
        kills,
        seed,
        tell: (standing) => {
          const seconds = Math.round((performance.now() - begun) / 1_000);
          // Past Jest, which keeps what is said until the end.
          process.stderr.write(`${JSON.stringify({ seed, seconds, ...standing })}\n`);
        },
      });
      expect(report.wrong).toEqual([]);
      expect(report).toMatchObject({ doubled: 0, lost: 0 });
      expect(report.kills).toBeGreaterThanOrEqual(kills);
      // A load that does nothing would prove nothing.
      expect(report.effects).toBeGreaterThan(0);
    },
    60_000 + kills * 20_000,
  );

  const row = (id: string, status: string): Row => {
    return { id, key: `key of ${id}`, status, revision: 1, undoOf: null, due: false, approvals: 1 };
  };

  it('would be seen to do something twice, or not at all, or for nobody', async () => {
    const hospital = new Map([
      ['right', ['active']],
      ['twice', ['active', 'active']],
      ['still there', ['active']],
      ['of nobody', ['active']],
    ]);
    const rows = ['right', 'twice', 'lost'].map((id) => row(id, 'SUCCEEDED'));
    const found = await effectsAsRecorded({ effects: async () => hospital }, [...rows, row('still there', 'UNDONE')]);
    expect(found).toMatchObject({ effects: 5, doubled: 1, lost: 1 });
    expect(found.wrong).toEqual([
      'twice is SUCCEEDED, and the hospital has [active,active].',
      'lost is SUCCEEDED, and the hospital has [].',
      'still there is UNDONE, and the hospital has [active].',
      'The hospital has an order of of nobody, which is no action.',
    ]);
  });

  it('would be seen to break what was acknowledged', () => {
    const ledger = new Ledger();
    for (const id of ['kept', 'gone', 'unsaid']) ledger.proposed(`key of ${id}`, id);
    for (const promised of ledger.all) promised.lasting = 'SUCCEEDED';
    expect(promisesBroken({ ledger }, [row('kept', 'UNDONE'), row('unsaid', 'APPROVED')])).toEqual([
      'gone was acknowledged and is not there.',
      expect.stringContaining('"lasting":"SUCCEEDED"'),
    ]);
    expect(() => ledger.proposed('key of kept', 'another')).toThrow('answered with kept and with another');
  });
});
