import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes, once everything that nobody needs is gone. */
export interface Memory {
  /** What JavaScript keeps. */
  readonly heap: number;
  /** All that the process has, engines in WebAssembly included. */
  readonly resident: number;
}

export function memory(): Memory {
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, resident: rss };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('The garbage collector cannot be called.');
  // The first time frees what finalizers hold, which is gone after the second.
  collect();
  collect();
}
