import { percentile } from '../harness/figures.ts';

/** One call of what is measured; `turn` counts the calls, so that each may ask something else. */
export type Work = (turn: number) => unknown;

export interface Pace {
  /** How often each side has its turn. */
  readonly stretches: number;
  /** How long one turn lasts, in milliseconds. */
  readonly stretchMs: number;
}

/**
 * Microseconds of CPU time of one call of each side: the median of its stretches. The sides take turns, so that what
 * disturbs the machine for a while disturbs all of them. For calls too short to be timed one by one.
 */
export async function sideBySide<Side extends string>(
  sides: Readonly<Record<Side, Work>>,
  { stretches, stretchMs }: Pace,
): Promise<Record<Side, number>> {
  const each = await Promise.all(
    Object.entries<Work>(sides).map(([name, work]) => ({ name, work, calls: 1, taken: [] as number[] })),
  );
  for (const side of each) side.calls = await callsWithin(side.work, stretchMs);
  for (let round = 0; round < stretches; round += 1) {
    for (const { work, calls, taken } of each) taken.push((await stretch(work, calls)) / calls);
  }
  const medians = each.map(({ name, taken }) => [name, percentile(taken.sort(ascending), 50)]);
  return Object.fromEntries(medians) as Record<Side, number>; // Made of the sides' own names.
}

/**
 * Each call's own microseconds by the clock, the shortest first. The sides' calls alternate. A call during which the
 * system gave the core to somebody else is made again: where cores are scarce, the slowest would be those that waited.
 */
export async function latencies<Side extends string>(
  sides: Readonly<Record<Side, Work>>,
  calls: number,
): Promise<Record<Side, number[]>> {
  const each = Object.entries<Work>(sides).map(([name, work]) => ({ name, work, taken: [] as number[] }));
  // What comes before the first turn warms up.
  for (let turn = -Math.ceil(calls / 10); turn < calls; turn += 1) {
    for (const { work, taken } of each) {
      const time = await undisturbed(work, Math.abs(turn));
      if (turn >= 0) taken.push(time);
    }
  }
  const sorted = each.map(({ name, taken }) => [name, taken.sort(ascending)]);
  return Object.fromEntries(sorted) as Record<Side, number[]>; // Made of the sides' own names.
}

/** What the last call answered: a compiler leaves out what nobody looks at. */
export const looked: { at?: unknown } = {};

async function callsWithin(work: Work, stretchMs: number): Promise<number> {
  let calls = 1;
  while ((await stretch(work, calls)) < stretchMs * 500) calls *= 2;
  return calls;
}

async function stretch(work: Work, calls: number): Promise<number> {
  const start = process.threadCpuUsage();
  for (let turn = 0; turn < calls; turn += 1) {
    const answer = work(turn);
    looked.at = answer instanceof Promise ? await answer : answer;
  }
  const { user, system } = process.threadCpuUsage(start);
  return user + system;
}

const mostTries = 20;

async function undisturbed(work: Work, turn: number): Promise<number> {
  let time = 0;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const before = process.resourceUsage().involuntaryContextSwitches;
    const start = performance.now();
    const answer = work(turn);
    looked.at = answer instanceof Promise ? await answer : answer;
    time = (performance.now() - start) * 1_000;
    if (process.resourceUsage().involuntaryContextSwitches === before) break;
  }
  return time;
}

const ascending = (a: number, b: number): number => a - b;
