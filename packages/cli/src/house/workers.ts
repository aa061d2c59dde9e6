import { type Database, Events, type Logger, type SubgraphRuntime } from '@countersign/kernel';
import type { CleanUp } from './clean-up.ts';

/** Starts what works beside requests: event delivery, the subgraphs' own starts and loops; each is ended by the clean-up. */
export async function startWorkers(
  runtimes: readonly SubgraphRuntime[],
  database: Database,
  log: Logger,
  cleanUp: CleanUp,
): Promise<void> {
  const parts = runtimes.map((runtime) => runtime.parts);
  const events = new Events(
    database,
    parts.flatMap((part) => [...(part.consumers ?? [])]),
    log,
  );
  await events.start();
  cleanUp.add(() => events.stop());
  for (const part of parts) {
    await part.start?.();
    cleanUp.add(async () => part.stop?.());
    for (const loop of part.loops ?? []) {
      loop.start();
      cleanUp.add(() => loop.stop());
    }
  }
}
