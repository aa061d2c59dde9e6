import type { Change as ToolChange } from '@countersign/plugin-sdk';
import type { Deviation, Preview } from '../entities/plan.ts';
import { canonicalJson } from './decision-log/index.ts';

/**
 * Where what was done is not what was previewed: each path whose new value is another one, is missing, or was not in
 * the preview at all. Values are compared exactly, so that 19.98 for 19.99 is seen, and `"19.00"` for `"19"`.
 */
export function deviationsFrom({ changes: planned }: Preview, done: readonly ToolChange[]): Deviation[] {
  const before = new Map(planned.map(({ path, after }) => [path, after]));
  const after = new Map(done.map((change) => [change.path, change.after]));
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .map((path) => ({ path, planned: before.get(path) ?? null, actual: after.get(path) ?? null }))
    .filter((each) => canonicalJson(each.planned) !== canonicalJson(each.actual));
}
