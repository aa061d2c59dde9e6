import { describe, expect, it } from '@jest/globals';
import { CompiledQuery } from 'kysely';
import { servicePrincipal } from '../principal/principal.ts';
import { inSession, type Session, sendLast } from './session.ts';
import { TransactionDriver } from './transaction-driver.ts';

const { tenantId } = servicePrincipal('0198f1a0-0000-7000-8000-00000000ac3e', 'test', []);
const app: Session = { role: 'app', tenantId };
const opening = `begin; set local role countersign_app; set local app.tenant_id = '${tenantId}'`;

/** What is sent to a database when `work` is done in a transaction; `fails` are statements that it refuses. */
async function sent(
  work: (transaction: { run(sql: string, parameters?: unknown[]): Promise<unknown>; driver: Driven }) => Promise<void>,
  session: Session = app,
): Promise<string[]> {
  const messages: string[] = [];
  const driver = new TransactionDriver(async () => ({
    send: async (sql) => {
      messages.push(sql);
      return { rows: [] };
    },
    release: () => messages.push('(released)'),
  }));
  await inSession(session, async () => {
    const connection = await driver.acquireConnection();
    await driver.beginTransaction(connection);
    const run = (sql: string, parameters: unknown[] = []) =>
      connection.executeQuery(CompiledQuery.raw(sql, parameters));
    await work({
      run,
      driver: {
        savepoint: (name) => driver.savepoint(connection, name),
        rollbackTo: (name) => driver.rollbackToSavepoint(connection, name),
        rollback: () => driver.rollbackTransaction(connection),
        commit: () => driver.commitTransaction(connection),
      },
    });
    await driver.releaseConnection(connection);
  });
  return messages;
}

interface Driven {
  savepoint(name: string): Promise<void>;
  rollbackTo(name: string): Promise<void>;
  rollback(): Promise<void>;
  commit(): Promise<void>;
}

describe('a transaction', () => {
  it('is opened by the message of its first statement', async () => {
    const messages = await sent(async ({ run, driver }) => {
      await run('select 1');
      await run('select 2');
      await driver.commit();
    });
    expect(messages).toEqual([`${opening}; select 1`, 'select 2', 'commit', '(released)']);
  });

  it('is opened by a message of its own where the first statement has parameters', async () => {
    const messages = await sent(async ({ run, driver }) => {
      await run('select $1', [1]);
      await driver.commit();
    });
    expect(messages).toEqual([opening, 'select $1', 'commit', '(released)']);
  });

  it('in which nothing is asked asks nothing', async () => {
    expect(await sent(({ driver }) => driver.commit())).toEqual(['(released)']);
    expect(await sent(({ driver }) => driver.rollback())).toEqual(['(released)']);
  });

  it('sends what was left for its end together with the commit, and opens itself with it if need be', async () => {
    const messages = await sent(async ({ run, driver }) => {
      sendLast('insert 1');
      await run('select 1');
      sendLast('insert 2');
      await driver.commit();
    });
    expect(messages).toEqual([`${opening}; select 1`, 'insert 1; insert 2; commit', '(released)']);
    const alone = await sent(async ({ driver }) => {
      sendLast('insert 1');
      await driver.commit();
    });
    expect(alone).toEqual([`${opening}; insert 1; commit`, '(released)']);
  });

  it('forgets what was left for its end since a savepoint that it goes back to', async () => {
    const messages = await sent(async ({ driver }) => {
      sendLast('insert 1');
      await driver.savepoint('here');
      sendLast('insert 2');
      await driver.rollbackTo('here');
      sendLast('insert 3');
      await driver.commit();
    });
    expect(messages).toEqual([
      `${opening}; savepoint "here"`,
      'rollback to savepoint "here"',
      'insert 1; insert 3; commit',
      '(released)',
    ]);
  });

  it('rolled back sends nothing of what was left for its end', async () => {
    const messages = await sent(async ({ run, driver }) => {
      await run('select 1');
      sendLast('insert 1');
      await driver.rollback();
    });
    expect(messages).toEqual([`${opening}; select 1`, 'rollback', '(released)']);
  });

  it('that only reads ends before its connection is given to anybody else', async () => {
    const messages = await sent(
      async ({ run, driver }) => {
        await run('select 1');
        await driver.commit();
      },
      { ...app, readOnly: true },
    );
    expect(messages).toEqual([`${opening.replace('begin', 'begin read only')}; select 1`, 'commit', '(released)']);
  });

  it('leaves nothing for the end of no transaction', () => {
    expect(() => sendLast('insert 1')).toThrow(/no transaction/);
  });
});
