import type { Profiler } from 'node:inspector';
import { functionShares, packageShares } from '../harness/profile.ts';
import { percent } from '../harness/table.ts';

export type Told = readonly { readonly owner: string; readonly share: string }[];

/** Where a process spent its time: the packages that took most of it, or with `BENCH_FUNCTIONS` the functions. */
export const told = (profile: Profiler.Profile): Told =>
  (process.env.BENCH_FUNCTIONS ? functionShares(profile) : packageShares(profile))
    .slice(0, process.env.BENCH_FUNCTIONS ? 40 : 6)
    .map(({ owner, amount }) => ({ owner, share: percent(amount, 1) }));
