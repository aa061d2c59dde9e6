import { Gateway, localLink, serveHttp } from '@countersign/gateway';
import {
  assembleKernel,
  type Config,
  createLogger,
  type Database,
  GraphClient,
  type Logger,
  lockFolder,
  SubgraphRuntime,
  startTracing,
} from '@countersign/kernel';
import { demoOf } from '../demo/demo.ts';
import { CleanUp } from './clean-up.ts';
import { migrateAll, openDatabase } from './database.ts';
import { allSubgraphs } from './subgraphs.ts';
import { startWorkers } from './workers.ts';

/** The whole product in one process, at work. */
export interface House {
  readonly url: string;
  readonly database: Database;
  readonly gateway: Gateway;
  close(): Promise<void>;
}

export interface HouseOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Told of each step as it begins. */
  readonly progress: (step: string) => void;
  /** Runs when the graph answers inside the process, before it answers outside. */
  readonly beforeListening?: (parts: { database: Database; gateway: Gateway }) => Promise<void>;
}

/** Starts everything in one process. What was begun is closed again, in reverse, when a later step fails. */
export async function startHouse({ config, log, progress, beforeListening }: HouseOptions): Promise<House> {
  const cleanUp = new CleanUp();
  try {
    const lock = lockFolder(config.dataDir);
    cleanUp.add(async () => lock.release());
    cleanUp.add(startTracing(config.otlpEndpoint));
    progress('Opening the database');
    const database = await openDatabase(config);
    cleanUp.add(() => database.close());
    progress('Bringing the schema up to date');
    await migrateAll(database, config);

    progress('Putting the graph together');
    const graph = new GraphClient();
    const kernel = assembleKernel({ config, database, graph, log });
    const runtimes = allSubgraphs.map((definition) => new SubgraphRuntime(definition, kernel));
    const demo = config.demo ? demoOf(config) : undefined;
    const links = runtimes.map(localLink);
    const gateway = await Gateway.create({ config, log, links, verifier: demo?.issuer, demo });
    graph.connect((request, context) => gateway.bundle.execute(request, context));
    await startWorkers(runtimes, kernel, cleanUp);
    cleanUp.add(() => gateway.close());
    await beforeListening?.({ database, gateway });
    const server = await serveHttp(gateway);
    cleanUp.add(() => server.close());
    lock.announce(server.url);
    return { url: server.url, database, gateway, close: () => cleanUp.run() };
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

export const houseLogger = (config: Config): Logger => createLogger(config.logLevel, { pretty: process.stdout.isTTY });
