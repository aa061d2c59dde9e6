import type { Principal } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, codesOf, House, idOf, order } from './house.ts';

interface Payload {
  gate: { id: string; sentences: string[] } | null;
  userErrors: { code: string; message: string; path: string[] }[];
}

describe('gates', () => {
  let house: House;
  const set: string[] = [];

  beforeAll(async () => {
    house = await House.open({ callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000 });
  });
  afterEach(async () => {
    for (const id of set.splice(0)) await remove(id);
  });
  afterAll(() => house.close());

  const setGate = async (gate: object, input: object = {}, who = house.admin): Promise<Payload> => {
    const query = `mutation ($input: SetActionGateInput!) {
      setActionGate(input: $input) { gate { id sentences } userErrors { code message path } } }`;
    const whole = {
      name: `Gate ${Math.random()}`,
      gate: { tools: ['*'], ...gate },
      reason: 'The board wants it.',
      ...input,
    };
    const { setActionGate } = await house.ask<{ setActionGate: Payload }>(who, query, { input: whole });
    if (setActionGate.gate) set.push(setActionGate.gate.id);
    return setActionGate;
  };
  const remove = (id: string) =>
    house.ask<{ removeActionGate: Payload }>(
      house.admin,
      `mutation ($id: ID!) { removeActionGate(input: { id: $id, reason: "Over." }) { gate { id } userErrors { code } } }`,
      { id },
    );
  const checker = (overrides: Partial<Principal> = {}): Principal =>
    testPrincipal({
      tenantId: house.approver.tenantId,
      roles: ['approver'],
      permissions: ['actions:action:read', 'actions:action:approve'],
      ...overrides,
    });
  const proposed = async (): Promise<Answer> => house.propose(null, order);
  const status = async (id: string) => (await house.action(id))?.status;

  it('ask for as many people as they say, each once, before it is approved', async () => {
    const { gate } = await setGate({ approvals: { count: 2 } });
    expect(gate?.sentences).toEqual([expect.stringMatching(/^Two approvals are needed: the gate "Gate /)]);
    const { action } = await proposed();
    expect(action?.policy.reasons.at(-1)).toBe(gate?.sentences[0]);
    const id = action?.id ?? '';
    const first = checker();
    expect((await house.approve(id, first)).action?.status).toBe('AWAITING_APPROVAL');
    expect(codesOf(await house.approve(id, first))).toEqual(['ALREADY_APPROVED']);
    expect(codesOf(await house.execute(id))).toEqual(['ILLEGAL_TRANSITION']);
    expect((await house.approve(id, checker())).action?.status).toBe('APPROVED');
    expect(codesOf(await house.approve(id, checker()))).toEqual(['ILLEGAL_TRANSITION']);
    expect((await house.execute(id)).action?.status).toBe('SUCCEEDED');
  });

  it('ask for people of a role, and count nobody else', async () => {
    await setGate({ approvals: { count: 1, byRoles: ['cfo'] } });
    const id = idOf(await proposed());
    const refused = await house.approve(id, checker());
    expect(codesOf(refused)).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
    expect(refused.userErrors[0]?.message).toContain('cfo');
    expect((await house.approve(id, checker({ roles: ['cfo'] }))).action?.status).toBe('APPROVED');
  });

  it('ask for people who may see all that they approve, and of other departments', async () => {
    await setGate({ approvals: { count: 2, mustSeeAll: true, distinctDepartments: true } });
    const id = idOf(await proposed());
    const seeing = ['actions:action:read', 'actions:action:approve', 'actions:sensitive:read'];
    expect(codesOf(await house.approve(id, checker({ attributes: { department: 'a' } })))).toEqual([
      'APPROVAL_WOULD_NOT_COUNT',
    ]);
    const of = (department: string) => checker({ permissions: seeing, attributes: { department } });
    expect((await house.approve(id, of('a'))).action?.status).toBe('AWAITING_APPROVAL');
    expect(codesOf(await house.approve(id, of('a')))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
    expect((await house.approve(id, of('b'))).action?.status).toBe('APPROVED');
  });

  it('are asked again when it is begun: whoever has left since does not count any more', async () => {
    const leaver = checker();
    const id = idOf(await proposed());
    await house.approve(id, leaver);
    await house.leaves(leaver);
    expect(codesOf(await house.execute(id))).toEqual(['APPROVALS_MISSING']);
    expect(await status(id)).toBe('APPROVED');
  });

  it('hold for what was approved before they were set', async () => {
    const id = await house.approved();
    await setGate({ approvals: { count: 2 } });
    expect(codesOf(await house.execute(id))).toEqual(['APPROVALS_MISSING']);
    await remove(set.pop() ?? '');
    expect((await house.execute(id)).action?.status).toBe('SUCCEEDED');
  });

  it('may say that nobody need be asked, where none asks for anybody', async () => {
    await setGate({ tools: ['fhir.*'], noApproval: true });
    const { action } = await proposed();
    expect(action).toMatchObject({ status: 'APPROVED', policy: { decision: 'PERMIT' } });
    expect((await house.execute(action?.id ?? '')).action?.status).toBe('SUCCEEDED');
    await setGate({ approvals: { count: 1 } });
    expect((await proposed()).action).toMatchObject({ status: 'AWAITING_APPROVAL' });
  });

  it('keep it closed outside its windows and in a freeze, and say until when', async () => {
    const id = await house.approved();
    const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString();
    await setGate({ freezes: [{ from: '2026-01-01T00:00:00Z', until: tomorrow, reason: 'Year end' }] });
    const frozen = await house.execute(id);
    expect(codesOf(frozen)).toEqual(['OUTSIDE_CHANGE_WINDOW']);
    expect(frozen.userErrors[0]?.message).toContain('Year end');
    await remove(set.pop() ?? '');

    const start = new Date(Date.now() + 2 * 3_600_000).toISOString().slice(0, 16);
    const window = { timeZone: 'UTC', rule: 'FREQ=DAILY', start, durationMinutes: 60 };
    await setGate({ windows: [window] });
    const shut = await house.execute(id);
    expect(codesOf(shut)).toEqual(['OUTSIDE_CHANGE_WINDOW']);
    expect(shut.userErrors[0]?.message).toContain(start.slice(0, 13));
    await setGate({ windows: [{ ...window, start: '2026-01-01T00:00', durationMinutes: 1_440 }] }, { id: set.pop() });
    expect((await house.execute(id)).action?.status).toBe('SUCCEEDED');
  });

  describe('with limits', () => {
    const someone = () => testPrincipal({ ...house.operator, id: crypto.randomUUID(), revision: undefined as never });

    it('hold room from the proposal on, give it back when it is refused, and say when there is some again', async () => {
      const maker = someone();
      await setGate({ limits: [{ count: { most: 2, window: 'PT1H', per: 'USER' } }] });
      const first = idOf(await house.propose(null, order, maker));
      const second = idOf(await house.propose(null, order, maker));
      const third = await house.propose(null, order, maker);
      expect(codesOf(third)).toEqual(['LIMIT_EXCEEDED']);
      expect(third.userErrors[0]?.message).toMatch(/^0 more actions are left/);
      expect(codesOf(await house.propose(null, order, someone()))).toEqual([]);
      await house.reject(second);
      expect(codesOf(await house.propose(null, order, maker))).toEqual([]);
      await house.approve(first);
      expect((await house.execute(first)).action?.status).toBe('SUCCEEDED');
      const used = await house.propose(null, order, maker);
      expect(codesOf(used)).toEqual(['LIMIT_EXCEEDED']);
    });

    it('let through as many as there is room for, however many come at once', async () => {
      const maker = someone();
      await setGate({ limits: [{ count: { most: 3, window: 'P1D', per: 'USER' } }] });
      const answers = await Promise.all(Array.from({ length: 8 }, () => house.propose(null, order, maker)));
      expect(answers.filter(({ action }) => action !== null)).toHaveLength(3);
      expect(answers.flatMap(codesOf)).toEqual(Array(5).fill('LIMIT_EXCEEDED'));
    });
  });

  describe('an inbox', () => {
    interface Box {
      count: number;
      edges: { node: { id: string }; missing: string[] }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    }
    const inbox = async (who: Principal, args: { first?: number; after?: string | null } = {}): Promise<Box> => {
      const query = `query ($first: Int, $after: String) { inbox(first: $first, after: $after) {
        count edges { node { id } missing } pageInfo { hasNextPage endCursor } } }`;
      return (await house.ask<{ inbox: Box }>(who, query, { first: 100, ...args })).inbox;
    };
    const idsIn = async (who: Principal) => (await inbox(who)).edges.map(({ node }) => node.id);

    it('has what waits for one, the longest first, page by page, and how many there are', async () => {
      const who = checker({ roles: ['cfo'] });
      const before = (await inbox(who)).count;
      const ids = [idOf(await proposed()), idOf(await proposed()), idOf(await proposed())];
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const page = await inbox(who, { first: 2, after });
        expect(page.count).toBe(before + 3);
        seen.push(...page.edges.map(({ node }) => node.id));
        ({ endCursor: after, hasNextPage: more } = page.pageInfo);
      }
      expect(seen.slice(-3)).toEqual(ids);
      expect(new Set(seen).size).toBe(before + 3);
    });

    it('has nothing that one made, approved already, or would not count for', async () => {
      await setGate({ approvals: { count: 2, byRoles: ['cfo'] } });
      const id = idOf(await proposed());
      const [cfo, clerk] = [checker({ roles: ['cfo'] }), checker()];
      expect(await idsIn(house.operator)).not.toContain(id);
      expect(await idsIn(clerk)).toContain(id);
      await house.approve(id, clerk);
      expect(await idsIn(clerk)).not.toContain(id);
      expect(await idsIn(checker())).not.toContain(id);
      const box = await inbox(cfo);
      expect(box.edges.at(-1)).toMatchObject({ node: { id }, missing: [expect.stringContaining('cfo')] });
      await house.approve(id, cfo);
      expect(await idsIn(checker({ roles: ['cfo'] }))).not.toContain(id);
    });

    it('is of who may approve', async () => {
      await expect(inbox(house.auditor)).rejects.toThrow('FORBIDDEN');
    });
  });

  it('are set by who may, and refused where they say what cannot be', async () => {
    await expect(setGate({ approvals: { count: 1 } }, {}, house.operator)).rejects.toThrow('FORBIDDEN');
    for (const [gate, at] of [
      [{ approvals: { count: 0 } }, 'approvals'],
      [{ limits: [{ count: { most: -1, window: 'P1D', per: 'USER' } }] }, 'limits'],
      [{ approve: true }, undefined],
      [
        { windows: [{ timeZone: 'Mars/Base', rule: 'FREQ=DAILY', start: '2026-01-01T00:00', durationMinutes: 5 }] },
        'windows',
      ],
      [
        { windows: [{ timeZone: 'UTC', rule: 'FREQ=DAILY;COUNT=1', start: '2020-01-01T00:00', durationMinutes: 5 }] },
        'windows',
      ],
    ] as const) {
      const { gate: none, userErrors } = await setGate(gate);
      expect(none).toBeNull();
      expect(userErrors[0]).toMatchObject({ code: 'GATE_INVALID' });
      expect(userErrors[0]?.path.slice(0, 2)).toEqual(['input', 'gate']);
      if (at) expect(userErrors[0]?.path[2]).toBe(at);
    }
    await setGate({ approvals: { count: 1 } }, { name: 'Twice' });
    expect((await setGate({ approvals: { count: 1 } }, { name: 'twice' })).userErrors).toMatchObject([
      { code: 'NAME_TAKEN' },
    ]);
    expect((await setGate({ approvals: { count: 1 } }, { id: 'none' })).userErrors).toMatchObject([
      { code: 'GATE_NOT_FOUND' },
    ]);
  });
});
