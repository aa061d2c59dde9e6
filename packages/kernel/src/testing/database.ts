import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, openAsBlob, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../database/database.ts';
import { kernelMigrations } from '../database/kernel-migrations.ts';
import { createPglite } from '../database/pglite.ts';
import { hasCode } from '../errors.ts';
import { Events } from '../events/events.ts';
import type { SubgraphDefinition } from '../graph/subgraph.ts';
import { newId } from '../ids.ts';
import { createLogger } from '../telemetry/log.ts';

const cacheDir = join(process.cwd(), 'node_modules', '.cache', 'countersign');

/** A migrated database of its own for one test file, in memory, copied from an image that is made once. */
export async function createTestDatabase(definitions: readonly SubgraphDefinition[]): Promise<Database> {
  const image = await imageOf(definitions);
  const pglite = await createPglite({ dataDir: 'memory://', loadDataDir: await openAsBlob(image) });
  return Database.open({ entities: definitions.flatMap((definition) => [...definition.entities]), pglite });
}

/** The image's name is its content's: whoever changes a migration gets a new one. */
async function imageOf(definitions: readonly SubgraphDefinition[]): Promise<string> {
  const migrations = definitions.flatMap((definition) => [...definition.migrations]);
  const statements = JSON.stringify([...kernelMigrations, ...migrations].map((each) => [each.name, each.statements]));
  const file = join(cacheDir, `database-${createHash('sha256').update(statements).digest('hex').slice(0, 16)}.tar`);
  if (existsSync(file)) return file;
  const pglite = await createPglite({ dataDir: 'memory://' });
  const database = await Database.open({ entities: [], pglite });
  await database.migrate(migrations);
  const events = new Events(database, [], createLogger('silent'));
  await events.start();
  await events.stop();
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
