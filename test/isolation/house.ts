import { createBundle, type GraphBundle, localLink, type SubgraphLink } from '@countersign/gateway';
import {
  assembleKernel,
  Database,
  ensureLoginRole,
  GraphClient,
  type GraphRequest,
  type Kernel,
  type Logger,
  loadConfig,
  type Principal,
  registerPermissions,
  requestContext,
  SubgraphRuntime,
} from '@countersign/kernel';
import type { ExecutionResult } from 'graphql';
import { pino } from 'pino';
import { allSubgraphs } from '../../packages/cli/src/house/subgraphs.ts';
import { startPostgres } from '../support/postgres.ts';

/** What somebody got, and under which id the product speaks of the request. */
export interface Answered {
  readonly result: ExecutionResult;
  readonly correlationId: string;
}

/** The whole graph in one process on a PostgreSQL server of its own, where row-level security is what it is in earnest. */
export interface IsolationHouse {
  readonly database: Database;
  readonly kernel: Kernel;
  readonly bundle: GraphBundle;
  readonly runtimes: ReadonlyMap<string, SubgraphRuntime>;
  /** Looks behind row-level security. */
  readonly superuserUrl: string;
  /** What the product's log says of faults, as one line each. */
  readonly faults: readonly string[];
  /** Asks the graph, or one subgraph by its name, as the principal. */
  ask(principal: Principal, request: GraphRequest, where?: string): Promise<Answered>;
  close(): Promise<void>;
}

/** `between` may stand between the gateway and its subgraphs: how a test plants a leak. */
export async function openIsolationHouse(
  between: (link: SubgraphLink) => SubgraphLink = (link) => link,
): Promise<IsolationHouse> {
  const server = await startPostgres();
  const entities = allSubgraphs.flatMap((definition) => [...definition.entities]);
  const database = await Database.open({ entities, url: server.appUrl, poolSize: 8 });
  await database.migrate(
    allSubgraphs.flatMap((definition) => [...definition.migrations]),
    server.ownerUrl,
  );
  await ensureLoginRole(server.ownerUrl, server.appUrl);

  const faults: string[] = [];
  const log = logInto(faults);
  const graph = new GraphClient();
  const config = loadConfig({ COUNTERSIGN_DATA_DIR: '/nonexistent', COUNTERSIGN_SECRET_KEY: 'k'.repeat(43) });
  const kernel = assembleKernel({ config, database, graph, log });
  const runtimes = new Map(allSubgraphs.map((each) => [each.name as string, new SubgraphRuntime(each, kernel)]));
  for (const runtime of runtimes.values()) await registerPermissions(database, runtime);
  await kernel.access.start();
  for (const { parts } of runtimes.values()) await parts.start?.();
  const bundle = await createBundle([...runtimes.values()].map(localLink).map(between));
  graph.connect((request, context) => bundle.execute(request, context));

  return {
    database,
    kernel,
    bundle,
    runtimes,
    superuserUrl: server.superuserUrl,
    faults,
    ask: async (principal, request, where = 'graph') => {
      const context = requestContext(principal, log, { surface: 'test' });
      const executor = where === 'graph' ? bundle : runtimes.get(where);
      if (!executor) throw new Error(`There is no subgraph ${where}.`);
      return { result: await executor.execute(request, context), correlationId: context.correlationId };
    },
    close: async () => {
      await bundle.close();
      for (const { parts } of runtimes.values()) await parts.stop?.();
      await kernel.access.stop();
      await database.close();
      await server.stop();
    },
  };
}

/** A log that is kept, of errors alone. */
const logInto = (lines: string[]): Logger =>
  pino({ level: 'error' }, { write: (line: string) => void lines.push(line.slice(0, 5_000)) });
