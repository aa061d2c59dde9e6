import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, House, idOf, ordersOfOnesOwn } from './house.ts';

interface View {
  action: { id: string; status: string; retryAt: string | null; deadAt: string | null } | null;
  userErrors: { code: string }[];
}

describe('what failed for a reason that passes', () => {
  let house: House;

  beforeAll(async () => {
    const retries = { failures: 3, firstPauseMs: 50, longestPauseMs: 100 };
    house = await House.open({ callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000, retries });
  });
  afterEach(() => house.fault('none'));
  afterAll(() => house.close());

  const nextOrder = ordersOfOnesOwn();

  const act = async (name: 'requeue' | 'abandon', actionId: string, who = house.operator): Promise<View> => {
    const type = name === 'requeue' ? 'Requeue' : 'Abandon';
    const query = `mutation ($input: ${type}ActionInput!) { ${name}Action(input: $input) {
      action { id status retryAt deadAt } userErrors { code } } }`;
    const data = await house.ask<Record<string, View>>(who, query, { input: { actionId, reason: 'Looked at.' } });
    return data[`${name}Action`] as View; // The one field asked for.
  };
  const seen = async (id: string): Promise<NonNullable<View['action']>> => {
    const query = 'query ($id: ID!) { action(id: $id) { id status retryAt deadAt } }';
    return (await house.ask<{ action: NonNullable<View['action']> }>(house.operator, query, { id })).action;
  };
  const until = async (id: string, holds: (action: NonNullable<View['action']>) => boolean) => {
    for (let left = 200; left > 0; left -= 1) {
      const action = await seen(id);
      if (holds(action)) return action;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`It came to ${JSON.stringify(await seen(id))}.`);
  };
  const kindsOf = async (id: string): Promise<string[]> => {
    const query = 'query ($id: ID!) { decisionLog(actionId: $id) { edges { node { kind } } } }';
    const data = await house.ask<{ decisionLog: { edges: { node: { kind: string } }[] } }>(house.auditor, query, {
      id,
    });
    return data.decisionLog.edges.map(({ node }) => node.kind);
  };

  it('is tried again by itself, and done once', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('error500', { on: 'writes' });
    const failed = await house.execute(id);
    expect(failed.action?.status).toBe('FAILED');
    expect((await seen(id)).retryAt).not.toBeNull();
    await house.fault('none');
    expect(await until(id, ({ status }) => status === 'SUCCEEDED')).toMatchObject({ retryAt: null, deadAt: null });
    expect(await house.orders(input.patient)).toHaveLength(1);
  });

  it('is given to people when its tries are used up, who try again or give it up', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('error500', { on: 'writes' });
    await house.execute(id);
    expect(await until(id, ({ deadAt }) => deadAt !== null)).toMatchObject({ status: 'FAILED', retryAt: null });
    expect((await kindsOf(id)).filter((kind) => kind === 'INTENT')).toHaveLength(3);
    expect((await kindsOf(id)).at(-1)).toBe('DEAD_LETTER');
    await house.fault('none');
    expect(await act('requeue', id)).toMatchObject({ action: { status: 'FAILED', deadAt: null }, userErrors: [] });
    await until(id, ({ status }) => status === 'SUCCEEDED');
    expect(await house.orders(input.patient)).toHaveLength(1);
    expect((await act('requeue', id)).userErrors).toMatchObject([{ code: 'NOT_FAILED' }]);
  });

  it('is not tried any more once it was given up', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('error500', { on: 'writes' });
    await house.execute(id);
    await expect(act('abandon', id, house.approver)).rejects.toThrow('FORBIDDEN');
    expect((await act('abandon', id)).action).toMatchObject({ status: 'REJECTED', retryAt: null });
    await house.fault('none');
    expect(codesOf(await house.execute(id))).toEqual(['ILLEGAL_TRANSITION']);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await house.orders(input.patient)).toEqual([]);
  });

  it('stays as it is where the reason does not pass', async () => {
    const id = idOf(await house.propose(null, nextOrder()));
    expect((await act('requeue', id)).userErrors).toMatchObject([{ code: 'NOT_FAILED' }]);
    expect((await act('abandon', id)).userErrors).toMatchObject([{ code: 'NOT_FAILED' }]);
  });
});
