import type { ExecutionResult } from 'graphql';
import { type Config, loadConfig } from '../config.ts';
import type { Database } from '../database/database.ts';
import { Events } from '../events/events.ts';
import { type Executor, GraphClient } from '../graph/client.ts';
import { assembleKernel } from '../graph/kernel.ts';
import { SubgraphRuntime } from '../graph/runtime.ts';
import type { Kernel, SubgraphDefinition } from '../graph/subgraph.ts';
import { registerPermissions } from '../permissions/registry.ts';
import { requestContext } from '../principal/context.ts';
import type { Principal } from '../principal/principal.ts';
import { createLogger } from '../telemetry/log.ts';
import { createTestDatabase } from './database.ts';

export interface TestSubgraphs {
  readonly database: Database;
  readonly kernel: Kernel;
  readonly runtimes: ReadonlyMap<string, SubgraphRuntime>;
  /** Runs one operation on one subgraph as the principal. */
  execute(
    subgraph: string,
    principal: Principal,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/**
 * Subgraphs at work on a database of their own, without a gateway. `graph` stands for the whole graph where a subgraph
 * asks it; `events` starts the relay and the consumers; `loops` the subgraphs' own loops.
 */
export async function startTestSubgraphs(
  definitions: readonly SubgraphDefinition[],
  options: { graph?: Executor; events?: boolean; loops?: boolean; config?: Partial<Config>; now?: () => Date } = {},
): Promise<TestSubgraphs> {
  const database = await createTestDatabase(definitions);
  const log = createLogger(process.env.TEST_LOG_LEVEL ?? 'silent');
  const graph = new GraphClient();
  if (options.graph) graph.connect(options.graph);
  const config = { ...loadConfig({ COUNTERSIGN_DATA_DIR: '/nonexistent' }), ...options.config };
  const kernel = assembleKernel({ config, database, graph, log, now: options.now });
  const { access } = kernel;
  const runtimes = new Map(definitions.map((definition) => [definition.name, new SubgraphRuntime(definition, kernel)]));
  for (const runtime of runtimes.values()) await registerPermissions(database, runtime);
  await access.start();
  const parts = [...runtimes.values()].map((runtime) => runtime.parts);
  const events = options.events
    ? new Events(
        database,
        parts.flatMap((part) => [...(part.consumers ?? [])]),
        log,
      )
    : undefined;
  await events?.start();
  for (const part of parts) await part.start?.();
  const loops = options.loops ? parts.flatMap((part) => [...(part.loops ?? [])]) : [];
  for (const loop of loops) loop.start();
  return {
    database,
    kernel,
    runtimes,
    execute: async (subgraph, principal, query, variables) => {
      const runtime = runtimes.get(subgraph as SubgraphDefinition['name']);
      if (!runtime) throw new Error(`No subgraph ${subgraph} in this test.`);
      return runtime.execute({ query, variables }, requestContext(principal, log, { surface: 'test' }));
    },
    close: async () => {
      for (const loop of loops) await loop.stop();
      for (const part of parts) await part.stop?.();
      await access.stop();
      await events?.stop();
      await database.close();
    },
  };
}
