import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stopHospital } from '@countersign/demo-hospital';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { blocks } from './support/guides.ts';
import { Product } from './support/product.ts';

/** The operations of the guides, just as they stand there, against the started product. */
describe('the operations of the guides', () => {
  const tokens = new Map<string, string>();
  let product: Product;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await startReceiver();
    product = await Product.create();
    await product.start({ COUNTERSIGN_WEBHOOK_ORIGINS: receiver.url });
    for (const name of ['operator', 'approver', 'admin', 'auditor']) {
      tokens.set(name, await product.token(`${name}@acme.test`));
    }
  }, 120_000);
  afterAll(async () => {
    await product?.remove();
    receiver?.close();
  });

  /** Runs one operation of a guide as somebody; answers its only root field, and expects no errors of GraphQL's. */
  async function run(who: string, place: string, variables: object = {}, change = (text: string) => text) {
    const { text, name } = operationOf(place);
    const body = JSON.stringify({ query: change(text), operationName: name, variables });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(who)}` };
    const response = await fetch(`${product.url}/graphql`, { method: 'POST', headers, body });
    const { data, errors } = (await response.json()) as Answer; // What is asked decides what is answered.
    expect({ place, errors }).toEqual({ place, errors: undefined });
    return Object.values(data ?? {})[0];
  }
  const order = (note: string) => ({ ...proposed.steps[0]?.input, note });
  const propose = async (input: object) => {
    const query = `mutation($input: FhirCreateServiceRequestInput!) {
      fhirCreateServiceRequest(input: $input) { action { id } userErrors { code message } } }`;
    const { data } = await product.graphql(tokens.get('operator') ?? '', query, {
      input: { ...input, priority: 'ROUTINE' },
    });
    return (data as Answer['data'])?.fhirCreateServiceRequest.action.id as string;
  };
  const approve = async (actionId: string) => {
    const query = `mutation($id: ID!) { approveAction(input: { actionId: $id }) { action { status } userErrors { code } } }`;
    await product.graphql(tokens.get('approver') ?? '', query, { id: actionId });
  };
  const follow = (who: string, place: string) => {
    const { text, name } = operationOf(place);
    const client = createClient({
      url: `${product.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${tokens.get(who)}` },
    });
    const events = client.iterate<Answer['data']>({ query: text, operationName: name });
    return {
      next: async () => Object.values((await events.next()).value?.data ?? {})[0],
      leave: () => client.dispose(),
    };
  };

  it('follow what happens, remind those who could approve, and show them what waits', async () => {
    const changes = follow('auditor', 'live: Changes');
    const requests = follow('approver', 'live: Requests');
    const [change, request] = [changes.next(), requests.next()];
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const id = await propose(order('Followed.'));
    expect(await change).toMatchObject({ kind: 'PROPOSED', status: 'AWAITING_APPROVAL', action: { id } });
    expect(await request).toMatchObject({ reminder: false, action: { id, maker: { name: 'Olga Operator' } } });
    const [reminder] = [requests.next()];
    expect(await run('operator', 'live: Remind', { id })).toMatchObject({ action: { id }, userErrors: [] });
    expect(await reminder).toMatchObject({ reminder: true, comment: 'The ward is waiting.', action: { id } });
    await Promise.all([changes.leave(), requests.leave()]);
    const inbox = await run('approver', 'frontend: Inbox');
    expect(inbox.count).toBe(1);
    expect(inbox.edges[0]).toMatchObject({ node: { id, input: { note: 'Followed.' } } });

    expect(await run('operator', 'frontend: Again', { id })).toMatchObject({ action: { status: 'AWAITING_APPROVAL' } });
    const edit = { id, input: { ...order('Edited.'), priority: 'ROUTINE' }, reason: 'Said better.' };
    expect(await run('admin', 'frontend: Edit', edit)).toMatchObject({ action: { revision: 2 }, userErrors: [] });
    await approve(id);
    const done = await run('operator', 'degraded: Execute', { input: { actionId: id } });
    expect(done).toMatchObject({ action: { status: 'SUCCEEDED', waitingSince: null }, degraded: null, userErrors: [] });
    const result = await run('operator', 'frontend: Result', { id });
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      outcome: { externalId: expect.stringContaining('ServiceRequest') },
    });
    // Who changed what was to be done does not say what came of it.
    expect((await run('admin', 'frontend: Settle', { id })).userErrors[0].code).toBe('MAKER_CANNOT_SETTLE');
    expect(await run('auditor', 'degraded: ')).toMatchObject([{ connector: 'fhir', state: 'CLOSED', waiting: 0 }]);
  });

  it('propose several as one, decide on them as one, and take them back', async () => {
    const begin = async () => (await run('operator', 'bundles: Propose', { input: proposed })).bundle;
    const bundle = await begin();
    expect(bundle).toMatchObject({ status: 'AWAITING_APPROVAL', totals: { steps: 2 } });
    expect(bundle.steps).toMatchObject([
      { key: 'picture', takesFromOthers: false },
      { key: 'second', takesFromOthers: true, dependsOn: ['picture'] },
    ]);
    const bundleId = bundle.id;
    const approved = await run('approver', 'bundles: Approve', { bundleId, planHash: bundle.planHash });
    expect(approved).toMatchObject({ bundle: { status: 'APPROVED' }, userErrors: [] });
    expect((await run('operator', 'bundles: Execute', { bundleId })).userErrors).toEqual([]);
    const end = await until(
      () => run('operator', 'bundles: Follow', { id: bundleId }),
      ({ status }) => status === 'SUCCEEDED',
    );
    expect(end).toMatchObject({
      failedStep: null,
      steps: [{ action: { status: 'SUCCEEDED' } }, { action: { status: 'SUCCEEDED' } }],
    });
    const undone = await run('operator', 'bundles: Undo', { bundleId, reason: 'For the wrong patient.' });
    expect(undone.userErrors).toEqual([]);
    await until(
      () => run('operator', 'bundles: Follow', { id: bundleId }),
      ({ status }) => status === 'COMPENSATED',
    );

    const refused = await run('approver', 'bundles: Reject', { bundleId: (await begin()).id });
    expect(refused).toMatchObject({ bundle: { status: 'REJECTED' }, userErrors: [] });
    const left = await begin();
    await run('approver', 'bundles: Approve', { bundleId: left.id, planHash: left.planHash });
    // Before it has begun it is rejected; what has begun is cancelled.
    const early = await run('operator', 'bundles: Cancel', { bundleId: left.id, reason: 'Not today.' });
    expect(early.userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);

    const [step] = proposed.steps;
    const template = { ...step, input: { ...step?.input, patient: { $record: '/patient' } } };
    const records = [{ patient: 'Patient/maria-lindqvist' }, { patient: 'Patient/nobody' }];
    const simulated = await run('operator', 'bundles: Simulate', { input: { steps: [template], records } });
    expect(simulated).toMatchObject({
      simulation: { records: 2, going: 1, refusals: [{ record: 1 }] },
      userErrors: [],
    });
  });

  it('say how far tools go without people', async () => {
    expect((await run('admin', 'autonomy: AutonomyReport')).edges.length).toBeGreaterThan(0);
    const unknown = '0198f1a0-0000-7000-8000-000000000000';
    expect((await run('admin', 'autonomy: Promote', { proposalId: unknown })).userErrors).toHaveLength(1);
    expect(await run('admin', 'autonomy: OnlySuggest')).toMatchObject({ setting: { name: 'fhir', level: 'SUGGEST' } });
    expect(await run('admin', 'autonomy: Stricter')).toMatchObject({
      rules: { successesUnattended: 200 },
      userErrors: [],
    });
    expect(await run('admin', 'autonomy: WhatIsSet')).toHaveLength(2);
  });

  it('tell a webhook, and tell it again', async () => {
    const ours = (text: string) => text.replace('https://hooks.example.org', receiver.url);
    const { webhook, secret, userErrors } = await run('admin', 'webhooks: Create', {}, ours);
    expect({ userErrors, secret }).toEqual({ userErrors: [], secret: expect.stringMatching(/^whsec_/) });
    const id = await propose(order('Told.'));
    await approve(id);
    await run('operator', 'degraded: Execute', { input: { actionId: id } });
    const [first] = await receiver.heard(1);
    const [example] = blocks('docs/webhooks.md', 'json').map(({ code }) => JSON.parse(code));
    expect(Object.keys(first ?? {})).toEqual(Object.keys(example));
    expect(first).toMatchObject({ type: 'action.succeeded', data: { actionId: id, status: 'SUCCEEDED' } });
    expect((await run('admin', 'webhooks: Failed', { webhookId: webhook.id })).edges).toEqual([]);
    const since = new Date(Date.now() - 3_600_000).toISOString();
    expect(await run('admin', 'webhooks: Replay', { webhookId: webhook.id, since })).toMatchObject({ userErrors: [] });
  });

  it('cancel what waits for the other side to come back', async () => {
    const { bundle } = await run('operator', 'bundles: Propose', { input: proposed });
    const bundleId = bundle.id;
    await run('approver', 'bundles: Approve', { bundleId, planHash: bundle.planHash });
    await stopHospital({ dataDir: join(product.dataDir, 'hospital') });
    await run('operator', 'bundles: Execute', { bundleId });
    const cancelled = await run('operator', 'bundles: Cancel', { bundleId, reason: 'Not today.' });
    expect(cancelled).toMatchObject({ bundle: { cancelledBecause: 'Not today.' }, userErrors: [] });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: whatever an operation of a guide asks for.
type Any = any;

interface Answer {
  readonly data?: Readonly<Record<string, Any>>;
  readonly errors?: readonly unknown[];
}

/** The block of `docs/GUIDE.md` with an operation of that name: `GUIDE: NAME`; without a name, the block with no named one. */
function operationOf(place: string): { text: string; name: string | undefined } {
  const [guide, name] = place.split(': ');
  const named = new RegExp(`^(query|mutation|subscription) ${name || '\\{'}`, 'm');
  const found = blocks(`docs/${guide}.md`, 'graphql').find(({ code }) =>
    name ? named.test(code) : code.startsWith('query {'),
  );
  if (!found) throw new Error(`There is no operation ${place}.`);
  return { text: found.code, name: name || undefined };
}

/** The bundle of the guide. */
const proposed: { steps: { input: object }[] } = JSON.parse(
  blocks('docs/bundles.md', 'json').map(({ code }) => code)[0] ?? '{}',
).input;

async function until(ask: () => Promise<Any>, isSo: (answer: Any) => boolean): Promise<Any> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`It stays so: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Receiver {
  readonly url: string;
  /** What has come, once there is so much. */
  heard(count: number): Promise<Any[]>;
  close(): void;
}

function startReceiver(): Promise<Receiver> {
  const bodies: Any[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += String(part);
    bodies.push(JSON.parse(text));
    response.end();
  });
  return new Promise((ready) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo; // It listens on a port.
      ready({
        url: `http://127.0.0.1:${port}`,
        heard: (count) =>
          until(
            async () => bodies,
            (all) => all.length >= count,
          ),
        close: () => server.close(),
      });
    }),
  );
}
