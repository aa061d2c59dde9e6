import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testPrincipal } from '@countersign/kernel/testing';
import { codesOf, House, idOf, ordersOfOnesOwn } from './house.ts';
import { OtherSide } from './other-side.ts';

const tool = 'fhir.createServiceRequest';

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
    house = await House.open({ callTimeoutMs: 3_000, leaseMs: 12_000, patienceMs: 10_000, breaker, retries });
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

  const nextOrder = ordersOfOnesOwn();

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
    const query =
      'query ($id: ID) { decisionLog(actionId: $id) { edges { node { kind facts principal { id } } } } }';
    type Node = { kind: string; facts: Record<string, unknown>; principal: { id: string } };
    type Log = { decisionLog: { edges: { node: Node }[] } };
    return (await house.ask<Log>(house.auditor, query, { id })).decisionLog.edges.map(({ node }) => node);
  };
  const published = (type: string): Promise<{ payload: Record<string, unknown> }[]> =>
    house.subgraphs.database.asRole('relay', (em) =>
      em.execute('select payload from kernel.outbox where type = ? order by occurred_at', [type]),
    );
  /** Three executions fail, with which it is left alone; answers what was to be executed. */
  const fallSick = async (): Promise<{ id: string; patient: string }[]> => {
    const inputs = [nextOrder(), nextOrder(), nextOrder()];
    const ids: string[] = [];
    for (const input of inputs) ids.push(await house.approved(input));
    own.mode = 'failWrites';
    for (const id of ids) await execute(id);
    await untilState('OPEN');
    return ids.map((id, place) => ({ id, patient: inputs[place]?.patient ?? '' }));
  };

  it('is not called any more after faults in a row; what is approved waits, and goes when it is well, once', async () => {
    const waiting = nextOrder();
    const id = await house.approved(waiting);
    const failed = await fallSick();
    const { writes } = own;

    const held = await execute(id);
    expect(held).toMatchObject({
      action: { status: 'APPROVED', waitingFor: 'fhir', waitingSince: expect.any(String) },
      userErrors: [],
      degraded: { connector: 'fhir', state: 'OPEN', reason: 'OTHER_SIDE_UNAVAILABLE', tools: [tool], waiting: 1 },
    });
    expect(held.degraded?.degradedSince).not.toBeNull();
    // It may be asked for again, and the loops have looked at it in the meantime.
    await sleep(1_500);
    expect((await execute(id)).action).toEqual(held.action);
    expect(own.writes).toBe(writes);

    own.mode = 'well';
    await probeNow();
    for (const each of [{ id, patient: waiting.patient }, ...failed]) {
      await house.until(each.id, 'SUCCEEDED');
      expect(await house.orders(each.patient)).toHaveLength(1);
    }
    expect(await statusOf()).toMatchObject({ state: 'CLOSED', degradedSince: null, tools: [], waiting: 0 });
    expect(await seen(id)).toMatchObject({ waitingSince: null, waitingFor: null });
    const log = await logOf(id);
    expect(log.filter(({ kind }) => kind === 'WAITING')).toMatchObject([{ facts: { state: 'BEGUN' } }]);
    expect(log.find(({ kind }) => kind === 'INTENT')?.principal.id).toBe(house.operator.id);
    expect((await published('ConnectorDegraded')).at(-1)?.payload).toMatchObject({ connector: 'fhir', tool });
    expect((await published('ConnectorRecovered')).at(-1)?.payload).toMatchObject({ connector: 'fhir', tool });
  });
});
