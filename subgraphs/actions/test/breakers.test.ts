import { setTimeout as sleep } from 'node:timers/promises';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { retriableActions, type Share } from '../src/statements.ts';
import { codesOf, House, idOf, order } from './house.ts';
import { OtherSide } from './other-side.ts';

const tool = 'fhir.createServiceRequest';

// Falling sick takes calls that fail, and getting well again ones that do not.
jest.setTimeout(120_000);

interface Status {
  connector: string;
  state: string;
  degradedSince: string | null;
  reason: string | null;
  nextProbeAt: string | null;
  tools: string[];
  waiting: number;
}

interface Held {
  action: { id: string; status: string; waitingSince: string | null; waitingFor: string | null } | null;
  userErrors: { code: string }[];
  degraded: Status | null;
}

describe('a connector that is sick', () => {
  let house: House;
  let own: OtherSide;
  let other: OtherSide;
  let otherApprover: ReturnType<typeof testPrincipal>;

  beforeAll(async () => {
    // Who finds out whether it is well is said by the tests: see `probeNow`.
    const breaker = { faults: 3, firstPauseMs: 600_000, longestPauseMs: 600_000 };
    const retries = { firstPauseMs: 50, longestPauseMs: 100 };
    const calls = { perUnit: 4, queuedMs: 1_000 };
    house = await House.open({ callTimeoutMs: 6_000, leaseMs: 20_000, patienceMs: 10_000, breaker, retries, calls });
    otherApprover = testPrincipal({ tenantId: house.stranger.tenantId });
    own = await OtherSide.before(house.hospital.url);
    other = await OtherSide.before(house.hospital.url);
    await house.configure({ baseUrl: `${own.url}/acme/fhir/R4` });
    await house.configure({ baseUrl: `${other.url}/acme/fhir/R4` }, house.stranger);
    await asOwner(`create or replace function kernel.access_of(kind text, id text, session text)
        returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                       until timestamptz)
        language sql stable as $$
          select $2, null, '{}'::text[], '{}'::text[], '{actions:action:execute}'::text[], '{}'::jsonb, null::timestamptz
          where not exists (select from kernel.gone where gone.id = $2) $$`);
  });
  beforeEach(async () => {
    own.mode = 'well';
    other.mode = 'well';
    await wellAgain();
  });
  afterAll(async () => {
    await house.close();
    await own.close();
    await other.close();
  });

  async function asOwner(sql: string): Promise<void> {
    const { backend } = house.subgraphs.database;
    if (backend.kind !== 'pglite') throw new Error('This test reaches round the application.');
    await backend.turnstile.run(() => backend.pglite.exec(sql));
  }
  /** As if the pause before the next probe were over. */
  const probeNow = () => asOwner(`update actions.connector_health set next_probe_at = now() where state <> 'CLOSED'`);
  const statusOf = async (who = house.operator): Promise<Status> => {
    const query = `{ connectorStatus(connector: "fhir") {
      connector state degradedSince reason nextProbeAt tools waiting } }`;
    const { connectorStatus } = await house.ask<{ connectorStatus: Status[] }>(who, query);
    return connectorStatus[0] as Status; // There is one for each connector.
  };
  const untilState = async (...states: string[]): Promise<Status> => {
    for (let left = 200; left > 0; left -= 1) {
      const status = await statusOf();
      if (states.includes(status.state)) return status;
      await sleep(50);
    }
    throw new Error(`It came to ${JSON.stringify(await statusOf())}.`);
  };
  /** Nothing is sick, and nothing is left to be tried again, when a test begins. */
  async function wellAgain(): Promise<void> {
    for (let left = 100; (await statusOf()).state !== 'CLOSED' && left > 0; left -= 1) {
      await probeNow();
      await sleep(100);
    }
    await untilState('CLOSED');
  }
  const heldFields = `action { id status waitingSince waitingFor } userErrors { code }
    degraded { connector state degradedSince reason nextProbeAt tools waiting }`;
  const execute = async (actionId: string, who = house.operator): Promise<Held> => {
    const query = `mutation ($input: ExecuteActionInput!) { executeAction(input: $input) { ${heldFields} } }`;
    return (await house.ask<{ executeAction: Held }>(who, query, { input: { actionId } })).executeAction;
  };
  const seen = async (id: string): Promise<NonNullable<Held['action']>> => {
    const query = 'query ($id: ID!) { action(id: $id) { id status waitingSince waitingFor } }';
    return (await house.ask<{ action: NonNullable<Held['action']> }>(house.operator, query, { id })).action;
  };
  const logOf = async (id: string) => {
    const query = 'query ($id: ID) { decisionLog(actionId: $id) { edges { node { kind facts principal { id } } } } }';
    type Node = { kind: string; facts: Record<string, unknown>; principal: { id: string } };
    type Log = { decisionLog: { edges: { node: Node }[] } };
    return (await house.ask<Log>(house.auditor, query, { id })).decisionLog.edges.map(({ node }) => node);
  };
  /** How often the hospital was given the order of an action. */
  const ordersOf = async (id: string): Promise<number> => {
    const url = `${house.hospital.url}/acme/fhir/R4/ServiceRequest?identifier=${id}&_count=100`;
    const { entry = [] }: { entry?: object[] } = JSON.parse(await (await fetch(url)).text());
    return entry.length;
  };
  const published = (type: string): Promise<{ payload: Record<string, unknown> }[]> =>
    house.subgraphs.database.asRole('relay', (em) =>
      em.execute('select payload from kernel.outbox where type = ? order by occurred_at', [type]),
    );
  /** Three executions fail, with which it is left alone; answers what was to be executed, and may wait by now. */
  const fallSick = async (): Promise<string[]> => {
    const ids: string[] = [];
    for (let left = 3; left > 0; left -= 1) ids.push(await house.approved());
    own.mode = 'failWrites';
    for (const id of ids) await execute(id);
    await untilState('OPEN');
    return ids;
  };

  it('is not called any more after faults in a row; what is approved waits, and goes when it is well, once', async () => {
    const id = await house.approved();
    const failed = await fallSick();
    const { writes } = own;

    const held = await execute(id);
    expect(held).toMatchObject({
      action: { status: 'APPROVED', waitingFor: 'fhir', waitingSince: expect.any(String) },
      userErrors: [],
      degraded: { connector: 'fhir', state: 'OPEN', reason: 'OTHER_SIDE_UNAVAILABLE', tools: [tool] },
    });
    expect(held.degraded?.waiting).toBeGreaterThan(0);
    expect(held.degraded?.degradedSince).not.toBeNull();
    // It may be asked for again, and the loops have looked at it in the meantime.
    await sleep(1_500);
    expect((await execute(id)).action).toEqual(held.action);
    expect(own.writes).toBe(writes);

    own.mode = 'well';
    await probeNow();
    for (const each of [id, ...failed]) {
      await house.until(each, 'SUCCEEDED');
      expect(await ordersOf(each)).toBe(1);
    }
    expect(await statusOf()).toMatchObject({ state: 'CLOSED', degradedSince: null, tools: [], waiting: 0 });
    expect(await seen(id)).toMatchObject({ waitingSince: null, waitingFor: null });
    const log = await logOf(id);
    expect(log.filter(({ kind }) => kind === 'WAITING')).toMatchObject([{ facts: { state: 'BEGUN' } }]);
    expect(log.find(({ kind }) => kind === 'INTENT')?.principal.id).toBe(house.operator.id);
    expect((await published('ConnectorDegraded')).at(-1)?.payload).toMatchObject({ connector: 'fhir', tool });
    expect((await published('ConnectorRecovered')).at(-1)?.payload).toMatchObject({ connector: 'fhir', tool });
  });

  it('is still suggested with: what can be previewed is proposed and approved, and the answers say what is degraded', async () => {
    await fallSick();
    const query = `mutation ($input: FhirCreateServiceRequestInput!) { fhirCreateServiceRequest(input: $input) {
      ${heldFields} } }`;
    const proposed = await house.ask<{ fhirCreateServiceRequest: Held }>(house.operator, query, { input: order });
    expect(proposed.fhirCreateServiceRequest).toMatchObject({
      action: { status: 'AWAITING_APPROVAL', waitingSince: null },
      userErrors: [],
      degraded: { connector: 'fhir', state: 'OPEN', tools: [tool] },
    });
    const { id = '' } = proposed.fhirCreateServiceRequest.action ?? {};
    expect((await house.approve(id)).action?.status).toBe('APPROVED');
    // Of what was done before nothing is taken back, and nothing has begun of it.
    own.mode = 'well';
    await wellAgain();
    await execute(id);
    await fallSick();
    expect(codesOf(await house.undo(id))).toEqual(['OTHER_SIDE_UNAVAILABLE']);
    expect(await house.action(id)).toMatchObject({ status: 'SUCCEEDED', undo: null });
  });

  it('is asked by one call whether it is well, and is left alone again if it is not', async () => {
    const failed = await fallSick();
    const held = await house.approved();
    await execute(held);
    const attempts = async () => {
      const all = await Promise.all(failed.map((id) => house.action(id)));
      return all.reduce((sum, action) => sum + (action?.attempts ?? 0), 0);
    };
    const before = { writes: own.writes, attempts: await attempts() };
    await probeNow();
    for (let left = 100; own.writes === before.writes && left > 0; left -= 1) await sleep(50);
    await untilState('OPEN');
    await sleep(1_500);
    expect(own.writes).toBe(before.writes + 1);
    expect((await attempts()) - before.attempts).toBeLessThanOrEqual(1);
    expect(Date.parse((await statusOf()).nextProbeAt ?? '')).toBeGreaterThan(Date.now() + 500_000);
  });

  it('does not keep anybody from taking back, or stopping, what waits', async () => {
    const failed = await fallSick();
    const [withdrawn, suspended] = [await house.approved(), await house.approved()];
    for (const id of [withdrawn, suspended]) expect((await execute(id)).action?.waitingSince).not.toBeNull();
    expect((await house.reject(withdrawn, house.operator)).action?.status).toBe('REJECTED');
    expect(await seen(withdrawn)).toMatchObject({ waitingSince: null, waitingFor: null });

    const turn = (name: 'suspend' | 'resume') =>
      house.ask(
        house.admin,
        `mutation { ${name}Actions(input: { tool: "${tool}", reason: "A drill." }) { userErrors { code } } }`,
      );
    await turn('suspend');
    own.mode = 'well';
    // What is suspended does not find out either; somebody who may does.
    await asOwner(
      `update actions.connector_health set state = 'CLOSED' where tenant_id = '${house.operator.tenantId}'`,
    );
    await untilState('CLOSED');
    await sleep(1_500);
    expect(await seen(suspended)).toMatchObject({ status: 'APPROVED', waitingFor: 'fhir' });
    await turn('resume');
    await asOwner('update actions.action set waiting_due = now() where waiting_since is not null');
    await asOwner("update actions.action set retry_at = now() where status = 'FAILED' and retry_at is not null");
    for (const id of [suspended, ...failed]) await house.until(id, 'SUCCEEDED');
    expect(await ordersOf(withdrawn)).toBe(0);
    expect(await ordersOf(suspended)).toBe(1);
  });

  it('gets nothing in the name of somebody who has left', async () => {
    const leaver = testPrincipal({ ...house.operator, id: house.answerId });
    await fallSick();
    const id = await house.approved();
    expect((await execute(id, leaver)).action?.waitingSince).not.toBeNull();
    await house.leaves(leaver);
    own.mode = 'well';
    await wellAgain();
    for (let left = 100; (await seen(id)).waitingSince !== null && left > 0; left -= 1) await sleep(50);
    expect(await seen(id)).toMatchObject({ status: 'APPROVED', waitingSince: null });
    expect((await logOf(id)).at(-1)).toMatchObject({
      kind: 'WAITING',
      facts: { state: 'ENDED', code: 'UNAUTHENTICATED' },
    });
    expect((await published('ActionWaitEnded')).map(({ payload }) => payload)).toContainEqual({
      actionId: id,
      tool,
      code: 'UNAUTHENTICATED',
    });
    expect(await ordersOf(id)).toBe(0);
  });

  it('is left alone, too, when it does not even answer what only reads', async () => {
    const id = await house.approved();
    own.mode = 'fail';
    for (let left = 3; left > 0; left -= 1) expect(codesOf(await house.propose())).toEqual(['OTHER_SIDE_UNAVAILABLE']);
    await untilState('OPEN');
    const { reads } = own;
    expect(codesOf(await house.propose())).toEqual(['OTHER_SIDE_UNAVAILABLE']);
    expect((await execute(id)).action?.waitingSince).not.toBeNull();
    expect(own.reads).toBe(reads);
    own.mode = 'well';
    await probeNow();
    await house.until(id, 'SUCCEEDED');
    expect((await statusOf()).state).toBe('CLOSED');
  });

  it('is tried at once when it is configured anew', async () => {
    const failed = await fallSick();
    own.mode = 'well';
    await house.configure({ baseUrl: `${own.url}/acme/fhir/R4` });
    for (const id of failed) await house.until(id, 'SUCCEEDED');
    expect((await statusOf()).state).toBe('CLOSED');
  });

  it('is called so often at once and no more; what was too much is no try, and is done later', async () => {
    const ids: string[] = [];
    for (let left = 5; left > 0; left -= 1) ids.push(await house.approved());
    own.mode = 'hangWrites';
    const answers = await Promise.all(ids.map((id) => house.execute(id)));
    const heldBack = answers.filter(({ action }) => action?.status === 'FAILED');
    expect(heldBack).toMatchObject([{ action: { attempts: 0 }, userErrors: [{ code: 'OTHER_SIDE_UNAVAILABLE' }] }]);
    await untilState('OPEN');
    own.mode = 'well';
    await wellAgain();
    for (const id of ids) await house.until(id, 'SUCCEEDED');
    for (const id of ids) expect(await ordersOf(id)).toBe(1);
  });

  it('leaves what is due to others, too: tenants take turns, and what is interactive goes first', async () => {
    const [batch, second, first] = [
      idOf(await house.propose({ lane: 'BATCH' })),
      idOf(await house.propose({ lane: 'INTERACTIVE' })),
      idOf(await house.propose()),
    ];
    const others = idOf(await house.propose(null, order, house.stranger));
    for (const [id, minute] of Object.entries({ [batch]: 0, [others]: 1, [first]: 2, [second]: 3 })) {
      await asOwner(`update actions.action set status = 'FAILED', expires_at = null,
        retry_at = '2099-01-01T00:0${minute}:00Z' where id = '${id}'`);
    }
    const due = (share: Share) =>
      house.subgraphs.database.asRole('worker', (em) => retriableActions(em, new Date('2100-01-01'), share));
    const idsOf = async (share: Share) => (await due(share)).map(({ id }) => id);
    const all = await idsOf({ ofTenant: 10, limit: 10 });
    expect(all.slice(0, 2).sort()).toEqual([first, others].sort());
    expect(all.slice(2)).toEqual([second, batch]);
    expect(await idsOf({ ofTenant: 1, limit: 10 })).toHaveLength(2);
    expect(await idsOf({ ofTenant: 10, limit: 1 })).toHaveLength(1);
  });

  it('is sick for its own tenant alone', async () => {
    await fallSick();
    expect((await statusOf(house.stranger)).state).toBe('CLOSED');
    const id = idOf(await house.propose(null, order, house.stranger));
    await house.approve(id, otherApprover);
    expect(await execute(id, house.stranger)).toMatchObject({ action: { status: 'SUCCEEDED' }, degraded: null });
  });

  it('holds up nobody else while it hangs', async () => {
    const hanging: string[] = [];
    for (let left = 8; left > 0; left -= 1) hanging.push(await house.approved());
    const id = idOf(await house.propose(null, order, house.stranger));
    await house.approve(id, otherApprover);
    own.mode = 'hang';
    const cutOff = `update actions.action set status = 'EXECUTING', lease_owner = 'a process that is gone',
      lease_until = now() + interval '1 hour', fence = fence + 1, attempts = 1`;
    await asOwner(`${cutOff} where id in (${hanging.map((each) => `'${each}'`).join(', ')})`);
    await sleep(1_500);
    await asOwner(`${cutOff} where id = '${id}'`);
    for (let left = 200; (await house.action(id, house.stranger))?.status !== 'SUCCEEDED' && left > 0; left -= 1) {
      await sleep(50);
    }
    expect((await house.action(id, house.stranger))?.status).toBe('SUCCEEDED');
    const now = await Promise.all(hanging.map((each) => house.action(each)));
    expect(now.filter((action) => action?.status === 'EXECUTING').length).toBeGreaterThan(3);
    await untilState('OPEN');
    own.mode = 'well';
    await wellAgain();
    for (const each of hanging) await house.until(each, 'SUCCEEDED');
    expect(await ordersOf(id)).toBe(1);
  });
});
