import { parseArgs } from 'node:util';
import { type Bench, UsageError } from '../bench.ts';
import { measureDecisions } from './decisions.ts';
import { measureEffect } from './grant-to-effect.ts';
import { type House, openHouse } from './house.ts';
import { measureLists } from './lists.ts';
import { measureTenants } from './many-tenants.ts';
import { measureRbac } from './rbac.ts';
import { print, type Row } from './report.ts';
import { measureRules } from './rules-cost.ts';

/** What decisions about who may do what cost: each beside the same without them, or beside the plain way to make them. */
export const permissions: Bench = {
  name: 'permissions',
  about: 'What permissions cost: rules, grants, policies, lists, changes across processes, many tenants.',
  usage: `[--quick] [--only ${Object.keys(parts()).join('|')}]`,
  async run(args) {
    const { quick, only } = valuesOf(args);
    const effort = quick ? hurried : thorough;
    for (const [name, measure] of Object.entries(parts())) {
      if (only !== undefined && only !== name) continue;
      // What is under way goes to standard error: standard output is the result's.
      console.error(`Measuring ${name}`);
      // As it comes: what fails later takes nothing away.
      console.log(print(name, await measure(effort)));
    }
  },
};

interface Effort {
  readonly stretches: number;
  readonly stretchMs: number;
  readonly decisions: number;
  readonly changes: number;
  readonly unheard: number;
  readonly tenants: readonly number[];
}

const thorough: Effort = {
  stretches: 15,
  stretchMs: 200,
  decisions: 6_000,
  changes: 100,
  unheard: 5,
  tenants: [10, 1_000, 10_000],
};
const hurried: Effort = { ...thorough, stretches: 5, stretchMs: 60, decisions: 1_000, changes: 20, unheard: 2 };

function parts(): Readonly<Record<string, (effort: Effort) => Promise<Row[]>>> {
  return {
    rules: (pace) => inHouse((house) => measureRules(house, pace)),
    grants: (pace) => inHouse((house) => measureRbac(house, pace)),
    policies: ({ decisions }) => measureDecisions(decisions),
    lists: (pace) => inHouse((house) => measureLists(house, pace)),
    effect: ({ changes, unheard }) => measureEffect({ changes, unheard }),
    tenants: ({ tenants, decisions }) => inHouse((house) => measureTenants(house, tenants, decisions / 3)),
  };
}

/** A house of its own for each part: what one leaves behind does not weigh on the next. */
async function inHouse<T>(work: (house: House) => Promise<T>): Promise<T> {
  const house = await openHouse();
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}

function valuesOf(args: readonly string[]) {
  const options = { quick: { type: 'boolean', default: false }, only: { type: 'string' } } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.only === undefined || Object.hasOwn(parts(), values.only)) return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  throw new UsageError(`--only must be one of ${Object.keys(parts()).join(', ')}.`);
}
