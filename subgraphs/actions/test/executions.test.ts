import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, House, idOf, order, ordersOfOnesOwn } from './house.ts';

describe('executions', () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open({ callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000 });
  });
  afterEach(() => house.fault('none'));
  afterAll(() => house.close());

  const nextOrder = ordersOfOnesOwn();

  it('are refused for what is not approved', async () => {
    const id = idOf(await house.propose());
    const { userErrors } = await house.execute(id);
    expect(userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION', path: ['input', 'actionId'] }]);
    expect(userErrors[0]?.message).toContain('AWAITING_APPROVAL');
    expect(await house.orders()).toEqual([]);
  });

  it('are answered with the same outcome when they were done already', async () => {
    const id = await house.approved();
    const first = await house.execute(id);
    expect(await house.execute(id)).toEqual(first);
    expect(await house.orders()).toHaveLength(1);
  });

  it('fail where nothing took effect, and can be tried again', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('down', { on: 'writes' });
    const failed = await house.execute(id);
    expect(codesOf(failed)).toEqual(['OTHER_SIDE_UNAVAILABLE']);
    expect(failed.action).toMatchObject({ status: 'FAILED', outcome: { externalId: null } });

    await house.fault('none');
    expect(await house.execute(id)).toMatchObject({ action: { status: 'SUCCEEDED', attempts: 2 }, userErrors: [] });
    expect(await house.orders(input.patient)).toHaveLength(1);
  });

  it('end in a state that says so when the other side answers 500, and can be tried again', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('error500', { on: 'writes' });
    const failed = await house.execute(id);
    expect(codesOf(failed)).toEqual(['OTHER_SIDE_UNAVAILABLE']);
    expect(['FAILED', 'UNKNOWN']).toContain(failed.action?.status);
    await house.fault('none');
    expect(await house.execute(id)).toMatchObject({ action: { status: 'SUCCEEDED' }, userErrors: [] });
    expect(await house.orders(input.patient)).toHaveLength(1);
  });

  it('find out what became of an answer that was lost', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('lostAnswer', { on: 'fromFirstWrite' });
    const lost = await house.execute(id);
    expect(codesOf(lost)).toEqual(['OTHER_SIDE_UNAVAILABLE']);
    expect(lost.action?.status).toBe('UNKNOWN');
    await house.fault('none');
    const [made] = await house.orders(input.patient);
    expect(await house.until(id, 'SUCCEEDED')).toMatchObject({ outcome: { externalId: `ServiceRequest/${made?.id}` } });
    expect(await house.orders(input.patient)).toHaveLength(1);
  });

  it('do not do again what a slow server does late', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('slow', { delayMs: 6_000, on: 'writes' });
    const slow = await house.execute(id);
    expect(codesOf(slow)).toEqual(['OTHER_SIDE_UNAVAILABLE']);
    expect(slow.action?.status).toBe('UNKNOWN');
    await house.fault('none');
    await house.until(id, 'SUCCEEDED', 'FAILED');
    expect((await house.execute(id)).action?.status).toBe('SUCCEEDED');
    expect(await house.orders(input.patient)).toHaveLength(1);
  });

  it('are not those of another tenant', async () => {
    const id = await house.approved();
    const query = 'mutation ($id: ID!) { executeAction(input: { actionId: $id }) { action { id } } }';
    expect(await house.refusal(house.stranger, query, { id })).toBe('NOT_FOUND');
    expect(await house.refusal(house.approver, query, { id })).toBe('FORBIDDEN');
  });

  describe('are undone', () => {
    const done = async (input = nextOrder()) => {
      const id = await house.approved(input);
      await house.execute(id);
      return { id, patient: input.patient };
    };

    it('with a reason', async () => {
      const { id } = await done(order);
      expect((await house.undo(id, '  ')).userErrors).toMatchObject([
        { code: 'REASON_REQUIRED', path: ['input', 'reason'] },
      ]);
      expect((await house.action(id))?.status).toBe('SUCCEEDED');
    });

    it('once, also when asked twice at the same moment', async () => {
      const { id, patient } = await done();
      const answers = await Promise.all([house.undo(id), house.undo(id)]);
      expect(answers.map(({ action }) => action?.status)).toContain('UNDONE');
      for (const code of answers.flatMap(codesOf)) expect(code).toBe('ALREADY_UNDONE');
      expect(await house.orders(patient)).toMatchObject([{ status: 'entered-in-error' }]);
      const undo = (await house.action(id))?.undo;
      expect(codesOf(await house.undo(undo?.id ?? ''))).toEqual(['UNDO_OF_UNDO']);
    });

    it('not before they were done', async () => {
      expect((await house.undo(await house.approved())).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
    });

    it('and not said to stand again where an earlier try may have been heard', async () => {
      const { id, patient } = await done();
      await house.fault('lostAnswer', { on: 'fromFirstWrite' });
      expect((await house.undo(id)).action?.status).toBe('UNDOING');
      // Nothing can come of a try at a port where nobody is, and nothing is known by that.
      await house.configure({ baseUrl: 'http://127.0.0.1:9/acme/fhir/R4' });
      await house.fault('none');
      expect((await house.undo(id)).action?.status).toBe('UNDOING');
      await house.configure({ baseUrl: `${house.hospital.url}/acme/fhir/R4` });
      await house.undo(id);
      expect(await house.until(id, 'UNDONE')).toMatchObject({ undo: { status: 'SUCCEEDED' } });
      expect(await house.orders(patient)).toMatchObject([{ status: 'entered-in-error' }]);
    });

    it('when the other side is back, if it was down', async () => {
      const { id } = await done(order);
      await house.fault('down');
      expect(codesOf(await house.undo(id))).toEqual(['OTHER_SIDE_UNAVAILABLE']);
      await house.fault('none');
      expect((await house.undo(id)).action).toMatchObject({ status: 'UNDONE', undo: { status: 'SUCCEEDED' } });
    });
  });
});
