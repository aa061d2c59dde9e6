import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, UsageError } from '../bench.ts';
import { CleanUp } from '../harness/clean-up.ts';
import { type Shape, shapes } from './deployment.ts';
import { startDistributed } from './distributed.ts';
import { compare, type Pace } from './measure.ts';
import { startOneProcess } from './one-process.ts';
import { type FederationResult, machine, print, type ShapeResult } from './report.ts';
import { prepareSides } from './sides.ts';

const largestPage = 100;

/** The federated graph beside the limit: the same answer out of one process that has all of it in memory. */
export const federation: Bench = {
  name: 'federation',
  about: 'One operation over all five subgraphs, beside the same rows served by one graphql-jit process.',
  usage: `[--shape both|${shapes.join('|')}] [--seconds 10] [--rounds 3] [--connections 20] [--entities 50] [--json]`,
  async run(args) {
    const options = parse(args);
    const results: ShapeResult[] = [];
    for (const shape of options.shapes) results.push(await measureShape(shape, options));
    const result: FederationResult = {
      bench: 'federation',
      at: new Date().toISOString(),
      machine: machine(),
      entities: options.entities,
      pace: options.pace,
      shapes: results,
    };
    console.log(options.json ? JSON.stringify(result, null, 2) : print(result));
  },
};

async function measureShape(shape: Shape, { pace, entities }: Options): Promise<ShapeResult> {
  // What is under way goes to standard error: standard output is the result's.
  const progress = (step: string) => console.error(`${shape}: ${step}`);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const cleanUp = new CleanUp();
  cleanUp.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  try {
    progress('Starting');
    const start = shape === 'distributed' ? startDistributed : startOneProcess;
    const deployment = await start(folder, cleanUp);
    progress(`Seeding ${entities} documents, answers and actions`);
    const { product, monolith, bytes } = await prepareSides(deployment, folder, entities, cleanUp);
    progress('Both sides answer the same');
    return { shape, bytes, ...(await compare(product, monolith, pace, progress)) };
  } finally {
    await cleanUp.run();
  }
}

interface Options {
  readonly shapes: readonly Shape[];
  readonly pace: Pace;
  readonly entities: number;
  readonly json: boolean;
}

function parse(args: readonly string[]): Options {
  const values = valuesOf(args);
  const number = (name: 'seconds' | 'rounds' | 'connections' | 'entities', most = 1_000_000): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new UsageError(`--${name} must be a whole number from 1 to ${most}, not ${values[name]}.`);
    }
    return value;
  };
  const wanted = values.shape === 'both' ? shapes : shapes.filter((shape) => shape === values.shape);
  if (wanted.length === 0) throw new UsageError(`--shape must be both, ${shapes.join(' or ')}, not ${values.shape}.`);
  return {
    shapes: wanted,
    pace: { seconds: number('seconds'), rounds: number('rounds'), connections: number('connections') },
    entities: number('entities', largestPage),
    json: values.json,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        shape: { type: 'string', default: 'both' },
        seconds: { type: 'string', default: '10' },
        rounds: { type: 'string', default: '3' },
        connections: { type: 'string', default: '20' },
        entities: { type: 'string', default: '50' },
        json: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
