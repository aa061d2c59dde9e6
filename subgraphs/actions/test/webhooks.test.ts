import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, SecretBox } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Leases } from '../src/services/leases.ts';
import { LogWriter } from '../src/services/log-writer.ts';
import { WebhookAttempts } from '../src/services/webhooks/attempts.ts';
import { WebhookDeliveries } from '../src/services/webhooks/deliveries.ts';
import { WebhookFanOut } from '../src/services/webhooks/fan-out.ts';
import { guardedAgent } from '../src/services/webhooks/guarded-agent.ts';
import { postVia } from '../src/services/webhooks/post.ts';
import { WebhookSender } from '../src/services/webhooks/sender.ts';
import { dueWebhooks } from '../src/statements/webhooks.ts';
import { codesOf, House, idOf, ordersOfOnesOwn, type UserError } from './house.ts';
import { Receiver, verified } from './receiver.ts';

interface Hook {
  id: string;
  url: string;
  disabledAt: string | null;
  disabledBecause: string | null;
  failingSince: string | null;
  eventTypes: string[] | null;
  previousSecretUntil: string | null;
}

interface Delivery {
  id: string;
  eventId: string;
  type: string;
  status: string;
  attempts: number;
  nextAttemptAt: string | null;
  responseStatus: number | null;
  reason: string | null;
  body: string;
}

interface Answer {
  webhook?: Hook | null;
  secret?: string | null;
  delivery?: Delivery | null;
  removedId?: string | null;
  count?: number | null;
  next?: string | null;
  userErrors: UserError[];
}

const hookFields = 'id url description eventTypes disabledAt disabledBecause failingSince previousSecretUntil';
const deliveryFields = 'id eventId type status attempts nextAttemptAt responseStatus reason body';
const hour = 3_600_000;

describe('webhooks', () => {
  let receiver: Receiver;
  let house: House;
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const allowed = new Set<string>();
  const secretKey = 'a key of more than thirty-two characters';
  const nextOrder = ordersOfOnesOwn();

  beforeAll(async () => {
    receiver = await Receiver.open();
    allowed.add(receiver.origin);
    const config = { secretKey, webhookOrigins: allowed };
    house = await House.open({ webhookTimeoutMs: 1_000 }, { events: true, config, now });
  });
  afterAll(async () => {
    await house.close();
    receiver.close();
  });
  // What one test leaves behind is not sent in the next one, whose clock may be another.
  afterEach(async () => {
    for (const { id } of await hooks()) await call('remove', { id });
    ahead = 0;
  });

  const shownBy: Record<string, [field: string, shown: string]> = {
    create: ['createWebhook', `webhook { ${hookFields} } secret`],
    rotate: ['rotateWebhookSecret', `webhook { ${hookFields} } secret`],
    update: ['updateWebhook', `webhook { ${hookFields} }`],
    enable: ['enableWebhook', `webhook { ${hookFields} }`],
    disable: ['disableWebhook', `webhook { ${hookFields} }`],
    remove: ['removeWebhook', 'removedId'],
    test: ['testWebhook', `delivery { ${deliveryFields} }`],
    replay: ['replayWebhookDelivery', `delivery { ${deliveryFields} }`],
    replaySince: ['replayWebhookDeliveries', 'count next'],
  };
  const call = async (name: string, input: object, who = house.admin): Promise<Answer> => {
    const [field = '', shown = ''] = shownBy[name] ?? [];
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input!`;
    const query = `mutation ($input: ${type}) { ${field}(input: $input) { ${shown} userErrors { code message path } } }`;
    return (await house.ask<Record<string, Answer>>(who, query, { input }))[field] as Answer; // The one field asked for.
  };
  const create = async (path: string, more: object = {}): Promise<{ id: string; secret: string }> => {
    const { webhook, secret, userErrors } = await call('create', { url: receiver.origin + path, ...more });
    if (!webhook || !secret) throw new Error(JSON.stringify(userErrors));
    return { id: webhook.id, secret };
  };
  const hooks = async (who = house.admin): Promise<Hook[]> =>
    (await house.ask<{ webhooks: Hook[] }>(who, `{ webhooks { ${hookFields} } }`)).webhooks;
  const hook = async (id: string): Promise<Hook | undefined> => (await hooks()).find((each) => each.id === id);
  const deliveries = async (webhookId: string, who = house.admin): Promise<Delivery[]> => {
    const query = `query ($webhookId: ID) { webhookDeliveries(webhookId: $webhookId, first: 100) { edges { node { ${deliveryFields} } } } }`;
    const { webhookDeliveries } = await house.ask<{ webhookDeliveries: { edges: { node: Delivery }[] } }>(who, query, {
      webhookId,
    });
    return webhookDeliveries.edges.map(({ node }) => node);
  };
  /** Waits until the only delivery of a webhook is as told. */
  const settled = async (webhookId: string, as: (delivery: Delivery) => boolean): Promise<Delivery> => {
    for (let left = 200; left > 0; left -= 1) {
      const [delivery] = await deliveries(webhookId);
      if (delivery && as(delivery)) return delivery;
      await sleep(50);
    }
    throw new Error(`Not as told: ${JSON.stringify(await deliveries(webhookId))}`);
  };
  const codes = ({ userErrors }: Answer): string[] => userErrors.map(({ code }) => code);
  const sql = async (text: string): Promise<Record<string, unknown>[]> => {
    const { backend } = house.subgraphs.database;
    if (backend.kind !== 'pglite') throw new Error('This test reaches round the application.');
    return (await backend.turnstile.run(() => backend.pglite.query<Record<string, unknown>>(text))).rows;
  };

  it('tell what happens to an action, each event once, signed, and with ids and states alone', async () => {
    const path = receiver.path();
    const { secret, id } = await create(path);
    const input = nextOrder();
    const actionId = idOf(await house.propose(null, { ...input, note: 'A note that stays in the house.' }));
    await house.approve(actionId);
    await house.execute(actionId);
    expect(codesOf(await house.undo(actionId))).toEqual([]);
    const got = await receiver.until(path, 6);
    await sleep(300);
    expect(receiver.at(path)).toHaveLength(6);
    const bodies = got.map((each) => verified(each, secret));
    const ofAction = bodies.filter(({ data }) => data.actionId === actionId);
    const { tenantId } = house.admin;
    const tool = 'fhir.createServiceRequest';
    expect(
      ofAction.sort((a, b) => a.timestamp.localeCompare(b.timestamp)).map(({ type, data }) => [type, data]),
    ).toEqual([
      ['action.proposed', { tenantId, actionId, tool, status: 'AWAITING_APPROVAL' }],
      ['action.approved', { tenantId, actionId, tool, status: 'APPROVED' }],
      ['action.succeeded', { tenantId, actionId, tool, status: 'SUCCEEDED', undoOf: null }],
      ['action.undone', { tenantId, actionId, tool, status: 'UNDONE' }],
    ]);
    expect(bodies.filter(({ data }) => data.undoOf === actionId)).toMatchObject([{ type: 'action.succeeded' }]);
    expect(JSON.stringify(got)).not.toMatch(/stays in the house|Patient|X-ray|Chest/i);
    expect(new Set(got.map((each) => each.id)).size).toBe(6);
    expect(new Set((await deliveries(id)).map(({ status }) => status))).toEqual(new Set(['DELIVERED']));
  });

  it('tell only what is subscribed to', async () => {
    const [some, all] = [receiver.path(), receiver.path()];
    const { id } = await create(some, { eventTypes: ['ACTION_REJECTED'] });
    await create(all);
    const actionId = idOf(await house.propose(null, nextOrder()));
    await house.reject(actionId);
    await receiver.until(all, 2);
    const [only] = await receiver.until(some, 1);
    expect(JSON.parse(only?.body ?? '')).toMatchObject({ type: 'action.rejected', data: { actionId } });
    expect((await call('update', { id, eventTypes: null })).webhook).toMatchObject({ eventTypes: null });
    expect(await deliveries(id)).toHaveLength(1);
  });

  it('are sent again after a failure, under the same id, with a new time', async () => {
    const path = receiver.path();
    const { id } = await create(path);
    receiver.answer(path, 500, 1);
    const { delivery } = await call('test', { id });
    await receiver.until(path, 1);
    const failed = await settled(id, ({ reason }) => reason !== null);
    expect(failed).toMatchObject({ status: 'PENDING', attempts: 1, responseStatus: 500, reason: 'STATUS' });
    expect((await hook(id))?.failingSince).not.toBeNull();
    ahead += 10_000;
    const [first, second] = await receiver.until(path, 2);
    expect(second?.id).toBe(delivery?.eventId);
    expect(first?.id).toBe(delivery?.eventId);
    expect(second?.body).toBe(first?.body);
    expect(Number(second?.headers['webhook-timestamp'])).toBeGreaterThan(Number(first?.headers['webhook-timestamp']));
    const done = await settled(id, ({ status }) => status === 'DELIVERED');
    expect(done).toMatchObject({ attempts: 2, responseStatus: 204, reason: null, nextAttemptAt: null });
    expect((await hook(id))?.failingSince).toBeNull();
  });

  it('give a receiver the time that it asks for', async () => {
    const path = receiver.path();
    const { id } = await create(path);
    receiver.answer(path, (response) => response.writeHead(429, { 'retry-after': '3600' }).end(), 1);
    await call('test', { id });
    const { nextAttemptAt } = await settled(id, ({ reason }) => reason === 'STATUS');
    expect(new Date(nextAttemptAt ?? 0).getTime() - now().getTime()).toBeGreaterThan(hour / 2);
  });

  it('end with the last attempt, and not before', async () => {
    const path = receiver.path();
    const { id } = await create(path);
    receiver.answer(path, 500);
    await call('test', { id });
    for (let attempt = 1; attempt < 10; attempt += 1) {
      const { nextAttemptAt } = await settled(
        id,
        (each) =>
          each.attempts === attempt &&
          each.reason !== null &&
          each.nextAttemptAt !== null &&
          new Date(each.nextAttemptAt) > now(),
      );
      ahead = new Date(nextAttemptAt ?? 0).getTime() - Date.now() + 1_000;
    }
    expect(await settled(id, ({ status }) => status === 'FAILED')).toMatchObject({ attempts: 10, nextAttemptAt: null });
    expect(receiver.at(path)).toHaveLength(10);
    // Three days and a bit: not yet long enough to disable it.
    expect((await hook(id))?.disabledAt).toBeNull();
  });

  it('disable an endpoint that takes nothing for five days, and tell the others', async () => {
    const [path, other] = [receiver.path(), receiver.path()];
    const { id } = await create(path, { eventTypes: [] });
    await create(other, { eventTypes: ['WEBHOOK_DISABLED'] });
    receiver.answer(path, 500);
    for (let day = 0; day < 5; day += 1) {
      const { delivery } = await call('test', { id });
      await settled(id, (last) => last.id === delivery?.id && last.reason !== null);
      expect((await hook(id))?.disabledAt).toBeNull();
      ahead += 24 * hour;
    }
    for (let left = 100; left > 0 && !(await hook(id))?.disabledAt; left -= 1) await sleep(50);
    expect(await hook(id)).toMatchObject({ disabledBecause: 'FAILING' });
    const [told] = await receiver.until(other, 1);
    expect(JSON.parse(told?.body ?? '')).toMatchObject({
      type: 'webhook.disabled',
      data: { webhookId: id, because: 'FAILING' },
    });
    expect((await deliveries(id)).filter(({ status }) => status === 'PENDING')).toEqual([]);
    expect(codes(await call('test', { id }))).toEqual(['WEBHOOK_DISABLED']);
  });

  it('do not wait for an endpoint that hangs: others get theirs, and it is cut off', async () => {
    const [hanging, quick] = [receiver.path(), receiver.path()];
    receiver.answer(hanging, () => {});
    const slow = await create(hanging);
    const { id } = await create(quick);
    for (let count = 0; count < 8; count += 1) await call('test', { id: slow.id });
    await receiver.until(hanging, 1);
    await call('test', { id });
    await receiver.until(quick, 1);
    expect(receiver.at(hanging).length).toBeLessThan(8);
    const [last] = (await deliveries(slow.id)).slice(-1);
    expect(last?.status).toBe('PENDING');
    for (let left = 200; left > 0; left -= 1) {
      if ((await deliveries(slow.id)).some(({ reason }) => reason === 'TIMEOUT')) break;
      await sleep(50);
    }
    expect((await deliveries(slow.id)).some(({ reason }) => reason === 'TIMEOUT')).toBe(true);
  });

  it("of a tenant with a backlog do not make another tenant's wait", async () => {
    const busy = await create(receiver.path());
    for (let count = 0; count < 6; count += 1) await create(receiver.path());
    const { database } = house.subgraphs;
    const loops = house.subgraphs.runtimes.get('actions')?.parts.loops ?? [];
    for (const loop of loops) await loop.stop();
    for (const { id } of await hooks()) for (let count = 0; count < 5; count += 1) await call('test', { id });
    const { webhook } = await call('create', { url: `${receiver.origin}${receiver.path()}` }, house.stranger);
    const id = webhook?.id ?? '';
    await call('test', { id }, house.stranger);
    const due = await database.asRole('worker', (em) =>
      dueWebhooks(em, { now: now(), owner: 'nobody', alone: true, perEndpoint: 2, limit: 200 }),
    );
    // Two of each of seven endpoints, and the newcomer among the first two.
    expect(due).toHaveLength(15);
    expect(due.slice(0, 2).map(({ endpointId }) => endpointId)).toContain(id);
    expect(due.filter(({ endpointId }) => endpointId === busy.id)).toHaveLength(2);
    await call('remove', { id }, house.stranger);
    for (const loop of loops) loop.start();
  });

  it('say so where the secret cannot be read any more, and go on after a rotation', async () => {
    const path = receiver.path();
    const { id } = await create(path);
    await sql(`update actions.webhook_endpoint set secret = 'v1.bm9uc2Vuc2U' where id = '${id}'`);
    await call('test', { id });
    const { id: deliveryId } = await settled(id, ({ reason }) => reason === 'SECRET_UNREADABLE');
    expect(receiver.at(path)).toEqual([]);
    const { secret } = await call('rotate', { id });
    ahead += 10_000;
    const [got] = await receiver.until(path, 1);
    if (!got) throw new Error('Nothing came.');
    expect(verified(got, secret ?? '')).toMatchObject({ type: 'webhook.test' });
    expect(await settled(id, ({ status }) => status === 'DELIVERED')).toMatchObject({ id: deliveryId, attempts: 2 });
  });

  it('do not follow a redirect', async () => {
    const [path, inward] = [receiver.path(), receiver.path()];
    receiver.answer(path, (response) => response.writeHead(307, { location: receiver.origin + inward }).end());
    const { id } = await create(path);
    await call('test', { id });
    expect(await settled(id, ({ reason }) => reason !== null)).toMatchObject({
      responseStatus: 307,
      reason: 'REDIRECT',
    });
    expect(receiver.at(inward)).toEqual([]);
  });

  it('end at once for who wants no more, are kept meanwhile, and can be replayed', async () => {
    const path = receiver.path();
    const { id } = await create(path, { eventTypes: ['ACTION_PROPOSED'] });
    receiver.answer(path, 410, 1);
    const since = now().toISOString();
    const { delivery } = await call('test', { id });
    await settled(id, ({ status }) => status === 'FAILED');
    expect(await hook(id)).toMatchObject({ disabledBecause: 'GONE' });
    await house.propose(null, nextOrder());
    expect(await settled(id, ({ type }) => type === 'ACTION_PROPOSED')).toMatchObject({
      status: 'SKIPPED',
      attempts: 0,
    });
    expect(codes(await call('replaySince', { id, since }))).toEqual(['WEBHOOK_DISABLED']);
    expect((await call('enable', { id })).webhook).toMatchObject({ disabledAt: null, disabledBecause: null });
    expect(receiver.at(path)).toHaveLength(1);
    expect(await call('replaySince', { id, since })).toEqual({ count: 2, next: null, userErrors: [] });
    const got = await receiver.until(path, 3);
    expect(got.filter((each) => each.id === delivery?.eventId)).toHaveLength(2);
    await settled(id, ({ status }) => status === 'DELIVERED');
    expect(await call('replaySince', { id, since: now().toISOString() })).toMatchObject({ count: 0 });
  });

  it('are sent again under the same id when somebody asks for it', async () => {
    const path = receiver.path();
    const { id, secret } = await create(path);
    await call('test', { id });
    const { id: deliveryId, eventId } = await settled(id, ({ status }) => status === 'DELIVERED');
    expect((await call('replay', { id: deliveryId })).delivery).toMatchObject({ status: 'PENDING', eventId });
    const got = await receiver.until(path, 2);
    expect(got.map((each) => each.id)).toEqual([eventId, eventId]);
    for (const each of got) expect(verified(each, secret)).toMatchObject({ type: 'webhook.test' });
    expect(await settled(id, ({ status }) => status === 'DELIVERED')).toMatchObject({ attempts: 2 });
    receiver.answer(path, 500);
    await call('replay', { id: deliveryId });
    expect(codes(await call('replay', { id: deliveryId }))).toEqual(['WEBHOOK_DELIVERY_PENDING']);
    expect(codes(await call('replay', { id: newId() }))).toEqual(['WEBHOOK_DELIVERY_NOT_FOUND']);
  });

  it('are signed with both secrets for a day after a rotation, and then with the new one alone', async () => {
    const path = receiver.path();
    const { id, secret: old } = await create(path);
    const { secret, webhook } = await call('rotate', { id });
    expect(secret).not.toBe(old);
    expect(new Date(webhook?.previousSecretUntil ?? 0).getTime()).toBeGreaterThan(now().getTime() + 23 * hour);
    await call('test', { id });
    const [both] = await receiver.until(path, 1);
    if (!both) throw new Error('Nothing came.');
    expect(verified(both, secret ?? '')).toEqual(verified(both, old));
    expect(String(both.headers['webhook-signature']).split(' ')).toHaveLength(2);
    ahead += 25 * hour;
    await call('test', { id });
    const [, later] = await receiver.until(path, 2);
    expect(String(later?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  });

  it('show a secret once: it stands nowhere in the clear, and is for nobody to read', async () => {
    const { id, secret } = await create(receiver.path(), { description: 'For the ledger.' });
    const { secret: rotated } = await call('rotate', { id });
    const tables = ['actions.webhook_endpoint', 'actions.webhook_delivery', 'actions.log_entry', 'kernel.outbox'];
    for (const table of tables) {
      const stored = JSON.stringify(await sql(`select to_jsonb(each) as row from ${table} as each`));
      for (const each of [secret, rotated ?? '']) expect(stored).not.toContain(each.slice(6));
    }
    expect(JSON.stringify(await hooks())).not.toContain(secret.slice(6));
    expect(await house.refusal(house.admin, '{ webhooks { secret } }')).toBe('BAD_REQUEST');
    const [{ sealed } = { sealed: '' }] = await sql(
      `select secret as sealed from actions.webhook_endpoint where id = '${id}'`,
    );
    const box = new SecretBox(
      { secretKey, dataDir: '/nonexistent' },
      { purpose: 'countersign:webhook-secret', makesFolder: false },
    );
    expect(box.open(String(sealed), `${house.admin.tenantId}:${id}`)).toBe(rotated);
    expect(() => box.open(String(sealed), `${house.admin.tenantId}:${newId()}`)).toThrow();
  });

  it('are sent again under the same id when the process dies before it records what came of it', async () => {
    const path = receiver.path();
    const { id } = await create(path, { eventTypes: [] });
    const { database } = house.subgraphs;
    // Another process with the house's database, which sends and is gone before it can record it.
    const leases = new Leases({ leaseMs: 30_000, alone: true });
    const box = new SecretBox(
      { secretKey, dataDir: '/nonexistent' },
      { purpose: 'countersign:webhook-secret', makesFolder: false },
    );
    const attempts = new WebhookAttempts({
      database,
      log: new LogWriter(now),
      leases,
      leaseMs: 30_000,
      box,
      random: Math.random,
    });
    const agent = guardedAgent({ allowed: new Set([receiver.origin]), timeoutMs: 1_000 });
    const send = postVia(agent, { timeoutMs: 1_000, now });
    const warnings: unknown[] = [];
    const dying = new WebhookSender({
      database,
      attempts,
      post: async (message, stop) => {
        await send(message, stop);
        throw new Error('The process dies here.');
      },
      leases,
      logger: { warn: (...said: unknown[]) => warnings.push(said) },
      now,
      wake: () => {},
      close: () => agent.destroy(),
    });
    // The house itself would be faster.
    const loops = house.subgraphs.runtimes.get('actions')?.parts.loops ?? [];
    for (const loop of loops) await loop.stop();
    const { delivery } = await call('test', { id });
    await dying.sendDue();
    for (let left = 200; left > 0 && warnings.length === 0; left -= 1) await sleep(50);
    expect(warnings).toHaveLength(1);
    expect((await deliveries(id))[0]).toMatchObject({ status: 'PENDING', attempts: 1, reason: null });
    await dying.stop();

    for (const loop of loops) loop.start();
    const got = await receiver.until(path, 2);
    expect(got.map((each) => each.id)).toEqual([delivery?.eventId, delivery?.eventId]);
    expect(await settled(id, ({ status }) => status === 'DELIVERED')).toMatchObject({ attempts: 2 });
  });

  it('go nowhere inside the house, and nowhere without TLS', async () => {
    for (const [url, code] of [
      ['https://127.0.0.1/', 'WEBHOOK_ADDRESS_FORBIDDEN'],
      ['http://localhost:1/', 'WEBHOOK_ADDRESS_FORBIDDEN'],
      ['https://169.254.169.254/latest/meta-data', 'WEBHOOK_ADDRESS_FORBIDDEN'],
      ['http://1.1.1.1/', 'WEBHOOK_URL_INVALID'],
      ['hooks', 'WEBHOOK_URL_INVALID'],
    ] as const) {
      const refused = await call('create', { url });
      expect(refused.userErrors).toMatchObject([{ code, path: ['input', 'url'] }]);
      expect(refused).toMatchObject({ webhook: null, secret: null });
    }
    const { id } = await create(receiver.path());
    expect(codes(await call('update', { id, url: 'https://10.0.0.1/' }))).toEqual(['WEBHOOK_ADDRESS_FORBIDDEN']);
    expect(codes(await call('update', { id, description: 'a'.repeat(201) }))).toEqual(['DESCRIPTION_TOO_LONG']);
    expect(await hooks()).toHaveLength(1);
  });

  it('are for administrators, and read by who may; other tenants see nothing of them', async () => {
    const { id } = await create(receiver.path());
    await call('test', { id });
    const reader = testPrincipal({ tenantId: house.admin.tenantId, permissions: ['actions:webhook:read'] });
    expect(await hooks(reader)).toHaveLength(1);
    expect(await deliveries(id, reader)).toHaveLength(1);
    await expect(call('test', { id }, reader)).rejects.toThrow('FORBIDDEN');
    await expect(hooks(house.operator)).rejects.toThrow('FORBIDDEN');
    await expect(deliveries(id, house.operator)).rejects.toThrow('FORBIDDEN');
    const { stranger } = house;
    expect(await hooks(stranger)).toEqual([]);
    expect(await deliveries(id, stranger)).toEqual([]);
    for (const name of ['enable', 'disable', 'rotate', 'remove', 'test', 'update']) {
      expect(codes(await call(name, { id }, stranger))).toEqual(['WEBHOOK_NOT_FOUND']);
    }
    const [delivery] = await deliveries(id);
    expect(codes(await call('replay', { id: delivery?.id }, stranger))).toEqual(['WEBHOOK_DELIVERY_NOT_FOUND']);
    expect(codes(await call('replaySince', { id, since: now().toISOString() }, stranger))).toEqual([
      'WEBHOOK_NOT_FOUND',
    ]);
    expect(await hooks()).toHaveLength(1);
  });

  it('leave the life of an endpoint in the log', async () => {
    const { id } = await create(receiver.path(), { description: 'For the ledger.' });
    await call('update', { id, url: `${receiver.origin}/elsewhere?token=hidden`, eventTypes: ['ACTION_FAILED'] });
    await call('rotate', { id });
    await call('disable', { id });
    await call('disable', { id });
    await call('enable', { id });
    expect(await call('remove', { id })).toEqual({ removedId: id, userErrors: [] });
    const query =
      'query ($id: ID) { auditTrail(filter: { kinds: ["CONFIGURATION"], subjectId: $id }) { edges { node { facts values } } } }';
    const { auditTrail } = await house.ask<{
      auditTrail: { edges: { node: { facts: Record<string, unknown>; values: Record<string, unknown> } }[] };
    }>(house.admin, query, { id });
    const entries = auditTrail.edges.map(({ node }) => node).reverse();
    const states = ['ADDED', 'CHANGED', 'SECRET_ROTATED', 'DISABLED', 'ENABLED', 'REMOVED'];
    expect(entries.map(({ facts }) => facts.state)).toEqual(states);
    expect(entries[1]).toMatchObject({ facts: { changed: expect.arrayContaining(['url', 'eventTypes']) } });
    expect(entries[1]?.values).toMatchObject({ url: `${receiver.origin}/elsewhere`, eventTypes: ['action.failed'] });
    expect(JSON.stringify(entries)).not.toContain('hidden');
  });

  it('are received by the example of the guide, once', async () => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    allowed.add(origin);
    const { webhook, secret } = await call('create', { url: `${origin}/` });
    const id = webhook?.id ?? '';
    const root = join(import.meta.dirname, '../../..');
    const guide = readFileSync(join(root, 'docs/webhooks.md'), 'utf8');
    const [, code = ''] = /^```js file=receive\.mjs\n([\s\S]*?)^```$/m.exec(guide) ?? [];
    const env = { ...process.env, NODE_OPTIONS: '', PORT: String(port), WEBHOOK_SECRET: secret ?? '' };
    const example = spawn(process.execPath, ['--input-type=module'], { cwd: root, env });
    try {
      let said = '';
      example.stdout.on('data', (chunk) => {
        said += String(chunk);
      });
      example.stdin.end(code);
      for (let left = 200; left > 0 && !said.includes('listening'); left -= 1) await sleep(50);
      await call('test', { id });
      const { id: deliveryId } = await settled(id, ({ status }) => status === 'DELIVERED');
      await call('replay', { id: deliveryId });
      await settled(id, ({ status, attempts }) => status === 'DELIVERED' && attempts === 2);
      expect(said).toBe(`listening\nwebhook.test ${id} \n`);
      const forged = await fetch(`${origin}/`, { method: 'POST', body: '{}', headers: { 'webhook-id': 'one' } });
      expect(forged.status).toBe(401);
    } finally {
      example.kill();
      await once(example, 'exit');
    }
  });

  it('are kept for thirty days', async () => {
    const { id } = await create(receiver.path());
    await call('test', { id });
    await settled(id, ({ status }) => status === 'DELIVERED');
    const { database } = house.subgraphs;
    const tidying = new WebhookDeliveries({ database, log: new LogWriter(now), fanOut: new WebhookFanOut(now) });
    ahead += 29 * 24 * hour;
    await tidying.removeOld();
    expect(await deliveries(id)).toHaveLength(1);
    ahead += 2 * 24 * hour;
    while (await tidying.removeOld());
    expect(await deliveries(id)).toEqual([]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
