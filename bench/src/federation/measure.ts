import type { Profiler } from 'node:inspector';
import { type Figures, figuresOf } from '../harness/figures.ts';
import { type Layer, layersOf } from '../harness/layers.ts';
import { type Load, load, type Target } from '../harness/load.ts';
import type { MeasuredProcess } from '../harness/measured-process.ts';
import { functionShares, mergeShares, packageShares, type Share } from '../harness/profile.ts';
import { alternate } from '../harness/rounds.ts';

export interface Pace {
  readonly connections: number;
  /** Of one round of one side. */
  readonly seconds: number;
  readonly rounds: number;
}

/** Someone who answers the operation: the product in one of its shapes, or the monolith. */
export interface Side {
  readonly target: Target;
  readonly processes: readonly MeasuredProcess[];
}

export interface ProcessFigures {
  readonly name: string;
  /** CPU time of one request, of all threads, in milliseconds. */
  readonly cpuPerRequest: number;
  /** Resident memory after the rounds, in bytes. */
  readonly rss: number;
}

export interface SideFigures extends Figures {
  readonly processes: readonly ProcessFigures[];
  readonly cpuPerRequest: number;
  readonly rss: number;
}

export interface Comparison {
  readonly product: SideFigures;
  readonly monolith: SideFigures;
  /** CPU milliseconds of one request by part of its way. */
  readonly layers: readonly Layer[];
  /** CPU milliseconds of one request by function, the dearest first. */
  readonly hottest: readonly Share[];
}

const hottestFunctions = 12;

/** Loads both sides in alternating rounds, then the product once more with the profiler on. */
export async function compare(
  product: Side,
  monolith: Side,
  pace: Pace,
  progress: (step: string) => void,
): Promise<Comparison> {
  progress('Warming up');
  for (const side of [product, monolith]) await load(side.target, pace);
  const { a, b } = await alternate(
    pace.rounds,
    (round) => {
      progress(`Round ${round} of ${pace.rounds}`);
      return measureRound(product, pace);
    },
    () => measureRound(monolith, pace),
  );
  const figures = { product: await sumUp(product, a), monolith: await sumUp(monolith, b) };
  progress('Profiling');
  return { ...figures, ...(await profile(product, figures.product, pace)) };
}

interface Round {
  readonly load: Load;
  /** CPU time by process, in milliseconds. */
  readonly cpu: readonly number[];
}

async function measureRound({ target, processes }: Side, pace: Pace): Promise<Round> {
  const before = await Promise.all(processes.map((each) => each.usage()));
  const measured = await load(target, pace);
  const after = await Promise.all(processes.map((each) => each.usage()));
  return { load: measured, cpu: after.map(({ cpu }, index) => cpu - (before[index]?.cpu ?? 0)) };
}

async function sumUp(side: Side, rounds: readonly Round[]): Promise<SideFigures> {
  const figures = figuresOf(rounds.map((round) => round.load));
  const processes = await Promise.all(
    side.processes.map(async (each, index) => ({
      name: each.name,
      cpuPerRequest: rounds.reduce((sum, { cpu }) => sum + (cpu[index] ?? 0), 0) / figures.requests,
      rss: (await each.usage()).rss,
    })),
  );
  return {
    ...figures,
    processes,
    cpuPerRequest: processes.reduce((sum, each) => sum + each.cpuPerRequest, 0),
    rss: processes.reduce((sum, each) => sum + each.rss, 0),
  };
}

/**
 * Runs one more round with the profiler on, and apportions the CPU time that a request took without it: the profiler
 * itself costs time, and where cores are scarce it also counts a process's waiting for one.
 */
async function profile(
  { target, processes }: Side,
  figures: SideFigures,
  pace: Pace,
): Promise<Pick<Comparison, 'layers' | 'hottest'>> {
  await Promise.all(processes.map((each) => each.startProfile()));
  await load(target, pace);
  const profiles = await Promise.all(processes.map((each) => each.stopProfile()));
  const apportion = (sharesOf: (profile: Profiler.Profile) => Share[]) =>
    mergeShares(
      profiles.flatMap((each, index) => {
        const cpu = figures.processes[index]?.cpuPerRequest ?? 0;
        return sharesOf(each).map(({ owner, amount }) => ({ owner, amount: amount * cpu }));
      }),
    );
  return { layers: layersOf(apportion(packageShares)), hottest: apportion(functionShares).slice(0, hottestFunctions) };
}
