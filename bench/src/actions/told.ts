import type { Profiler } from 'node:inspector';
import { packageShares } from '../harness/profile.ts';
import { percent } from '../harness/table.ts';

const most = 6;

/** Where a process spent its time: the packages that took most of it. */
export type Told = readonly { readonly owner: string; readonly share: string }[];

export const told = (profile: Profiler.Profile): Told =>
  packageShares(profile)
    .slice(0, most)
    .map(({ owner, amount }) => ({ owner, share: percent(amount, 1) }));
