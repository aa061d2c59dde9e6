import DataLoader from 'dataloader';
import type { RequestContext } from '../principal/context.ts';

/**
 * Makes one call of those that the objects of a list would make each for themselves. `load` answers in the order of the
 * keys; null for what may not be seen. Remembered for the operation alone, under `name`.
 */
export function loadTogether<Key, T>(
  context: RequestContext,
  name: string,
  key: Key,
  load: (keys: readonly Key[]) => Promise<readonly (T | null)[]>,
): Promise<T | null> {
  const known = context.loaders.get(name) as DataLoader<Key, T | null, string> | undefined; // Only ever set below.
  const loader = known ?? new DataLoader<Key, T | null, string>(load, { cacheKeyFn: (each) => JSON.stringify(each) });
  if (!known) context.loaders.set(name, loader);
  return loader.load(key);
}

/** The rows in the order of the ids that were asked for; null where there is none. */
export function inOrder<Row extends { readonly id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): (Row | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}
