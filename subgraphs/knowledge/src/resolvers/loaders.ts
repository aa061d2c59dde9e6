import type { RequestContext } from '@countersign/kernel';
import DataLoader from 'dataloader';

/**
 * Makes one call of those that the objects of a list would make each for themselves. `load` answers in the order of the
 * ids; null for what may not be seen. Remembered for the operation alone, under `name`.
 */
export function loadTogether<T>(
  context: RequestContext,
  name: string,
  id: string,
  load: (ids: readonly string[]) => Promise<readonly (T | null)[]>,
): Promise<T | null> {
  const known = context.loaders.get(name) as DataLoader<string, T | null> | undefined; // Only ever set below.
  const loader = known ?? new DataLoader<string, T | null>(load);
  if (!known) context.loaders.set(name, loader);
  return loader.load(id);
}
