import { Access } from '../permissions/access.ts';
import type { Kernel } from './subgraph.ts';

/** What one process hands to its subgraphs; `now` is the clock unless a test brings its own. */
export function assembleKernel(parts: Omit<Kernel, 'access' | 'now'> & { readonly now?: () => Date }): Kernel {
  const { database, log, now = () => new Date() } = parts;
  return { ...parts, now, access: new Access({ database, log, now }) };
}
