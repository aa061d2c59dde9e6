import { Access, createLogger, Database, ensureLoginRole, type Principal, requestContext } from '@countersign/kernel';
import { createTestDatabase } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../../test/support/postgres.ts';
import { knowledge } from '../src/index.ts';
import { hashingEmbedder } from '../src/services/embedder.ts';
import { Ingestion } from '../src/services/ingestion.ts';
import { Search } from '../src/services/search.ts';
import { reader } from './house.fixture.ts';

/** A PostgreSQL that has no pgvector, and the embedded database, which does. */
describe('on a PostgreSQL without pgvector', () => {
  let server: PostgresServer;
  let plain: Database;
  let withVectors: Database;
  const principal = reader();
  const documents = [
    ['Discharge', 'A discharge needs the signature of a physician.'],
    ['Falls', 'After a fall the nurse checks the patient for injuries.'],
    ['Medication', 'The nurse signs for every dose of morphine that she gives.'],
  ] as const;

  beforeAll(async () => {
    server = await startPostgres();
    plain = await Database.open({ entities: knowledge.entities, url: server.appUrl, poolSize: 4 });
    await plain.migrate(knowledge.migrations, server.ownerUrl);
    await ensureLoginRole(server.ownerUrl, server.appUrl);
    withVectors = await createTestDatabase([knowledge]);
    for (const database of [plain, withVectors]) {
      const ingestion = new Ingestion(database, hashingEmbedder, () => new Date());
      for (const [title, text] of documents) {
        const context = requestContext(principal, createLogger('silent'));
        const open = { roles: ['operator'], classification: 0, department: null, region: null };
        await ingestion.ingest(context, { source: 'Handbook', title, text, ...open });
      }
    }
  });
  afterAll(async () => {
    await withVectors?.close();
    await plain?.close();
    await server?.stop();
  });

  const find = async (database: Database, query: string, who: Principal = principal) => {
    const log = createLogger('silent');
    const access = new Access({ database, log, now: () => new Date() });
    const search = new Search({ database, access, embedder: hashingEmbedder });
    const { edges } = await search.find(requestContext(who, log), query, { first: 10, after: undefined });
    return edges.map(({ node, score }) => ({ quote: node.quote, score: Number(score.toFixed(5)) }));
  };

  it.each(['Who signs at discharge?', 'dishcarge', 'the nurse after a fall'])(
    'finds the same for "%s"',
    async (query) => {
      const found = await find(plain, query);
      expect(found.length).toBeGreaterThan(0);
      expect(found).toEqual(await find(withVectors, query));
    },
  );

  it('shows another tenant nothing', async () => {
    expect(await find(plain, 'discharge', reader())).toEqual([]);
  });
});
