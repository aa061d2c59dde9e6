import {
  assembleKernel,
  type Config,
  createLogger,
  Database,
  Events,
  ensureLoginRole,
  GraphClient,
  migrateQueue,
} from '@countersign/kernel';
import { allSubgraphs } from './subgraphs.ts';

export function openDatabase(config: Config): Promise<Database> {
  const entities = allSubgraphs.flatMap((definition) => [...definition.entities]);
  return Database.open({ entities, url: config.database.url, folder: config.dataDir });
}

/**
 * Applies every subgraph's migrations. On PostgreSQL only where the owner's URL is given, and then also what is a matter
 * of course on an embedded database: the role to log in with, the job queue's tables, and who consumes which events.
 */
export async function migrateAll(database: Database, config: Config): Promise<void> {
  const { url, ownerUrl } = config.database;
  if (url && !ownerUrl) return;
  await database.migrate(
    allSubgraphs.flatMap((definition) => [...definition.migrations]),
    ownerUrl,
  );
  if (!url || !ownerUrl) return;
  await ensureLoginRole(ownerUrl, url);
  await migrateQueue(ownerUrl, decodeURIComponent(new URL(url).username));
  await registerConsumers(database, config);
}

/** Subgraphs come up in any order: what one tells before another is up must wait for it, not be lost. */
async function registerConsumers(database: Database, config: Config): Promise<void> {
  const log = createLogger('silent');
  const kernel = assembleKernel({ config, database, graph: new GraphClient(), log });
  const consumers = allSubgraphs.flatMap((definition) => [...(definition.assemble(kernel).consumers ?? [])]);
  await new Events(database, consumers, log).register();
}
