import { type Config, Database, migrateQueue } from '@countersign/kernel';
import { allSubgraphs } from './subgraphs.ts';

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
  if (url && ownerUrl) await migrateQueue(ownerUrl, decodeURIComponent(new URL(url).username));
}
