import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Demand } from './applicable.ts';
import { asks, someone } from './approvers.fixture.ts';
import { type Approver, type Maker, meets, shortfall, unfit } from './coverage.ts';
import { mayCount, standing } from './requirement.ts';

describe('for all gates, makers and approvers', () => {
  it('approvals are complete exactly when some of the people meet each gate', () => {
    fc.assert(
      fc.property(requirements, makersOf, people, (demands, makers, approvers) => {
        const met = demands.map((demand) => metBySome(demand, makers, approvers));
        expect(standing(demands, makers, approvers).complete).toBe(met.every(Boolean));
      }),
      { numRuns: 1_000 },
    );
  });

  it('as many people are missing as would be enough if each of them were of all that is asked for', () => {
    fc.assert(
      fc.property(requirements, makersOf, people, (demands, makers, approvers) => {
        const known = makers.map((each) => ({ ...each, department: each.department ?? 'd0' }));
        for (const demand of demands) {
          const { count } = shortfall(demand, known, approvers);
          const enough = [0, 1, 2, 3, 4].find((more) =>
            metBySome(demand, known, [...approvers, ...ideal.slice(0, more)]),
          );
          expect(count).toBe(enough);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a further approval never takes anything away', () => {
    fc.assert(
      fc.property(requirements, makersOf, people, (demands, makers, approvers) => {
        const sooner = standing(demands, makers, approvers.slice(0, -1));
        expect(standing(demands, makers, approvers).complete || !sooner.complete).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('whoever would not count leaves all as it was', () => {
    fc.assert(
      fc.property(requirements, makersOf, people, (demands, makers, [candidate, ...approvers]) => {
        if (!candidate || mayCount(demands, makers, approvers, candidate).ok) return;
        const reasons = (all: Approver[]) => standing(demands, makers, all).missing.map(({ reason }) => reason);
        expect(reasons([...approvers, candidate])).toEqual(reasons(approvers));
      }),
      { numRuns: 1_000 },
    );
  });

  it('people who can meet all demands together get there, if all approve who count, in any order', () => {
    fc.assert(
      fc.property(requirements, makersOf, people, (demands, makers, everybody) => {
        const given: Approver[] = [];
        for (let found: Approver | undefined = everybody[0]; found; ) {
          found = everybody.find((each) => mayCount(demands, makers, given, each).ok);
          if (found) given.push(found);
        }
        expect(standing(demands, makers, given).complete).toBe(standing(demands, makers, everybody).complete);
      }),
      { numRuns: 1_000 },
    );
  });
});

const idsIn = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);
const few = (values: string[]) => fc.subarray(values, { minLength: 1, maxLength: 2 });
const perhaps = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined });
const departments = fc.constantFrom('d0', 'd1', 'd2', null);

const requirements = fc
  .array(
    fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      byRoles: perhaps(few(['r0', 'r1', 'r2'])),
      byGroups: perhaps(few(['g0', 'g1'])),
      byPersons: perhaps(few(idsIn(6)).map((each) => [...each, 'ideal0'])),
      distinctDepartments: fc.boolean(),
      notMakersDepartment: fc.boolean(),
      mustSeeAll: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((each) => asks(...each));

/** Everybody has a key besides, which changes nothing. */
const people = fc
  .array(
    fc.record({
      roles: fc.subarray(['r0', 'r1', 'r2']),
      groups: fc.subarray(['g0', 'g1']),
      department: departments,
      seesAll: fc.boolean(),
      withKey: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .map((all) =>
    all.flatMap(({ withKey, ...members }, index) => {
      const person = someone(`p${index}`, members);
      return withKey ? [person, { ...person, id: `key-of-p${index}` }] : [person];
    }),
  );

const makersOf = fc.array(
  fc
    .tuple(fc.constantFrom('p0', 'p1', 'x', 'y'), departments)
    .map(([id, department]) => ({ id: `key-${id}`, person: id, department })),
  { minLength: 1, maxLength: 2 },
);

const ideal = [0, 1, 2, 3].map((index) =>
  someone(`ideal${index}`, { roles: ['r0', 'r1', 'r2'], groups: ['g0', 'g1'], department: `ideal${index}` }),
);

/** Tries every choice of approvers. */
function metBySome(demand: Demand, makers: readonly Maker[], approvers: readonly Approver[]): boolean {
  let choices: Approver[][] = [[]];
  for (const each of approvers) choices = choices.concat(choices.map((some) => [...some, each]));
  return choices.some(
    (some) =>
      some.length >= demand.count &&
      new Set(some.map(({ person }) => person)).size === some.length &&
      some.every((each) => unfit(demand, makers, each) === null) &&
      demand.oneOf.every((one) => some.some((each) => meets(one, each))) &&
      (!demand.distinctDepartments || new Set(some.map(({ department }) => department)).size === some.length),
  );
}
