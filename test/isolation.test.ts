import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type IsolationHouse, openIsolationHouse } from './isolation/house.ts';
import {
  answersRemembered,
  countsTheHidden,
  errorsThatTell,
  type Plant,
  Planting,
  readsAsTheProduct,
} from './isolation/planted.ts';
import { populate } from './isolation/population.ts';
import { tryToLeak } from './isolation/run.ts';
import type { TestTenant } from './isolation/tenants.ts';

const operations = Number(process.env.COUNTERSIGN_ISOLATION_OPERATIONS ?? 2_000);
const seed = Number(process.env.COUNTERSIGN_ISOLATION_SEED ?? 20_261_125);

describe('what one may not read', () => {
  const planting = new Planting();
  let house: IsolationHouse;
  let tenants: readonly TestTenant[];
  beforeAll(async () => {
    house = await openIsolationHouse(planting.between);
    tenants = await populate(house, seed);
  }, 120_000);
  afterAll(() => house?.close());
  beforeEach(() => {
    planting.plant = undefined;
  });

  it(
    `is in no answer, error, count or cursor of ${operations} operations (seed ${seed})`,
    async () => {
      const report = await tryToLeak(house, tenants, { seed, operations });
      expect(report.leaks).toEqual([]);
      expect(report.asked).toBeGreaterThanOrEqual(operations);
      // Answers that tell nothing and changes that change nothing would prove nothing.
      expect(report.telling).toBeGreaterThan(operations / 10);
      expect(report.changing).toBeGreaterThan(operations / 50);
    },
    Math.max(120_000, operations * 100),
  );

  describe('is found', () => {
    const foreign = () => tenants[1]?.principals.find(({ email }) => email)?.email ?? '';
    it.each<[string, Plant, RegExp]>([
      ['where an answer is remembered for another tenant', answersRemembered(/^title$/), /title shows kx\d/],
      ['in a cursor', answersRemembered(/cursor/i), /[cC]ursor shows [0-9a-f-]{36}/],
      ['where a subgraph reads with the rights of the product', readsAsTheProduct, /knowledge\.(document|passage)/],
      ['in a count', countsTheHidden, /at least \d+, where \d+ may be seen/],
      ['in an error', errorsThatTell(foreign), /answer\.errors.*message shows kx\d/],
    ])(
      '%s',
      async (_where, plant, told) => {
        planting.plant = plant;
        const { leaks } = await tryToLeak(house, tenants, { seed: 7, operations: 1_500, stopAtFirst: true });
        expect(leaks[0]).toMatch(told);
      },
      100_000,
    );
  });
});
