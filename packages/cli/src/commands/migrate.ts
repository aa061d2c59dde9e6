import { CountersignError, loadConfig } from '@countersign/kernel';
import { seedTenants } from '../demo/seed.ts';
import { migrateAll, openDatabase } from '../house/database.ts';

/** `countersign migrate`: brings a PostgreSQL database up to date as its owner, and, for a demo, creates the demo's tenants. */
export async function migrate(): Promise<void> {
  const config = loadConfig();
  if (!config.database.url || !config.database.ownerUrl) {
    throw new CountersignError(
      'CONFIG_INVALID',
      'Set COUNTERSIGN_DATABASE_OWNER_URL (who owns the tables) and COUNTERSIGN_DATABASE_URL (who uses them).',
    );
  }
  const database = await openDatabase(config);
  try {
    await migrateAll(database, config);
    console.log('The database is up to date.');
    if (config.demo) await seedTenants(database, console.log);
  } finally {
    await database.close();
  }
}
