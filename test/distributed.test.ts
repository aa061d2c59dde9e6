import {
  Database,
  newId,
  type Principal,
  PrincipalSigner,
  principalHeader,
  servicePrincipal,
} from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Distributed, subgraphNames } from './support/distributed.ts';

/** The main job over six processes and a PostgreSQL server, and what a process refuses that is not one of ours. */
describe('the distributed product', () => {
  let product: Distributed;

  beforeAll(async () => {
    product = await Distributed.create();
    const migrated = await product.migrate();
    expect(migrated).toMatchObject({ code: 0, stderr: '' });
    await product.start();
  }, 240_000);
  afterAll(() => product?.remove(), 60_000);

  it('walks the main job with `countersign demo`', async () => {
    const { code, stdout, stderr } = await product.run(['demo']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('refused: MAKER_IS_NOT_CHECKER');
    expect(stdout).toContain('sealed and verified');
    expect(stdout).toMatch(/1 successful actions for \$0\.\d*[1-9]/);
    expect(stdout).toContain('The walk is done.');
  }, 120_000);

  const withBudget = '{ viewer { tenant { name budget { monthlyUsd } } } }';
  const globex = (budget: object | null) => ({ viewer: { tenant: { name: 'globex', budget } } });

  it('gives the tenants their budget, though billing came up after they were made', async () => {
    expect(await product.ask('operator@globex.test', withBudget)).toEqual({ data: globex({ monthlyUsd: 100 }) });
  });

  it('answers what it can while a subgraph is gone, says what is missing, and is whole again when it is back', async () => {
    await product.process('billing').end('SIGKILL');
    expect(await product.ask('operator@globex.test', withBudget)).toEqual({
      data: globex(null),
      errors: [
        {
          message: 'billing does not answer.',
          extensions: expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }),
        },
      ],
    });
    await product.startProcess('billing');
    expect(await product.ask('operator@globex.test', withBudget)).toEqual({ data: globex({ monthlyUsd: 100 }) });
  }, 60_000);

  it('tells live what happens in other processes, and says so when it no longer can', async () => {
    const { stdout } = await product.run(['token', 'auditor@acme.test']);
    const client = createClient({
      url: `${product.process('gateway').url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${stdout.trim().split('\n').at(-1)}` },
      retryAttempts: 0,
    });
    const acknowledged = new Promise((resolve) => client.on('connected', resolve));
    const query = 'subscription { actionChanged { kind action { status maker { name } } } }';
    const events = client.iterate({ query });
    let heard = false;
    const first = events.next().finally(() => (heard = true));
    const order = '{ patient: "Patient/maria-lindqvist", code: { system: "http://loinc.org", code: "36643-5" } }';
    const propose = `mutation { fhirCreateServiceRequest(input: ${order}) { userErrors { code message } } }`;
    // It is followed some time after it was asked for; what happened before is not told.
    await acknowledged;
    while (!heard) await product.ask('operator@acme.test', propose);
    const action = { status: 'AWAITING_APPROVAL', maker: { name: 'Olga Operator' } };
    expect((await first).value).toEqual({ data: { actionChanged: { kind: 'PROPOSED', action } } });
    const end = (async () => {
      for (;;) if ((await events.next()).done) return 'a plain end';
    })();
    end.catch(() => {});
    await product.process('actions').end('SIGTERM');
    await expect(end).rejects.toMatchObject([{ extensions: { code: 'SUBSCRIPTION_INTERRUPTED' } }]);
    await client.dispose();
    await product.startProcess('actions');
  }, 90_000);

  it('lets nobody change the decision log, with the very role that its processes log in with', async () => {
    const database = await Database.open({ entities: [], url: product.postgres.appUrl });
    const entries = (principal: Principal) =>
      database.withTenant(principal, (em) => em.execute('select id from actions.log_entry'));
    const acme = servicePrincipal('0198f1a0-0000-7000-8000-00000000ac3e', 'test', []);
    try {
      expect(await entries(acme)).not.toEqual([]);
      expect(await entries(servicePrincipal(newId(), 'test', []))).toEqual([]);
      const denied = /permission denied/;
      for (const sql of ["update actions.log_entry set kind = 'FORGED'", 'delete from actions.log_entry']) {
        await expect(database.withTenant(acme, (em) => em.execute(sql))).rejects.toThrow(denied);
        await expect(database.asRole('sealer', (em) => em.execute(sql))).rejects.toThrow(denied);
      }
      for (const role of ['worker', 'relay'] as const) {
        const look = database.asRole(role, (em) => em.execute('select id from actions.log_entry'));
        await expect(look).rejects.toThrow(denied);
      }
      const input = database.asRole('worker', (em) => em.execute('select * from actions.action'));
      await expect(input).rejects.toThrow(denied);
    } finally {
      await database.close();
    }
  });

  it('migrates again without harm while it runs', async () => {
    expect(await product.migrate()).toMatchObject({ code: 0, stderr: '' });
  }, 60_000);

  describe('a process reached without a principal that we signed for this very request', () => {
    const body = JSON.stringify({ query: '{ _service { sdl } }' });
    const signed = { principal: servicePrincipal(newId(), 'test', ['*:*:*']), origin: {} };
    const signer = (now?: () => number) => new PrincipalSigner(product.principalKey, now);
    const ask = async (name: string, header: string | undefined, sent: string | undefined = body) => {
      const response = await fetch(`${product.process(name).url}/graphql`, {
        method: sent === '' ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...(header === undefined ? {} : { [principalHeader]: header }) },
        ...(sent === '' ? {} : { body: sent }),
      });
      return { status: response.status, ...((await response.json()) as { data?: object; errors?: object[] }) };
    };
    const refused = (why: RegExp | string) => ({
      status: 401,
      errors: [{ message: expect.stringMatching(why), extensions: { code: 'UNAUTHENTICATED' } }],
    });

    it.each(subgraphNames)('%s serves nothing, also not its SDL', async (name) => {
      for (const query of [
        '{ _service { sdl } }',
        '{ __typename }',
        '{ __schema { types { name } } }',
        'not a query',
      ]) {
        expect(await ask(name, undefined, JSON.stringify({ query }))).toEqual(refused('is not signed by us'));
      }
      expect(await ask(name, undefined, '')).toEqual(refused('is not signed by us'));
      expect(await ask(name, undefined, 'no JSON')).toEqual(refused('is not signed by us'));
    });

    it.each(subgraphNames)(
      '%s refuses one that is forged, stale, early, for another process or another body',
      async (name) => {
        const stranger = new PrincipalSigner('a key that is long enough and of somebody else');
        expect(await ask(name, stranger.sign(signed, name, body))).toEqual(refused('is not signed by us'));
        const [version, payload = '', mac] = signer().sign(signed, name, body).split('.');
        const raised = JSON.parse(Buffer.from(payload, 'base64url').toString());
        raised.principal.roles = ['admin'];
        const altered = [version, Buffer.from(JSON.stringify(raised)).toString('base64url'), mac].join('.');
        expect(await ask(name, altered)).toEqual(refused('is not signed by us'));
        const shifted = (seconds: number) => signer(() => Date.now() + seconds * 1_000).sign(signed, name, body);
        expect(await ask(name, shifted(-20))).toEqual(refused('is stale'));
        expect(await ask(name, shifted(20))).toEqual(refused('is stale'));
        const other = name === 'tenants' ? 'billing' : 'tenants';
        expect(await ask(name, signer().sign(signed, other, body))).toEqual(refused('was made for another service'));
        expect(await ask(name, signer().sign(signed, name, `${body} `))).toEqual(
          refused('was made for another request'),
        );
      },
    );

    it.each(subgraphNames)('%s takes a good one, once', async (name) => {
      const header = signer().sign(signed, name, body);
      expect(await ask(name, header)).toMatchObject({ status: 200, data: { _service: { sdl: expect.any(String) } } });
      expect(await ask(name, header)).toEqual(refused('was used before'));
    });

    it('the gateway takes no forged, stale or replayed one either', async () => {
      const query = JSON.stringify({ query: '{ __typename }' });
      const stranger = new PrincipalSigner('a key that is long enough and of somebody else');
      expect(await ask('gateway', stranger.sign(signed, 'gateway', query), query)).toEqual(
        refused('is not signed by us'),
      );
      const stale = signer(() => Date.now() - 20_000).sign(signed, 'gateway', query);
      expect(await ask('gateway', stale, query)).toEqual(refused('is stale'));
      const header = signer().sign(signed, 'gateway', query);
      expect(await ask('gateway', header, query)).toEqual({ status: 200, data: { __typename: 'Query' } });
      expect(await ask('gateway', header, query)).toEqual(refused('was used before'));
    });
  });

  it('never told anyone a secret', () => {
    const secrets = [product.principalKey, new URL(product.postgres.appUrl).password, 'p@ss/word'];
    for (const { output } of product.processes.values()) {
      for (const secret of secrets) expect(output).not.toContain(secret);
    }
  });

  it('ends each process cleanly on SIGTERM', async () => {
    const all = [...product.processes];
    const codes = await Promise.all(all.map(async ([name, process]) => [name, await process.end('SIGTERM')]));
    expect(codes).toEqual(all.map(([name]) => [name, 0]));
  }, 60_000);
});
