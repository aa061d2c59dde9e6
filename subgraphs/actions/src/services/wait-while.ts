import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 50;

/** Asks again and again until it is no longer so, for `patienceMs` milliseconds at most. */
export async function waitWhile(isSo: () => Promise<boolean>, patienceMs: number): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until && (await isSo())) await sleep(pauseMs);
}
