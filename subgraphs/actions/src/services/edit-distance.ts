import type { JsonObject, JsonValue } from './decision-log/index.ts';

/**
 * How much of a proposal a person changed before it was done, as a signal of how good proposals are: the share of the
 * values in either that are not the same in both, from 0 (nothing) to 1 (everything).
 */
export function editDistance(before: JsonObject, after: JsonObject): number {
  const [one, other] = [leavesOf(before), leavesOf(after)];
  const paths = new Set([...one.keys(), ...other.keys()]);
  if (paths.size === 0) return 0;
  const changed = [...paths].filter((path) => one.get(path) !== other.get(path));
  return changed.length / paths.size;
}

/** Each value that is no object and no list, by the way to it; an empty one stands for itself. */
function leavesOf(value: JsonValue, path = '', leaves = new Map<string, string>()): ReadonlyMap<string, string> {
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (inside.length === 0) leaves.set(path, JSON.stringify(value));
  for (const [name, each] of inside) {
    leavesOf(each, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, leaves);
  }
  return leaves;
}
