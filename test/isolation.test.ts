import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uncounted } from './isolation/counted.ts';
import { type IsolationHouse, openIsolationHouse } from './isolation/house.ts';
import {
  answersRemembered,
  countsTheHidden,
  errorsThatTell,
  masksNothing,
  type Plant,
  Planting,
  readsAsTheProduct,
} from './isolation/planted.ts';
import { populate } from './isolation/population.ts';
import { unnamed } from './isolation/readable.ts';
import { RawRows } from './isolation/rows.ts';
import { tryToLeak } from './isolation/run.ts';
import type { TestTenant } from './isolation/tenants.ts';

const firstSeed = Number(process.env.COUNTERSIGN_ISOLATION_SEED ?? 20_261_125);
/** A long run is many short ones: in one world, sooner or later, everybody has been deactivated. */
const longest = 2_500;
const rounds = roundsOf(Number(process.env.COUNTERSIGN_ISOLATION_OPERATIONS ?? 2_000));

describe('what one may not read', () => {
  const planting = new Planting();
  let house: IsolationHouse;
  let tenants: readonly TestTenant[];
  const renew = async (seed: number) => {
    await house?.close();
    house = await openIsolationHouse(planting.between);
    tenants = await populate(house, seed);
  };
  beforeAll(() => renew(firstSeed), 120_000);
  afterAll(() => house?.close());
  beforeEach(() => {
    planting.plant = undefined;
  });

  it('is said of every table, list and number that there is', async () => {
    const rows = new RawRows(house.superuserUrl);
    expect(unnamed((await rows.read()).tables)).toEqual([]);
    await rows.close();
    for (const { schema } of house.runtimes.values()) expect(uncounted(schema)).toEqual([]);
  });

  it.each(rounds)(
    'is in no answer, error, count or cursor of $operations operations (seed $seed)',
    async ({ seed, operations }) => {
      if (seed !== firstSeed) await renew(seed);
      const report = await tryToLeak(house, tenants, { seed, operations });
      expect(report.leaks).toEqual([]);
      // Answers that tell nothing and changes that change nothing would prove nothing.
      expect(report.telling).toBeGreaterThan(operations / 10);
      expect(report.changing).toBeGreaterThan(operations / 50);
      if (operations < 2_000) return;
      expect(report.untried).toEqual([]);
      // What lies deepest is missed now and then; the next round begins with what it likes.
      expect(report.unasked.length).toBeLessThan(report.fields / 50);
    },
    300_000,
  );

  describe('is found', () => {
    const foreign = () => tenants[1]?.principals.find(({ email }) => email)?.email ?? '';
    it.each<[string, Plant, RegExp]>([
      ['where an answer is remembered for another tenant', answersRemembered(/^title$/), /title shows kx\d/],
      ['in a cursor', answersRemembered(/cursor/i), /[cC]ursor shows [0-9a-f-]{36}/],
      ['where a subgraph reads with the rights of the product', readsAsTheProduct, /knowledge\.(document|passage)/],
      ['where nothing is masked', masksNothing, /#(address|content|data|quote|values)/],
      ['in a count', countsTheHidden, /at least \d+, where \d+ may be seen/],
      ['in an error', errorsThatTell(foreign), /answer\.errors.*message shows kx\d/],
    ])(
      '%s',
      async (_where, plant, told) => {
        // Nobody has left yet of whom the plant would make somebody again.
        if (plant === masksNothing) await renew(7);
        planting.plant = plant;
        const { leaks } = await tryToLeak(house, tenants, { seed: 7, operations: 1_500, stopAtFirst: true });
        expect(leaks[0]).toMatch(told);
      },
      100_000,
    );
  });
});

function roundsOf(operations: number): { seed: number; operations: number }[] {
  const count = Math.max(1, Math.ceil(operations / longest));
  return Array.from({ length: count }, (_, round) => ({
    seed: firstSeed + round,
    operations: Math.ceil(operations / count),
  }));
}
