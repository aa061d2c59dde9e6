import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, House, order, type UserError } from './house.ts';

interface Item {
  item: string;
  status: string;
  errorCode: string | null;
}
interface Outcome {
  errorCode: string | null;
  externalId: string | null;
  items: Item[] | null;
  deviations: { path: string; planned: unknown; actual: unknown }[] | null;
}
interface View {
  id: string;
  status: string;
  undoableUntil: string | null;
  outcome: Outcome | null;
  undo: { id: string; status: string } | null;
}
interface Gate {
  id: string;
  sentences: string[];
}
interface Answer {
  action: View | null;
  userErrors: UserError[];
}

const shown = `id status undoableUntil undo { id status }
  outcome { errorCode externalId items { item status errorCode } deviations { path planned actual } }`;

let now = new Date('2026-06-01T10:00:00Z').getTime();
const pass = (hours: number) => {
  now += hours * 3_600_000;
};

describe('what the other side judges item by item, or answers later', () => {
  let house: House;
  beforeAll(async () => {
    const timing = { callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000 };
    house = await House.open(timing, { ledger: true, now: () => new Date(now) });
  });
  afterAll(() => house.close());

  const bank = () => {
    if (!house.bank) throw new Error('The house was opened without its bank.');
    return house.bank;
  };
  const act = async (field: string, type: string, input: object, who = house.operator): Promise<Answer> => {
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { action { ${shown} } userErrors { code message path } } }`;
    return (await house.ask<Record<string, Answer>>(who, query, { input }))[field] as Answer; // The one field asked for.
  };
  const read = async (id: string): Promise<View> =>
    (await house.ask<{ action: View }>(house.operator, `query ($id: ID!) { action(id: $id) { ${shown} } }`, { id }))
      .action;
  /** Pays each account 19.99, with the countersignature that it takes. */
  const pay = async (...accounts: string[]): Promise<View> => {
    const payments = accounts.map((to) => ({ to, amount: '19.99' }));
    const { action } = await act('ledgerPayBatch', 'LedgerPayBatchInput', { payments });
    if (!action) throw new Error('It was not proposed.');
    await house.approve(action.id);
    return (await act('executeAction', 'ExecuteActionInput', { actionId: action.id })).action as View; // Approved above.
  };
  const settle = (actionId: string, answer: object, who = house.admin) =>
    act('settleAction', 'SettleActionInput', { actionId, ...answer }, who);
  const undo = (actionId: string) => act('undoAction', 'UndoActionInput', { actionId, reason: 'Paid by mistake.' });
  const setGate = async (gate: object): Promise<{ gate: Gate | null; userErrors: UserError[] }> => {
    const query = `mutation ($input: SetActionGateInput!) {
      setActionGate(input: $input) { gate { id sentences } userErrors { code message path } } }`;
    const whole = { tools: ['ledger.payBatch'], undos: true, ...gate };
    const input = { name: `Gate ${Math.random()}`, gate: whole, reason: 'The board wants it.' };
    const data = await house.ask<{ setActionGate: { gate: Gate | null; userErrors: UserError[] } }>(
      house.admin,
      query,
      { input },
    );
    return data.setActionGate;
  };
  const removeGate = (gate: Gate | null) =>
    house.ask(
      house.admin,
      `mutation { removeActionGate(input: { id: "${gate?.id}", reason: "Over." }) { userErrors { code } } }`,
    );

  it('is done where every item is, and exact to the cent', async () => {
    const paid = await pay('anna', 'bob');
    expect(paid).toMatchObject({ status: 'SUCCEEDED', outcome: { deviations: [] } });
    expect(paid.outcome?.items?.map(({ status }) => status)).toEqual(['DONE', 'DONE']);
    expect(bank().held(paid.id)).toEqual(['anna 19.99', 'bob 19.99']);
  });

  it('is done in part where one item is refused, although the answer as a whole was a success', async () => {
    const paid = await pay('anna', 'closed-carl');
    expect(paid.status).toBe('PARTIALLY_SUCCEEDED');
    expect(paid.outcome?.items).toEqual([
      { item: 'payments/0', status: 'DONE', errorCode: null },
      { item: 'payments/1', status: 'REFUSED', errorCode: 'AC04' },
    ]);
  });

  it('has failed, for good, where all items are refused', async () => {
    const paid = await pay('closed-carl', 'closed-cleo');
    expect(paid).toMatchObject({ status: 'FAILED', outcome: { errorCode: 'AC04' } });
    pass(2);
    expect((await read(paid.id)).status).toBe('FAILED');
  });

  it('shows where what was done is not what was previewed, and offers to undo it', async () => {
    const payments = [{ to: 'rounding-rita', amount: '19.99' }];
    const { action } = await act('ledgerPayBatch', 'LedgerPayBatchInput', { payments });
    const id = action?.id ?? '';
    await house.approve(id);
    const done = await act('executeAction', 'ExecuteActionInput', { actionId: id });
    expect(done.action).toMatchObject({
      status: 'SUCCEEDED',
      outcome: { deviations: [{ path: 'payments/0/rounding-rita', planned: '19.99', actual: '19.98' }] },
    });
    expect(done.userErrors).toMatchObject([{ code: 'RESULT_DIFFERS' }]);
    expect((await undo(id)).action?.status).toBe('UNDONE');
  });

  it('compares what a hospital made with what was previewed', async () => {
    const id = await house.approved({ ...order, patient: 'Patient/johan-berg' });
    await house.execute(id);
    expect((await read(id)).outcome?.deviations).toEqual([]);
  });

  describe('that waits for an answer', () => {
    it('is submitted, and is settled item by item, until all are', async () => {
      const { id, status, outcome } = await pay('anna', 'slow-sven', 'slow-sara');
      expect(status).toBe('SUBMITTED');
      expect(outcome?.items?.map((each) => each.status)).toEqual(['DONE', 'PENDING', 'PENDING']);

      const first = await settle(id, { reference: 'M-1', items: [{ item: 'payments/1', status: 'DONE' }] });
      expect(first).toMatchObject({ action: { status: 'SUBMITTED' }, userErrors: [] });
      const last = await settle(id, { items: [{ item: 'payments/2', status: 'REFUSED', code: 'AM04' }] });
      expect(last.action?.status).toBe('PARTIALLY_SUCCEEDED');
      expect(last.action?.outcome?.items?.[2]).toMatchObject({ status: 'REFUSED', errorCode: 'AM04' });
      expect(last.action?.outcome?.externalId).toBe(`batch/${id}`);

      const query = `query ($id: ID!) { decisionLog(actionId: $id, first: 50) { edges { node { kind facts } } } }`;
      const { decisionLog } = await house.ask<{
        decisionLog: { edges: { node: { kind: string; facts: { reference?: string } } }[] };
      }>(house.auditor, query, { id });
      const settlements = decisionLog.edges.map(({ node }) => node).filter(({ kind }) => kind === 'SETTLEMENT');
      expect(settlements.map(({ facts }) => facts.reference)).toEqual(['M-1', null]);
    });

    it('takes the same answer twice, and no other one after it', async () => {
      const { id } = await pay('slow-sven');
      expect(
        (await settle(id, { result: 'DONE', items: [{ item: 'payments/0', status: 'DONE' }] })).action?.status,
      ).toBe('SUCCEEDED');
      expect(await settle(id, { items: [{ item: 'payments/0', status: 'DONE' }] })).toMatchObject({
        action: { status: 'SUCCEEDED' },
        userErrors: [],
      });
      expect(codesOf((await settle(id, { result: 'REFUSED' })) as never)).toEqual(['ALREADY_SETTLED']);
    });

    it.each([
      ['says nothing', {}, 'SETTLEMENT_EMPTY'],
      ['names an item that is not there', { items: [{ item: 'payments/9', status: 'DONE' }] }, 'ITEM_UNKNOWN'],
      [
        'names an item twice',
        {
          items: [
            { item: 'payments/1', status: 'DONE' },
            { item: 'payments/1', status: 'REFUSED' },
          ],
        },
        'ITEM_NAMED_TWICE',
      ],
      ['takes back what was settled', { items: [{ item: 'payments/0', status: 'REFUSED' }] }, 'ITEM_ALREADY_SETTLED'],
      [
        'says of the whole what its items do not',
        { result: 'DONE', items: [{ item: 'payments/1', status: 'REFUSED' }] },
        'SETTLEMENT_CONTRADICTS',
      ],
      ['has a reference without an end', { result: 'DONE', reference: 'x'.repeat(201) }, 'REFERENCE_TOO_LONG'],
    ])('refuses an answer that %s', async (_what, answer, code) => {
      const { id } = await pay('anna', 'slow-sven');
      expect((await settle(id, answer)).userErrors.map((each) => each.code)).toEqual([code]);
      expect((await read(id)).status).toBe('SUBMITTED');
    });

    it('is settled by nobody without leave, and not before it was begun', async () => {
      const { id } = await pay('slow-sven');
      const query = `mutation { settleAction(input: { actionId: "${id}", result: DONE }) { userErrors { code } } }`;
      expect(await house.refusal(house.approver, query)).toBe('FORBIDDEN');
      expect(await house.refusal(house.stranger, query)).toBe('NOT_FOUND');
      const { action } = await act('ledgerPayBatch', 'LedgerPayBatchInput', {
        payments: [{ to: 'a', amount: '1.00' }],
      });
      expect((await settle(action?.id ?? '', { result: 'DONE' })).userErrors).toMatchObject([
        { code: 'ILLEGAL_TRANSITION' },
      ]);
    });

    it('is not settled by who made it, and what was made gets no other name', async () => {
      const { id } = await pay('slow-sven');
      const maker = { ...house.operator, permissions: [...house.operator.permissions, 'actions:action:settle'] };
      expect((await settle(id, { result: 'DONE' }, maker)).userErrors).toMatchObject([{ code: 'MAKER_CANNOT_SETTLE' }]);
      const renamed = await settle(id, { result: 'DONE', externalId: 'batch/of-somebody-else' });
      expect(renamed.userErrors).toMatchObject([{ code: 'SETTLEMENT_CONTRADICTS' }]);
      expect((await settle(id, { result: 'DONE' })).action).toMatchObject({
        status: 'SUCCEEDED',
        outcome: { externalId: `batch/${id}`, items: [{ status: 'DONE' }] },
      });
    });

    it('keeps what was settled, whatever the other side says when it is asked later', async () => {
      const { id } = await pay('slow-sven', 'slow-sara');
      await settle(id, { items: [{ item: 'payments/0', status: 'REFUSED', code: 'AM04' }] });
      bank().judge(id, 0, true);
      bank().judge(id, 1, true);
      pass(2);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const { status, outcome } = await read(id);
      expect(status).toBe('SUBMITTED');
      expect(outcome?.items?.[0]).toMatchObject({ status: 'REFUSED', errorCode: 'AM04' });
      const last = await settle(id, { items: [{ item: 'payments/1', status: 'DONE' }] });
      expect(last.action?.status).toBe('PARTIALLY_SUCCEEDED');
    });

    it('waits for the call that is under way, whose answer is not lost over it', async () => {
      const id = await house.approved({ ...order, patient: 'Patient/amina-hassan' });
      await house.fault('slow', { delayMs: 1_500, on: 'writes' });
      const executed = house.execute(id);
      await house.until(id, 'EXECUTING');
      const settled = await settle(id, { result: 'DONE' });
      await house.fault('none');
      expect(settled).toMatchObject({ action: { status: 'SUCCEEDED' }, userErrors: [] });
      expect(settled.action?.outcome?.externalId).toMatch(/^ServiceRequest\//);
      expect((await executed).action?.status).toBe('SUCCEEDED');
    });

    it('is asked about, and ends when the other side has judged it', async () => {
      const { id } = await pay('anna', 'slow-sven');
      bank().judge(id, 1, true);
      pass(1);
      expect(await house.until(id, 'SUCCEEDED')).toMatchObject({ status: 'SUCCEEDED' });
    });
  });

  describe('that is undone', () => {
    it('is undone in part where a part cannot be had back, with what remains', async () => {
      const { id } = await pay('anna', 'spent-sam');
      const { action } = await undo(id);
      expect(action?.status).toBe('PARTIALLY_SUCCEEDED');
      const { status, outcome } = await read(action?.undo?.id ?? '');
      expect(status).toBe('PARTIALLY_SUCCEEDED');
      expect(outcome?.items?.[1]).toMatchObject({ status: 'REFUSED', errorCode: 'SPENT' });
      expect(bank().held(id)).toEqual(['spent-sam 19.99']);
    });

    it('can be undone until the moment at which its tool closes it, and not at it', async () => {
      const [early, late] = [await pay('anna'), await pay('anna')];
      expect(early.undoableUntil).toBe(new Date(now + 48 * 3_600_000).toISOString());
      now += 48 * 3_600_000 - 1;
      expect((await undo(early.id)).action?.status).toBe('UNDONE');
      now += 1;
      expect((await undo(late.id)).userErrors).toMatchObject([{ code: 'UNDO_WINDOW_CLOSED' }]);
    });

    it('can be undone for less long where a gate says so', async () => {
      const { userErrors, gate } = await setGate({ undoWithinMinutes: 60 });
      expect(userErrors).toEqual([]);
      expect(gate?.sentences).toEqual([
        expect.stringMatching(/^It can be undone for 1 hour after it was done: the gate/),
      ]);
      const { id } = await pay('anna');
      pass(1);
      expect((await undo(id)).userErrors).toMatchObject([{ code: 'UNDO_WINDOW_CLOSED' }]);
      await removeGate(gate);
      expect((await undo(id)).action?.status).toBe('UNDONE');
    });

    it('waits for approval where a gate asks for it, not from who undoes, and follows what comes of it', async () => {
      const { gate } = await setGate({ approvals: { count: 1 } });
      const [first, second] = [await pay('anna'), await pay('bob')];
      const asked = await undo(first.id);
      expect(asked.action).toMatchObject({ status: 'UNDOING', undo: { status: 'AWAITING_APPROVAL' } });
      expect((await undo(first.id)).action).toMatchObject({ undo: { status: 'AWAITING_APPROVAL' } });
      const undoId = asked.action?.undo?.id ?? '';
      expect(bank().held(first.id)).toEqual(['anna 19.99']);
      expect(codesOf(await house.approve(undoId, house.operator))).toEqual(['MAKER_IS_NOT_CHECKER']);
      expect(codesOf(await house.approve(undoId))).toEqual([]);
      expect((await undo(first.id)).action?.status).toBe('UNDONE');
      expect(bank().held(first.id)).toEqual([]);

      const refused = (await undo(second.id)).action?.undo?.id ?? '';
      await house.reject(refused);
      expect((await read(second.id)).status).toBe('SUCCEEDED');
      const forgotten = (await undo(second.id)).action?.undo?.id ?? '';
      pass(24 * 7 + 1);
      await house.until(forgotten, 'EXPIRED');
      expect((await read(second.id)).status).toBe('SUCCEEDED');
      await removeGate(gate);
    });

    it('stands as before when an approved undo fails, which then neither expires nor keeps others from it', async () => {
      const { gate } = await setGate({ approvals: { count: 1 } });
      const { id } = await pay('anna');
      const undoId = (await undo(id)).action?.undo?.id ?? '';
      await house.approve(undoId);
      bank().reversesNothing = true;
      await undo(id);
      bank().reversesNothing = false;
      expect(await read(undoId)).toMatchObject({ status: 'FAILED', outcome: { errorCode: 'CONFLICT' } });
      expect((await read(id)).status).toBe('SUCCEEDED');
      const { action: other } = await act('ledgerPayBatch', 'LedgerPayBatchInput', {
        payments: [{ to: 'anna', amount: '1.00' }],
      });
      pass(24 * 7 + 1);
      await house.until(other?.id ?? '', 'EXPIRED');
      expect((await read(undoId)).status).toBe('FAILED');
      await house.reject(undoId);
      expect((await read(id)).status).toBe('SUCCEEDED');
      await removeGate(gate);
    });

    it.each([
      ['limits', { limits: [{ count: { most: 1, window: 'PT1H', per: 'TENANT' } }] }],
      ['noApproval', { noApproval: true }],
      ['undoWithinMinutes', { undos: false, undoWithinMinutes: 60 }],
    ])('has gates that refuse %s where it means nothing', async (member, rule) => {
      const { userErrors } = await setGate(rule);
      expect(userErrors).toMatchObject([{ code: 'GATE_INVALID' }]);
      expect(userErrors[0]?.path?.join('.')).toContain(member);
    });
  });
});
