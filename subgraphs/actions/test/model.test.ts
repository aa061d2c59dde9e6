import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { afterBoth } from './model/at-once.ts';
import { Driver, type Seen } from './model/driver.ts';
import { type ActionDeed, actionDeeds, after, begun, type Deed, type Fault, type World } from './model/world.ts';

const runs = Number(process.env.COUNTERSIGN_MODEL_RUNS ?? 20);
const seed = Number(process.env.COUNTERSIGN_MODEL_SEED ?? 20_261_125);
const mostActions = 3;

/** All the worlds that may be, after what was seen so far. */
interface Model {
  worlds: readonly World[];
}

describe('the life of actions', () => {
  let driver: Driver;
  beforeAll(async () => {
    driver = await Driver.open();
  }, 120_000);
  afterAll(() => driver?.house.close());

  it(
    `is as the model has it, whatever is done and whatever at once (${runs} runs, seed ${seed})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: 'max' }), async (given) => {
          driver.startAnew();
          await fc.asyncModelRun(
            () => ({ model: { worlds: [begun] } as Model, real: driver }),
            [...beginning, ...given, ...ending],
          );
        }),
        { numRuns: runs, seed, endOnFailure: runs <= 20 },
      );
    },
    120_000 + runs * 30_000,
  );
});

/** A deed on the action of that number, counted round among those that there are. */
type Drawn = Deed | { readonly kind: ActionDeed; readonly of: number };

const settle = (deed: Drawn, { worlds: [world] }: Model): Deed =>
  'of' in deed ? { ...deed, of: deed.of % (world?.actions.length ?? 1) } : deed;

const isPossible = (deed: Drawn, { worlds: [world] }: Model): boolean => {
  const count = world?.actions.length ?? 0;
  return 'of' in deed ? count > 0 : deed.kind !== 'propose' || count < mostActions;
};

const faultOf = ({ worlds: [world] }: Model): Fault => world?.fault ?? 'none';

class Alone implements fc.AsyncCommand<Model, Driver> {
  readonly #deed: Drawn;
  constructor(deed: Drawn) {
    this.#deed = deed;
  }
  check = (model: Readonly<Model>) => isPossible(this.#deed, model);
  async run(model: Model, driver: Driver): Promise<void> {
    const deed = settle(this.#deed, model);
    const refused = await driver.do(deed, faultOf(model));
    const seen = await driver.see();
    const may = model.worlds.flatMap((world) => after(world, deed));
    narrow(model, may, seen, { refused }, deed);
  }
  toString = () => told(this.#deed);
}

class AtOnce implements fc.AsyncCommand<Model, Driver> {
  readonly #one: Drawn;
  readonly #other: Drawn;
  constructor(one: Drawn, other: Drawn) {
    this.#one = one;
    this.#other = other;
  }
  /** With a line that is cut by whoever writes first, what two see of the hospital is no order of theirs. */
  check = (model: Readonly<Model>) =>
    isPossible(this.#one, model) && ['none', 'writesFail', 'writesUnheard'].includes(faultOf(model));
  async run(model: Model, driver: Driver): Promise<void> {
    const [one, other] = [settle(this.#one, model), settle(this.#other, model)];
    const fault = faultOf(model);
    const [refused, otherRefused] = await Promise.all([driver.do(one, fault), driver.do(other, fault)]);
    const seen = await driver.see();
    const may = model.worlds.flatMap((world) => afterBoth(world, one, other));
    narrow(model, may, seen, { refused, otherRefused }, one, other);
  }
  toString = () => `${told(this.#one)} | ${told(this.#other)}`;
}

const told = (deed: Drawn): string => Object.values(deed).join(' ');

/** Keeps the worlds that are as it was seen; throws when there is none. */
function narrow<O extends { world: World }>(
  model: Model,
  may: readonly O[],
  seen: readonly Seen[],
  refusals: object,
  ...deeds: Deed[]
): void {
  const was = model.worlds;
  const keyOf = (world: World) => JSON.stringify(world);
  const fits = may.filter(
    ({ world, ...rest }) =>
      Object.entries(refusals).every(([name, code]) => (rest as Record<string, unknown>)[name] === code) &&
      JSON.stringify(world.actions.map(asSeen)) === JSON.stringify(seen.map(asSeen)),
  );
  model.worlds = [...new Map(fits.map(({ world }) => [keyOf(world), world])).values()];
  if (model.worlds.length > 0) return;
  const could = may.map(({ world, ...rest }) => JSON.stringify({ ...rest, actions: world.actions.map(asSeen) }));
  throw new Error(
    [
      `${deeds.map(told).join(' and at once ')}, where it was`,
      ...was.map(keyOf),
      `came to ${JSON.stringify({ ...refusals, actions: seen })}, and could come to`,
      ...new Set(could),
    ].join('\n'),
  );
}

const asSeen = ({ status, effect, retried, dead, undo }: Seen): Seen => ({ status, effect, retried, dead, undo });

const onAction = (...kinds: ActionDeed[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), of: fc.nat({ max: mostActions - 1 }) });
const general = (...kinds: ('propose' | 'suspend' | 'resume' | 'tick')[]) =>
  fc.record({ kind: fc.constantFrom(...kinds) });
const faults: Fault[] = ['none', 'none', 'writesFail', 'writesUnheard', 'cutAtWrite', 'cutAfterWrite', 'cut'];

const forward = onAction('approve', 'execute', 'execute', 'undo');
const anything = onAction(...actionDeeds);
const paired = fc.oneof(
  { weight: 4, arbitrary: forward },
  { weight: 4, arbitrary: onAction(...actionDeeds.filter((deed) => deed !== 'drift')) },
  { weight: 2, arbitrary: general('tick', 'tick', 'suspend', 'resume') },
);

const commands = [
  fc
    .oneof(
      { weight: 5, arbitrary: forward },
      { weight: 3, arbitrary: anything },
      { weight: 1, arbitrary: general('propose') },
      { weight: 1, arbitrary: general('suspend', 'resume', 'resume') },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault: fc.constantFrom(...faults) }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('later' as const), minutes: fc.constantFrom(10, 10, 10, 10, 12_000) }),
      },
      { weight: 2, arbitrary: general('tick') },
    )
    .map((deed) => new Alone(deed)),
  // The same twice is what callers do who did not hear the answer.
  fc
    .tuple(paired, paired, fc.boolean())
    .map(([one, other, same]) => new AtOnce(one, same && 'of' in one ? one : other)),
];

/** Two actions, of which one may be executed. */
const beginning = [
  new Alone({ kind: 'propose' }),
  new Alone({ kind: 'approve', of: 0 }),
  new Alone({ kind: 'propose' }),
];

/** Then all is well again for a long time: whatever was under way comes to its end. */
const long: Deed[] = [{ kind: 'later', minutes: 12_000 }, { kind: 'tick' }];
const ending = [
  new Alone({ kind: 'fault', fault: 'none' }),
  new Alone({ kind: 'resume' }),
  ...[...long, ...long, ...long].map((deed) => new Alone(deed)),
  {
    check: () => true,
    run: async ({ worlds }: Model) => {
      const statuses = worlds.flatMap(({ actions }) => actions.map(({ status }) => status));
      expect(statuses.filter((status) => !['SUCCEEDED', 'UNDONE', 'REJECTED', 'EXPIRED'].includes(status))).toEqual([]);
    },
    toString: () => 'the end',
  },
];
