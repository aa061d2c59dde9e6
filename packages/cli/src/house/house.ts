import { type Demo, DemoIssuer, Gateway, localLink, serveHttp } from '@countersign/gateway';
import {
  type Config,
  createLogger,
  Database,
  Events,
  GraphClient,
  type Kernel,
  type Logger,
  lockFolder,
  migrateQueue,
  SubgraphRuntime,
  startTracing,
} from '@countersign/kernel';
import { demoUsers } from '../demo/people.ts';
import { CleanUp } from './clean-up.ts';
import { allSubgraphs } from './subgraphs.ts';

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
    const kernel: Kernel = { config, database, graph, log, now: () => new Date() };
    const runtimes = allSubgraphs.map((definition) => new SubgraphRuntime(definition, kernel));
    const parts = runtimes.map((runtime) => runtime.parts);
    const demo = config.demo ? demoOf(config) : undefined;
    const gateway = await Gateway.create({ config, log, links: runtimes.map(localLink), verifier: demo?.issuer, demo });
    graph.connect((request, context) => gateway.bundle.execute(request, context));
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
    await beforeListening?.({ database, gateway });
    cleanUp.add(() => gateway.close());
    const server = await serveHttp(gateway);
    cleanUp.add(() => server.close());
    lock.announce(server.url);
    return { url: server.url, database, gateway, close: () => cleanUp.run() };
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

export function openDatabase(config: Config): Promise<Database> {
  const entities = allSubgraphs.flatMap((definition) => [...definition.entities]);
  return Database.open({ entities, url: config.database.url, folder: config.dataDir });
}

/** Applies every subgraph's migrations, and the job queue's. On PostgreSQL only where the owner's URL is given. */
export async function migrateAll(database: Database, config: Config): Promise<void> {
  const { url, ownerUrl } = config.database;
  if (url && !ownerUrl) return;
  await database.migrate(
    allSubgraphs.flatMap((definition) => [...definition.migrations]),
    ownerUrl,
  );
  if (ownerUrl) await migrateQueue(ownerUrl);
}

const demoOf = (config: Config): Demo => ({ issuer: new DemoIssuer(config.dataDir), users: demoUsers });

export const houseLogger = (config: Config): Logger => createLogger(config.logLevel, { pretty: process.stdout.isTTY });
