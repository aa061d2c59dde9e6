import { parseArgs } from 'node:util';
import { type Bench, UsageError } from '../bench.ts';
import { print, type Row } from '../permissions/report.ts';
import { measureLatency } from './added-latency.ts';
import { measureLog } from './log-append.ts';
import { measureThroughput, type Pace } from './throughput.ts';
import { measureVerifier } from './verifier.ts';

/** What it costs to act through the product: beside a bare call, beside durable workflows, and as its log grows. */
export const actions: Bench = {
  name: 'actions',
  about: 'What acting costs: from proposal to effect, actions a second, the log as it grows, verifying it.',
  usage: `[--quick] [--only ${Object.keys(parts()).join('|')}]`,
  async run(args) {
    const { quick, only } = valuesOf(args);
    const effort = quick ? hurried : thorough;
    for (const [name, measure] of Object.entries(parts())) {
      if (only !== undefined && only !== name) continue;
      // What is under way goes to standard error: standard output is the result's.
      console.error(`Measuring ${name}`);
      console.log(print(name, await measure(effort), 'actions'));
    }
  },
};

interface Effort {
  readonly actions: number;
  readonly pace: Pace;
  readonly sizes: readonly number[];
  readonly appends: number;
  readonly files: readonly number[];
}

const thorough: Effort = {
  actions: 200,
  pace: { rounds: 3, seconds: 10, callers: 16 },
  sizes: [1_000, 100_000, 1_000_000],
  appends: 200,
  files: [10_000, 160_000, 640_000],
};
const hurried: Effort = {
  actions: 40,
  pace: { rounds: 1, seconds: 4, callers: 16 },
  sizes: [1_000, 100_000],
  appends: 60,
  files: [10_000],
};

function parts(): Readonly<Record<string, (effort: Effort) => Promise<Row[]>>> {
  return {
    latency: ({ actions }) => measureLatency(actions),
    throughput: ({ pace }) => measureThroughput(pace),
    log: ({ sizes, appends }) => measureLog(sizes, appends),
    verifier: ({ files }) => measureVerifier(files),
  };
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
