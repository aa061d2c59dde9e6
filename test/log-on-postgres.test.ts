import { actions } from '@countersign/actions';
import { createLogger, Database, ensureLoginRole, newId, tenantId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEntry } from '../subgraphs/actions/src/services/decision-log/index.ts';
import { LogSealer } from '../subgraphs/actions/src/services/log-sealer.ts';
import { LogSigner } from '../subgraphs/actions/src/services/log-signer.ts';
import { eraseLogValues } from '../subgraphs/actions/src/statements.ts';
import { type PostgresServer, startPostgres } from './support/postgres.ts';

/** Row-level security binds the owner here, who is no superuser: what runs as the owner has to get through it. */
describe('the decision log on PostgreSQL', () => {
  const tenant = { tenantId: tenantId(newId()) };
  const entry = newEntry({
    ...tenant,
    actionId: null,
    kind: 'CONFIGURATION',
    occurredAt: new Date(),
    principal: { kind: 'user', id: newId() },
    correlationId: 'request',
    values: { patient: 'Maria', note: 'Cough.' },
    previousOfAction: null,
  });
  let server: PostgresServer;
  let database: Database;
  beforeAll(async () => {
    server = await startPostgres();
    database = await Database.open({ entities: actions.entities, url: server.appUrl });
    await database.migrate(actions.migrations, server.ownerUrl);
    await ensureLoginRole(server.ownerUrl, server.appUrl);
    await database.withTenant(tenant, (em) =>
      em.execute(
        `insert into actions.log_entry (id, tenant_id, format, kind, occurred_at, principal, correlation_id, facts,
           entry_values, salts, value_digests)
         values (?, ?, 1, ?, ?, ?::jsonb, ?, '{}', ?::jsonb, ?::jsonb, ?::jsonb)`,
        [
          ...[entry.id, entry.tenantId, entry.kind, entry.occurredAt],
          ...[JSON.stringify(entry.principal), entry.correlationId],
          ...[entry.values, entry.salts, entry.valueDigests].map((each) => JSON.stringify(each)),
        ],
      ),
    );
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });

  const read = async () => {
    const rows: { seq: number | null; values: object; salts: object }[] = await database.withTenant(tenant, (em) =>
      em.execute('select seq, entry_values as values, salts from actions.log_entry'),
    );
    return rows;
  };

  it('is signed with one key, however many processes begin at once', async () => {
    const config = { secretKey: 'k'.repeat(43), dataDir: '/nonexistent' };
    const signers = [1, 2, 3].map(() => new LogSigner({ database, config, log: createLogger('silent') }));
    const keys = await Promise.all(signers.map((signer) => signer.key()));
    const pems = new Set(keys.map((key) => key?.export({ type: 'pkcs8', format: 'pem' })));
    expect([pems.size, pems.has(undefined)]).toEqual([1, false]);
    const [signer] = signers;
    if (signer) await new LogSealer({ database, signer, now: () => new Date() }).sealOutstanding();
    const heads = await database.withTenant(tenant, (em) => em.execute('select tree_size from actions.log_tree_head'));
    expect(heads).toEqual([{ tree_size: 1 }]);
  });

  it('loses a value to its own tenant alone', async () => {
    await database.withTenant({ tenantId: tenantId(newId()) }, (em) => eraseLogValues(em, entry.id, ['patient']));
    expect((await read())[0]?.values).toEqual({ patient: 'Maria', note: 'Cough.' });
    await database.withTenant(tenant, (em) => eraseLogValues(em, entry.id, ['patient']));
    const [erased] = await read();
    expect(erased).toMatchObject({ seq: 1, values: { note: 'Cough.' } });
    expect(Object.keys(erased?.salts ?? {})).toEqual(['note']);
  });

  it('has its values erased by nobody but the application', async () => {
    const attempt = database.asRole('worker', (em) => eraseLogValues(em, entry.id, ['note']));
    await expect(attempt).rejects.toThrow('permission denied');
  });
});
