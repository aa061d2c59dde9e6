import { Events, type Kernel, registerPermissions, type SubgraphRuntime } from '@countersign/kernel';
import type { CleanUp } from './clean-up.ts';

/** Starts what works beside requests: what is declared and decided, event delivery, the subgraphs' own starts and loops; each is ended by the clean-up. */
export async function startWorkers(
  runtimes: readonly SubgraphRuntime[],
  { access, database, log }: Kernel,
  cleanUp: CleanUp,
): Promise<void> {
  for (const runtime of runtimes) await registerPermissions(database, runtime);
  await access.start();
  cleanUp.add(() => access.stop());
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
