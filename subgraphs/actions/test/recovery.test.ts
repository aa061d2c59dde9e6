import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { House, ordersOfOnesOwn } from './house.ts';

describe('what was cut off', () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open({ callTimeoutMs: 3_000 });
  });
  afterEach(() => house.fault('none'));
  afterAll(() => house.close());

  const nextOrder = ordersOfOnesOwn();

  /** Leaves the action as a process does that ends while it works on it. */
  const cutOff = (id: string) =>
    house.subgraphs.database.withTenant(house.operator, (em) =>
      em.execute(
        `update actions.action set status = 'EXECUTING', outcome = null, lease_owner = 'a process that is gone',
           lease_until = now() + interval '1 hour', fence = fence + 1, attempts = greatest(attempts, 1) where id = ?`,
        [id],
      ),
    );

  const kindsOf = async (id: string) => {
    const query = 'query ($id: ID) { decisionLog(actionId: $id) { edges { node { kind principal { kind id } } } } }';
    type Log = { decisionLog: { edges: { node: { kind: string; principal: { id: string } } }[] } };
    return (await house.ask<Log>(house.auditor, query, { id })).decisionLog.edges.map(({ node }) => node);
  };

  it('between intent and effect is done, once', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await cutOff(id);
    await house.until(id, 'SUCCEEDED');
    expect(await house.orders(input.patient)).toHaveLength(1);
    const recovered = (await kindsOf(id)).filter(({ principal }) => principal.id === 'actions.recovery');
    expect(recovered.map(({ kind }) => kind)).toEqual(['VERIFICATION', 'INTENT', 'EXECUTION', 'OUTCOME']);
  });

  it('between effect and outcome is found to be done', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    const before = await house.execute(id);
    await cutOff(id);
    expect((await house.until(id, 'SUCCEEDED')).outcome).toEqual(before.action?.outcome);
    expect(await house.orders(input.patient)).toHaveLength(1);
    expect((await kindsOf(id)).slice(-2).map(({ kind }) => kind)).toEqual(['VERIFICATION', 'OUTCOME']);
  });

  it('while it was undone is undone', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.execute(id);
    await house.fault('error500', { on: 'writes' });
    await house.undo(id);
    const undoId = (await house.action(id))?.undo?.id ?? '';
    if (undoId) await cutOff(undoId);
    await house.fault('none');
    await house.undo(id);
    expect(await house.until(id, 'UNDONE')).toMatchObject({ undo: { status: 'SUCCEEDED' } });
    expect(await house.orders(input.patient)).toMatchObject([{ status: 'entered-in-error' }]);
  });

  it('and comes back late is not heard any more', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('slow', { delayMs: 1_000, on: 'writes' });
    const late = house.execute(id);
    await house.until(id, 'EXECUTING');
    await cutOff(id);
    await house.fault('none');
    await Promise.all([late, house.until(id, 'SUCCEEDED')]);
    expect(await house.orders(input.patient)).toHaveLength(1);
    const outcomes = (await kindsOf(id)).filter(({ kind }) => kind === 'OUTCOME');
    expect(outcomes.map(({ principal }) => principal.id)).toEqual(['actions.recovery']);
  });
});
