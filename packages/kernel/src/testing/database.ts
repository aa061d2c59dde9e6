import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, openAsBlob, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Database } from '../database/database.ts';
import { kernelMigrations } from '../database/kernel-migrations.ts';
import { createPglite } from '../database/pglite.ts';
import { hasCode } from '../errors.ts';
import { Events } from '../events/events.ts';
import type { SubgraphDefinition } from '../graph/subgraph.ts';
import { newId } from '../ids.ts';
import { createLogger } from '../telemetry/log.ts';

const cacheDir = join(process.cwd(), 'node_modules', '.cache', 'countersign');

/**
 * PostgreSQL as a test needs it, and as it starts in half the time: what is written is gone with the process, so that it
 * keeps no copies for after a crash, and there is little of it. What statements do is the same.
 */
const lean = {
  segments: ['--wal-segsize=1'],
  settings: ['shared_buffers=16MB', 'wal_level=minimal', 'max_wal_senders=0', 'full_page_writes=off'],
  // Nobody makes databases here; without these the image is half as big.
  templates: ['template1', 'template0'],
};
const startParams = [...PGlite.defaultStartParams, ...lean.settings.flatMap((setting) => ['-c', setting])];

/** A migrated database of its own for one test file, in memory, copied from an image that is made once. */
export async function createTestDatabase(definitions: readonly SubgraphDefinition[]): Promise<Database> {
  const image = await imageOf(definitions);
  const pglite = await createPglite({ dataDir: 'memory://', loadDataDir: await openAsBlob(image), startParams });
  return Database.open({ entities: definitions.flatMap((definition) => [...definition.entities]), pglite });
}

/** The image's name is its content's: whoever changes a migration gets a new one. */
async function imageOf(definitions: readonly SubgraphDefinition[]): Promise<string> {
  const migrations = definitions.flatMap((definition) => [...definition.migrations]);
  const statements = JSON.stringify([
    lean,
    ...[...kernelMigrations, ...migrations].map((each) => [each.name, each.statements]),
  ]);
  const file = join(cacheDir, `database-${createHash('sha256').update(statements).digest('hex').slice(0, 16)}.tar`);
  if (existsSync(file)) return file;
  const pglite = await createPglite({ dataDir: 'memory://', startParams, initDbStartParams: lean.segments });
  const database = await Database.open({ entities: [], pglite });
  await database.migrate(migrations);
  const events = new Events(database, [], createLogger('silent'));
  await events.start();
  await events.stop();
  await pglite.exec('update pg_database set datistemplate = false');
  for (const template of lean.templates) await pglite.exec(`drop database ${template}`);
  await pglite.exec('checkpoint');
  const image = await pglite.dumpDataDir('none');
  await database.close();
  mkdirSync(cacheDir, { recursive: true });
  const draft = `${file}.${newId()}`;
  writeFileSync(draft, Buffer.from(await image.arrayBuffer()));
  keepFirst(draft, file);
  return file;
}

/** Of several who made it at once the first one's stays: somebody may be reading it already. */
function keepFirst(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  unlinkSync(draft);
}
