import { type EventStream, type Principal, requestContext } from '@countersign/kernel';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, House, idOf, order, ordersOfOnesOwn } from './house.ts';

interface Told {
  kind: string;
  status: string;
  action: { id: string; status: string };
}

const changes = 'kind status action { id status }';

describe('live updates of actions', () => {
  let house: House;
  const open: EventStream[] = [];
  beforeAll(async () => {
    house = await House.open();
  }, 120_000);
  afterEach(async () => {
    for (const events of open.splice(0)) await events.return();
  });
  afterAll(() => house?.close());

  const nextOrder = ordersOfOnesOwn();

  const begin = async (who: Principal, query: string, variables: Record<string, unknown> = {}) => {
    const runtime = house.subgraphs.runtimes.get('actions');
    if (!runtime) throw new Error('There is no subgraph.');
    return runtime.subscribe({ query, variables }, requestContext(who, house.subgraphs.kernel.log));
  };
  const follow = async (who: Principal, query: string, variables: Record<string, unknown> = {}) => {
    const begun = await begin(who, query, variables);
    if (!(Symbol.asyncIterator in begun)) throw new Error(`Refused: ${JSON.stringify(begun.errors)}`);
    open.push(begun);
    return begun;
  };
  const next = async <T>(events: EventStream): Promise<T> => {
    const { value } = await events.next();
    if (!value || value.errors) throw new Error(`No event: ${JSON.stringify(value)}`);
    return Object.values(value.data ?? {})[0] as T; // The one field asked for.
  };
  const changed = (args = '') => `subscription { actionChanged${args} { ${changes} } }`;
  const requested = 'subscription { approvalRequested { reminder comment missing action { id } } }';
  const remind = async (actionId: string, comment: string | null = null, who = house.operator) => {
    const query = `mutation ($input: RemindApproversInput!) {
      remindApprovers(input: $input) { action { id remindedAt } userErrors { code message path } }
    }`;
    type Payload = { action: { id: string; remindedAt: string } | null; userErrors: { code: string }[] };
    const data = await house.ask<{ remindApprovers: Payload }>(who, query, { input: { actionId, comment } });
    return data.remindApprovers;
  };

  it('tell each change of an action once, and show it as it is by then', async () => {
    const events = await follow(house.auditor, changed());
    const id = await house.approved(nextOrder());
    await house.execute(id);
    await house.undo(id);
    const told: Told[] = [];
    while (told.at(-1)?.kind !== 'UNDONE') told.push(await next<Told>(events));
    const ofIt = told.filter(({ action }) => action.id === id);
    expect(ofIt.map(({ kind, status }) => [kind, status])).toEqual([
      ['PROPOSED', 'AWAITING_APPROVAL'],
      ['APPROVED', 'APPROVED'],
      ['EXECUTING', 'EXECUTING'],
      ['SUCCEEDED', 'SUCCEEDED'],
      ['UNDOING', 'UNDOING'],
      ['UNDONE', 'UNDONE'],
    ]);
    expect(ofIt.at(-1)?.action.status).toBe('UNDONE');
  });

  it('tell what was asked for alone', async () => {
    const input = nextOrder();
    const first = idOf(await house.propose(null, input));
    const [one, approved, otherTool] = [
      await follow(house.auditor, `subscription ($id: ID) { actionChanged(actionId: $id) { ${changes} } }`, {
        id: first,
      }),
      await follow(house.auditor, changed('(statuses: [APPROVED])')),
      await follow(house.auditor, changed('(tool: "bank.pay")')),
    ];
    const silent = otherTool.next();
    const second = await house.approved(input);
    await house.reject(first);
    expect(await next(one)).toMatchObject({ kind: 'REJECTED', action: { id: first } });
    expect(await next(approved)).toMatchObject({ kind: 'APPROVED', action: { id: second } });
    await otherTool.return();
    expect((await silent).done).toBe(true);
  });

  it('ask those who could approve, and not the maker', async () => {
    const [approver, maker] = [await follow(house.approver, requested), await follow(house.operator, requested)];
    const mine = idOf(await house.propose(null, nextOrder()));
    const theirs = idOf(await house.propose(null, order, house.admin));
    expect(await next(approver)).toEqual({
      reminder: false,
      comment: null,
      missing: [expect.any(String)],
      action: { id: mine },
    });
    expect(await next(approver)).toMatchObject({ action: { id: theirs } });
    expect(await next(maker)).toMatchObject({ action: { id: theirs } });
  });

  it('remind them, once an hour, and keep it in the log', async () => {
    const id = idOf(await house.propose());
    const events = await follow(house.approver, requested);
    expect(await remind(id, 'Before noon, please.')).toEqual({
      action: { id, remindedAt: expect.any(String) },
      userErrors: [],
    });
    expect(await next(events)).toMatchObject({ reminder: true, comment: 'Before noon, please.', action: { id } });
    expect(codesOf((await remind(id)) as never)).toEqual(['REMINDED_ALREADY']);
    const query = 'query ($id: ID!) { decisionLog(actionId: $id) { edges { node { kind values } } } }';
    type Log = { decisionLog: { edges: { node: object }[] } };
    const { decisionLog } = await house.ask<Log>(house.admin, query, { id });
    expect(decisionLog.edges.at(-1)?.node).toEqual({ kind: 'REMINDER', values: { comment: 'Before noon, please.' } });
  });

  it('remind of nothing that awaits no approval, or cannot be seen', async () => {
    const id = await house.approved(nextOrder());
    expect((await remind(id)).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
    expect((await remind(id, 'x'.repeat(2_001))).userErrors).toMatchObject([{ code: 'COMMENT_TOO_LONG' }]);
    await expect(remind(id, null, house.stranger)).rejects.toThrow('NOT_FOUND');
  });

  it('are for those who may see actions, and tell other tenants nothing', async () => {
    const nobody = { ...house.auditor, permissions: [] };
    for (const query of [changed(), requested]) {
      expect(await begin(nobody, query)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    }
    const [stranger, ours] = [await follow(house.stranger, changed()), await follow(house.auditor, changed())];
    const silent = stranger.next();
    await house.propose();
    await next(ours);
    await stranger.return();
    expect((await silent).done).toBe(true);
  });
});
