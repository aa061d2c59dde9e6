import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, codesOf, House, idOf, order, ordersOfOnesOwn } from './house.ts';

const fields = `action {
  id status revision editDistance planHash input
  preview { summary } drift { summary } changedBy { id } outcome { errorCode errorMessage }
  approvals { decision planHash }
} userErrors { code message path params }`;

interface View {
  action: {
    status: string;
    editDistance: number | null;
    planHash: string;
    preview: { summary: string };
    drift: { summary: string } | null;
  } | null;
  userErrors: { code: string; path: string[] | null; params: object | null }[];
}

describe('a plan is a contract', () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open({ callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000 });
  });
  afterEach(() => house.fault('none'));
  afterAll(() => house.close());

  const nextOrder = ordersOfOnesOwn();

  const act = async (name: string, input: Record<string, unknown>, who = house.operator): Promise<View> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`;
    return (await house.ask<Record<string, View>>(who, query, { input }))[name] as View; // The one field asked for.
  };
  const previewAgain = (actionId: string, who = house.operator) => act('previewAction', { actionId }, who);
  const revise = (actionId: string, input: object, who = house.operator) =>
    act('reviseAction', { actionId, input, reason: 'The other ward asked for it.' }, who);
  const execute = (actionId: string) => act('executeAction', { actionId });

  /** The patient's record changes on the other side, as if a clerk had worked on it. */
  const moveOn = async (patient: string, change: (record: Record<string, unknown>) => object): Promise<void> => {
    const url = `${house.hospital.url}/acme/fhir/R4/${patient}`;
    const record = JSON.parse(await (await fetch(url)).text());
    const body = JSON.stringify(change(record));
    const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/fhir+json' }, body });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const renamed = (record: Record<string, unknown>) => ({ ...record, name: [{ family: 'Newname', given: ['Eva'] }] });

  const kindsOf = async (actionId: string): Promise<{ kind: string; facts: Record<string, unknown> }[]> => {
    const query = 'query ($id: ID!) { decisionLog(actionId: $id) { edges { node { kind facts } } } }';
    const { decisionLog } = await house.ask<{ decisionLog: { edges: { node: { kind: string; facts: object } }[] } }>(
      { ...house.auditor, permissions: [...house.auditor.permissions, 'actions:action:read'] },
      query,
      { id: actionId },
    );
    return decisionLog.edges.map(({ node }) => node as { kind: string; facts: Record<string, unknown> });
  };

  it('which stops at STALE where the other side has moved on, with what would happen now, and nothing done', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await moveOn(input.patient, renamed);
    const { action, userErrors } = await execute(id);
    expect(userErrors).toMatchObject([{ code: 'PLAN_CHANGED', params: { actionId: id, status: 'STALE' } }]);
    expect(action).toMatchObject({ status: 'STALE', drift: { summary: expect.stringContaining('Newname') } });
    expect(action?.preview.summary).not.toContain('Newname');
    expect(await house.orders(input.patient)).toEqual([]);
    expect((await kindsOf(id)).map(({ kind }) => kind).slice(-2)).toEqual(['APPROVAL', 'STALENESS']);
    expect(codesOf((await execute(id)) as unknown as Answer)).toEqual(['ILLEGAL_TRANSITION']);

    const again = await previewAgain(id);
    expect(again).toMatchObject({
      action: { status: 'AWAITING_APPROVAL', revision: 2, drift: null, preview: { summary: action?.drift?.summary } },
      userErrors: [],
    });
    expect(again.action?.planHash).not.toBe(action?.planHash);
    const stale = await act('approveAction', { actionId: id, planHash: action?.planHash }, house.approver);
    expect(stale.userErrors).toMatchObject([{ code: 'PLAN_CHANGED' }]);
    expect((await execute(id)).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
    await house.approve(id);
    expect(await execute(id)).toMatchObject({ action: { status: 'SUCCEEDED' }, userErrors: [] });
    expect(await house.orders(input.patient)).toHaveLength(1);
  });

  it('which stops at STALE where the tool would refuse it by now, and says why', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await moveOn(input.patient, (record) => ({ ...record, active: false, deceasedBoolean: true }));
    const { action } = await execute(id);
    expect(action?.status).toBe('STALE');
    expect(await house.orders(input.patient)).toEqual([]);
  });

  it('which is neither begun nor broken while the other side cannot be looked at', async () => {
    const input = nextOrder();
    const id = await house.approved(input);
    await house.fault('down');
    const { action, userErrors } = await execute(id);
    expect(userErrors).toMatchObject([{ code: 'OTHER_SIDE_UNAVAILABLE' }]);
    expect(action).toBeNull();
    expect((await house.action(id))?.status).toBe('APPROVED');
    await house.fault('none');
    expect(await execute(id)).toMatchObject({ action: { status: 'SUCCEEDED' }, userErrors: [] });
  });

  it('which stays as it is when it is looked at again and nothing has changed', async () => {
    const id = await house.approved(nextOrder());
    const { action, userErrors } = await previewAgain(id);
    expect(userErrors).toEqual([]);
    expect(action).toMatchObject({ status: 'APPROVED', revision: 1, approvals: [{ planHash: action?.planHash }] });
  });

  describe('a person’s edit', () => {
    it('makes another plan, of whom both are makers, and keeps how far it went', async () => {
      const input = nextOrder();
      const id = await house.approved(input);
      const editor = house.admin;
      const edited = await revise(id, { ...input, priority: 'URGENT' }, editor);
      expect(edited).toMatchObject({
        action: {
          status: 'AWAITING_APPROVAL',
          revision: 2,
          input: { priority: 'URGENT' },
          changedBy: [{ id: editor.id }],
        },
        userErrors: [],
      });
      expect(edited.action?.editDistance).toBeCloseTo(1 / 6);
      for (const maker of [editor, house.operator]) {
        expect(codesOf(await house.approve(id, maker))).toEqual(['MAKER_IS_NOT_CHECKER']);
      }
      const entries = await kindsOf(id);
      expect(entries.at(-3)).toMatchObject({
        kind: 'INPUT',
        facts: { revision: 2, editDistance: edited.action?.editDistance },
      });
      await house.approve(id);
      expect(await execute(id)).toMatchObject({ action: { status: 'SUCCEEDED' } });
      expect(await house.orders(input.patient)).toMatchObject([{ priority: 'urgent' }]);
    });

    it('is refused where its tool would not take it, and then changes nothing', async () => {
      const input = nextOrder();
      const id = await house.approved(input);
      for (const [wrong, path] of [
        [{ ...input, priority: 'SOON' }, ['input', 'priority']],
        [{ ...input, patient: 'Patient/nobody' }, ['input', 'patient']],
        [[], null],
      ] as const) {
        const { action, userErrors } = await revise(id, wrong);
        expect(action).toBeNull();
        expect(userErrors[0]?.path?.slice(0, path?.length)).toEqual(path ?? ['input']);
      }
      expect(await house.action(id)).toMatchObject({ status: 'APPROVED' });
    });

    it('is not possible once it is done, nor for who may not propose, nor of what one does not see', async () => {
      const id = idOf(await house.propose(null, { ...order, note: 'Once.' }));
      const denied = { ...house.approver };
      await expect(revise(id, order, denied)).rejects.toThrow('FORBIDDEN');
      await expect(previewAgain(id, denied)).rejects.toThrow('FORBIDDEN');
      await expect(revise(id, order, house.stranger)).rejects.toThrow('NOT_FOUND');
      await house.approve(id);
      await execute(id);
      expect((await revise(id, order)).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
      expect((await previewAgain(id)).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
    });
  });
});
