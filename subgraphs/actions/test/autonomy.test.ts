import { newId, type Principal, servicePrincipal } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { House } from './house.ts';
import { NotesHouse, type NoteView, type ToolView } from './notes-house.ts';

interface Payload {
  setting?: { scope: string; name: string; level: string } | null;
  proposal?: { status: string; decidedBy: { id: string } | null } | null;
  rules?: Record<string, number> | null;
  userErrors: { code: string; message: string; path: string[] | null }[];
}

const tool = 'notes.addNote';

describe('autonomy', () => {
  let notes: NotesHouse;
  let house: House;
  const set: Record<string, unknown>[] = [];

  beforeAll(async () => {
    notes = await NotesHouse.open();
    house = notes.house;
    await waive(house.admin);
    await waive(house.stranger);
  });
  afterEach(async () => {
    for (const target of set.splice(0)) await setAutonomy(target, null);
  });
  afterAll(() => notes.close());

  const mutate = async (name: string, shown: string, input: object, who: Principal): Promise<Payload> => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${shown} userErrors { code message path } } }`;
    const data = await house.ask<Record<string, Payload>>(who, query, {
      input: { reason: 'We talked it over.', ...input },
    });
    return data[name] as Payload; // The one field asked for.
  };
  const setAutonomy = async (target: Record<string, unknown>, level: string | null, who = house.admin) => {
    const answer = await mutate('setAutonomy', 'setting { scope name level }', { ...target, level }, who);
    if (answer.setting) set.push(target);
    return answer;
  };
  const setRules = (rules: object, who = house.admin) =>
    mutate('setAutonomyRules', 'rules { successesUnattended spikeReversals spikeRefusals windowDays }', rules, who);
  const decide = (proposalId: string | undefined, accept: boolean, who = house.admin) =>
    mutate('decideAutonomyPromotion', 'proposal { status decidedBy { id } }', { proposalId, accept }, who);
  /** Nobody need be asked about notes. */
  const waive = (who: Principal) =>
    mutate(
      'setActionGate',
      'gate { id }',
      { name: `Notes ${Math.random()}`, gate: { tools: ['notes.*'], noApproval: true } },
      who,
    );
  const codes = ({ userErrors }: { userErrors: { code: string }[] }) => userErrors.map(({ code }) => code);
  const added = async (who?: Principal, kind?: 'Add' | 'Burn'): Promise<NoteView> => {
    const { action, userErrors } = await notes.add('Milk.', who, kind);
    if (!action) throw new Error(JSON.stringify(userErrors));
    return action;
  };
  const done = async (): Promise<string> => {
    const { id, status } = await added();
    if (status === 'AWAITING_APPROVAL') await house.approve(id);
    if (status !== 'SUCCEEDED') await house.execute(id);
    return id;
  };
  /** Enough successes that the tool has earned the next level. */
  const earn = async (): Promise<ToolView> => {
    const id = await done();
    await notes.again(id, 80);
    await done();
    return notes.report();
  };
  const promote = async (): Promise<void> => {
    const { proposal, earned } = await earn();
    if (proposal) await decide(proposal.id, true);
    if (earned === 'SUGGEST') await promote();
  };
  const machine = (...permissions: string[]) =>
    testPrincipal({ tenantId: house.operator.tenantId, kind: 'api_key', permissions });

  it('is one click until something else is earned: what is permitted waits, and anybody who may execute does it', async () => {
    const { id, status, autonomy } = await added();
    expect({ status, autonomy }).toEqual({ status: 'APPROVED', autonomy: 'ONE_CLICK' });
    const service = servicePrincipal(house.operator.tenantId, 'import', ['actions:action:*', 'tool:*:propose']);
    expect((await house.execute(id, service)).action).toMatchObject({ status: 'SUCCEEDED' });
    expect(await notes.report()).toMatchObject({
      level: 'ONE_CLICK',
      earned: 'ONE_CLICK',
      limitedBy: [{ by: 'EARNED', name: tool, level: 'ONE_CLICK' }],
      takesPerson: false,
      evidence: {
        clean: 1,
        reversed: 0,
        reversalRate: 0,
        reversalBound: 0.05,
        next: 'UNATTENDED',
        successesNeeded: 72,
      },
      proposal: null,
    });
    expect(await notes.report('notes.burnNote')).toMatchObject({
      level: 'ONE_CLICK',
      limitedBy: [{ by: 'TOOL_ITSELF' }, { by: 'EARNED' }],
      evidence: { next: null, successesNeeded: null, whatItTakes: [] },
    });
  });

  it('cannot be raised above what was earned, by nobody and in no way', async () => {
    const unearned = await setAutonomy({ tool }, 'UNATTENDED');
    expect(unearned.userErrors).toMatchObject([{ code: 'AUTONOMY_NOT_EARNED', path: ['input', 'level'] }]);
    expect(unearned.userErrors[0]?.message).toMatch(/7\d more successes/);
    expect(codes(await setAutonomy({ tool: 'notes.burnNote' }, 'UNATTENDED'))).toEqual(['AUTONOMY_NOT_ALLOWED']);
    expect(codes(await setAutonomy({ tool: 'fhir.createServiceRequest' }, 'UNATTENDED'))).toEqual([
      'AUTONOMY_NOT_ALLOWED',
    ]);
    expect(codes(await setAutonomy({ risk: 'HIGH' }, 'UNATTENDED'))).toEqual(['AUTONOMY_NOT_ALLOWED']);
    // What is set for all is the most that any may do: it gives nothing.
    expect(codes(await setAutonomy({}, 'UNATTENDED'))).toEqual([]);
    const atOnce = await Promise.all([
      setAutonomy({ risk: 'LOW' }, 'UNATTENDED'),
      setAutonomy({ risk: 'LOW' }, 'UNATTENDED'),
    ]);
    expect(atOnce.flatMap(codes)).toEqual([]);
    expect(await added()).toMatchObject({ status: 'APPROVED', autonomy: 'ONE_CLICK' });
  });

  it('is set by administrators alone, for what there is, with a reason', async () => {
    await expect(setAutonomy({}, 'SUGGEST', house.operator)).rejects.toThrow('FORBIDDEN');
    await expect(setRules({ windowDays: 30 }, house.operator)).rejects.toThrow('FORBIDDEN');
    for (const [wrong, code] of [
      [{ tool: 'notes.dance' }, 'TOOL_NOT_FOUND'],
      [{ connector: 'fax' }, 'CONNECTOR_UNKNOWN'],
      [{ tool, connector: 'notes' }, 'SCOPE_INVALID'],
      [{ risk: 'LOW', connector: 'notes' }, 'SCOPE_INVALID'],
      [{ reason: ' ' }, 'REASON_REQUIRED'],
    ] as const) {
      expect(codes(await setAutonomy(wrong, 'SUGGEST'))).toEqual([code]);
    }
    const unknown = 'mutation { setAutonomy(input: { autoApprove: true, reason: "Quick." }) { userErrors { code } } }';
    expect(await house.refusal(house.admin, unknown)).toBe('BAD_REQUEST');
  });

  it('has rules that are set within their bounds', async () => {
    const { userErrors } = await setRules({ spikeReversals: 6 });
    expect(userErrors).toMatchObject([{ code: 'AUTONOMY_RULE_INVALID', path: ['input', 'spikeReversals'] }]);
    expect(await setRules({ spikeReversals: 3, spikeRefusals: 2 })).toMatchObject({
      rules: { spikeReversals: 3, spikeRefusals: 2, windowDays: 90, successesUnattended: 50 },
      userErrors: [],
    });
    await setRules({ spikeReversals: 4, spikeRefusals: 20 });
  });

  it.each([
    ['the tenant', {}, { by: 'TENANT', name: '*' }],
    ['a risk', { risk: 'LOW' }, { by: 'RISK', name: 'LOW' }],
    ['a connector', { connector: 'notes' }, { by: 'CONNECTOR', name: 'notes' }],
    ['a tool', { tool }, { by: 'TOOL', name: tool }],
  ])(
    'only suggests where that is set for %s, whatever gates waive: somebody else approves',
    async (_whose, target, by) => {
      const before = await added();
      await setAutonomy({}, 'UNATTENDED');
      await setAutonomy(target, 'SUGGEST');
      expect(await notes.report()).toMatchObject({ level: 'SUGGEST', limitedBy: [{ ...by, level: 'SUGGEST' }] });
      const action = await added();
      expect(action).toMatchObject({ status: 'AWAITING_APPROVAL', autonomy: 'SUGGEST' });
      expect(action.policy.reasons.join(' ')).toContain('SUGGEST');
      expect(codesOf(await house.approve(action.id, house.operator))).toEqual(['MAKER_IS_NOT_CHECKER']);
      // It holds for what was permitted before it was set.
      expect(codesOf(await house.execute(before.id))).toEqual(['APPROVALS_MISSING']);

      const query = '{ inbox { edges { node { id } } } }';
      const { inbox } = await house.ask<{ inbox: { edges: { node: { id: string } }[] } }>(house.approver, query);
      expect(inbox.edges.map(({ node }) => node.id)).toContain(action.id);
      await house.approve(action.id);
      expect((await house.execute(action.id)).action).toMatchObject({ status: 'SUCCEEDED' });
    },
  );

  it('takes a person where a level is set, and no machine by itself', async () => {
    await setAutonomy({ tool }, 'ONE_CLICK');
    const { id } = await added();
    const alone = machine('actions:*:*');
    expect(codesOf(await house.execute(id, alone))).toEqual(['PERSON_REQUIRED']);
    const withPerson = { ...alone, person: house.operator.id };
    expect((await house.execute(id, withPerson)).action).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('is earned by outcomes, proposed once, and not given before an administrator says so', async () => {
    const id = await done();
    await notes.again(id, 71);
    const before = await notes.report();
    const needed = before.evidence?.successesNeeded ?? 0;
    expect(needed).toBeLessThanOrEqual(1);
    // Several at once, each of which would be enough.
    const waiting = await Promise.all([added(), added(), added()]);
    await Promise.all(waiting.map((each) => house.execute(each.id)));
    expect((await notes.told()).map(({ type }) => type)).toEqual(['AutonomyPromotionProposed']);
    const { proposal, level } = await notes.report();
    expect(proposal).toMatchObject({ from: 'ONE_CLICK', to: 'UNATTENDED', status: 'OPEN' });
    expect(level).toBe('ONE_CLICK');
    expect(await added()).toMatchObject({ status: 'APPROVED', autonomy: 'ONE_CLICK' });
    expect(codes(await setAutonomy({ tool }, 'UNATTENDED'))).toEqual(['AUTONOMY_NOT_EARNED']);

    await expect(decide(proposal?.id, true, house.operator)).rejects.toThrow('FORBIDDEN');
    expect(codes(await decide(proposal?.id, true, machine('actions:*:*')))).toEqual(['PERSON_REQUIRED']);
    expect(codes(await decide(house.admin.id, true))).toEqual(['AUTONOMY_PROPOSAL_NOT_FOUND']);
    expect(codes(await decide(proposal?.id, true, house.stranger))).toEqual(['AUTONOMY_PROPOSAL_NOT_FOUND']);
    const both = await Promise.all([decide(proposal?.id, true), decide(proposal?.id, false)]);
    expect(both.flatMap(codes)).toEqual(['AUTONOMY_PROPOSAL_DECIDED']);
  });

  it('unattended, executes in the mutation that proposes, in the name of its maker', async () => {
    await promote();
    expect(await notes.report()).toMatchObject({ level: 'UNATTENDED', limitedBy: [], proposal: null });
    const action = await added();
    expect(action).toMatchObject({ status: 'SUCCEEDED', autonomy: 'UNATTENDED', policy: { decision: 'PERMIT' } });
    const query = `query ($id: ID!) { decisionLog(actionId: $id, first: 20) { edges { node { kind facts principal { id } } } } }`;
    const { decisionLog } = await house.ask<{
      decisionLog: { edges: { node: { kind: string; facts: { autonomy?: string }; principal: { id: string } } }[] };
    }>(house.admin, query, { id: action.id });
    const entries = decisionLog.edges.map(({ node }) => node);
    expect(entries.find(({ kind }) => kind === 'POLICY')?.facts.autonomy).toBe('UNATTENDED');
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['INTENT', 'OUTCOME']));
    expect(new Set(entries.map(({ principal }) => principal.id))).toEqual(new Set([house.operator.id]));
    // A machine that may do both: nobody has to click.
    expect(await added(machine('tool:*:propose', 'actions:*:*'))).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('unattended, waits like anything else where its maker may not execute, and where something is against it', async () => {
    await promote();
    expect(await added(machine('tool:*:propose', 'actions:action:read'))).toMatchObject({ status: 'APPROVED' });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    for (const gate of [
      { freezes: [{ from: '2026-01-01T00:00:00Z', until, reason: 'Year end' }] },
      { approvals: { count: 1 } },
    ]) {
      const shown = 'gate { id }';
      const input = { name: `Gate ${Math.random()}`, gate: { tools: ['notes.*'], ...gate } };
      const { gate: made } = (await mutate('setActionGate', shown, input, house.admin)) as { gate?: { id: string } };
      expect((await added()).status).toMatch(/^(APPROVED|AWAITING_APPROVAL)$/);
      await mutate('removeActionGate', shown, { id: made?.id }, house.admin);
    }
    await mutate('suspendActions', 'suspension { name }', { tool }, house.admin);
    const options = { idempotencyKey: 'while it is stopped' };
    const stopped = await notes.add('Milk.', house.operator, 'Add', options);
    expect(stopped.action?.status).toBe('APPROVED');
    await mutate('resumeActions', 'resumed', { tool }, house.admin);
    // Asked for again, it goes on where it was stopped.
    const again = await notes.add('Milk.', house.operator, 'Add', options);
    expect(again.action).toMatchObject({ id: stopped.action?.id, status: 'SUCCEEDED' });
    expect(await added()).toMatchObject({ status: 'SUCCEEDED' });
    // What cannot be undone never goes unattended.
    expect(await added(house.operator, 'Burn')).toMatchObject({ status: 'APPROVED', autonomy: 'ONE_CLICK' });
  });

  it('the most restrictive of all that is said wins over what was earned', async () => {
    await promote();
    await setAutonomy({ tool }, 'UNATTENDED');
    await setAutonomy({ risk: 'LOW' }, 'ONE_CLICK');
    expect(await added()).toMatchObject({ status: 'APPROVED', autonomy: 'ONE_CLICK' });
    await setAutonomy({ connector: 'notes' }, 'SUGGEST');
    expect(await added()).toMatchObject({ status: 'AWAITING_APPROVAL', autonomy: 'SUGGEST' });
  });

  it('is of one tenant: another one has what it has earned itself', async () => {
    await promote();
    expect(await added(house.stranger)).toMatchObject({ status: 'APPROVED', autonomy: 'ONE_CLICK' });
    expect(await notes.report(tool, house.stranger)).toMatchObject({
      level: 'ONE_CLICK',
      evidence: { clean: 0, successesNeeded: 73 },
      proposal: null,
      lastStepDown: null,
    });
    expect(await notes.told(house.stranger)).toEqual([]);
  });

  it('is lost at once when much is taken back, and what counts begins anew', async () => {
    await promote();
    const ids = [await done(), await done(), await done(), await done(), await done()];
    const checker = testPrincipal({ tenantId: house.operator.tenantId });
    for (const id of ids.slice(0, 3)) await house.undo(id, 'Not what we wanted.', checker);
    expect((await notes.report()).level).toBe('UNATTENDED');
    const told = (await notes.told()).length;
    // Two at once, of which one is enough: it goes down one level.
    await Promise.all(ids.slice(3).map((id) => house.undo(id, 'Not what we wanted.', checker)));
    expect((await notes.told()).slice(told)).toMatchObject([
      { type: 'AutonomyLowered', payload: { tool, from: 'UNATTENDED', to: 'ONE_CLICK', cause: 'REVERSAL_SPIKE' } },
    ]);
    expect(await notes.report()).toMatchObject({
      level: 'ONE_CLICK',
      takesPerson: true,
      evidence: { clean: 0, reversed: 0, successesNeeded: 73 },
      lastStepDown: { from: 'UNATTENDED', to: 'ONE_CLICK', cause: 'REVERSAL_SPIKE', reason: /^4 of its latest/ },
    });
    const { id, status } = await added();
    expect(status).toBe('APPROVED');
    expect(codesOf(await house.execute(id, machine('actions:*:*')))).toEqual(['PERSON_REQUIRED']);
    const query =
      '{ auditTrail(filter: { kinds: ["CONFIGURATION"] }, first: 1) { edges { node { facts principal { id } } } } }';
    const { auditTrail } = await house.ask<{ auditTrail: { edges: { node: object }[] } }>(house.admin, query);
    expect(auditTrail.edges[0]?.node).toMatchObject({
      facts: { subject: { type: 'Autonomy', id: tool }, state: 'LOWERED', cause: 'REVERSAL_SPIKE' },
      principal: { id: checker.id },
    });
  });

  it('is lost when the budget is spent, by what goes unattended alone', async () => {
    await promote();
    const [consumer] =
      house.subgraphs.runtimes.get('actions')?.parts.consumers?.filter(({ event }) => event === 'BudgetExceeded') ?? [];
    const { tenantId } = house.operator;
    const event = {
      ...{ id: newId(), tenantId, type: 'BudgetExceeded', payload: { monthlyUsd: 1, month: '2026-11' } },
      ...{ principal: { kind: 'service', id: 'billing.metering' }, workflow: null, surface: null },
      ...{ correlationId: newId(), occurredAt: new Date().toISOString() },
    };
    const exceed = () => house.subgraphs.database.withTenant(house.operator, async (em) => consumer?.handle(em, event));
    await exceed();
    const told = await notes.told();
    const lowered = { tool, from: 'UNATTENDED', to: 'ONE_CLICK', cause: 'BUDGET_EXCEEDED' };
    expect(told.at(-1)).toMatchObject({ type: 'AutonomyLowered', payload: lowered });
    expect(await added()).toMatchObject({ status: 'APPROVED', autonomy: 'ONE_CLICK' });
    await exceed();
    expect(await notes.told()).toHaveLength(told.length);
  });

  it('is lost at once when much is refused for its input, and an open proposal with it', async () => {
    const { proposal } = await earn();
    expect(proposal?.status).toBe('OPEN');
    const refuse = () => notes.add('Much longer than twenty characters.');
    expect(codes(await refuse())).toEqual(['INVALID_INPUT']);
    const before = await notes.report();
    expect(before.evidence?.refused).toBe(1);
    await setRules({ spikeRefusals: 1 });
    const taken = await proposedLately();
    for (let left = taken; left > 0; left -= 1) await refuse();
    const { level, lastStepDown, proposal: gone } = await notes.report();
    expect({ level, gone }).toEqual({ level: 'SUGGEST', gone: null });
    expect(lastStepDown).toMatchObject({ from: 'ONE_CLICK', to: 'SUGGEST', cause: 'REFUSAL_SPIKE' });
    expect(codes(await decide(proposal?.id, true))).toEqual(['AUTONOMY_PROPOSAL_DECIDED']);
    await setRules({ spikeRefusals: 20 });
    expect(codes(await setAutonomy({ tool }, 'ONE_CLICK'))).toEqual(['AUTONOMY_NOT_EARNED']);
  });
  /** How many proposals were taken since the tool was last stepped down. */
  const proposedLately = async (): Promise<number> => {
    const [row]: { count: number }[] = await house.subgraphs.database.withTenant(house.operator, (em) =>
      em.execute(
        `select count(*)::integer as count from actions.action as action
         where action.tool = ? and undo_of_id is null and created_at >= coalesce(
           (select counted_since from actions.autonomy_standing where tool = action.tool), '-infinity')`,
        [tool],
      ),
    );
    return row?.count ?? 0;
  };

  it('declined, has to be earned anew, and what somebody corrected or refused counts against it', async () => {
    const declined = await declineNext();
    expect(declined).toMatchObject({ status: 'DECLINED', decidedBy: { id: house.admin.id } });
    await done();
    expect(await notes.report()).toMatchObject({ proposal: null, evidence: { clean: 1 } });
    const { id } = await added();
    await house.reject(id);
    expect((await notes.report()).evidence).toMatchObject({ clean: 1, rejected: 1 });
    const corrected = await added();
    await mutate(
      'reviseAction',
      'action { id }',
      { actionId: corrected.id, input: { text: 'Oat milk.' } },
      testPrincipal({ tenantId: house.operator.tenantId }),
    );
    await house.approve(corrected.id);
    expect((await house.execute(corrected.id)).action?.status).toBe('SUCCEEDED');
    expect((await notes.report()).evidence).toMatchObject({ clean: 1, corrected: 1, rejected: 1 });
  });
  const declineNext = async () => {
    const { proposal } = await earn();
    return (await decide(proposal?.id, false)).proposal;
  };

  it('shows who may not see all actions how far tools go, and no numbers', async () => {
    const nobody = testPrincipal({ tenantId: house.operator.tenantId, permissions: [] });
    expect(await house.refusal(nobody, '{ autonomyReport { edges { cursor } } }')).toBe('FORBIDDEN');
    const first = await house.ask<{
      autonomyReport: { edges: { cursor: string }[]; pageInfo: { hasNextPage: boolean } };
    }>(house.operator, '{ autonomyReport(first: 1) { edges { cursor } pageInfo { hasNextPage } } }');
    expect(first.autonomyReport.pageInfo.hasNextPage).toBe(true);
    const after = first.autonomyReport.edges[0]?.cursor;
    const rest = await house.ask<{ autonomyReport: { edges: { node: { tool: string } }[] } }>(
      house.operator,
      'query ($after: String) { autonomyReport(after: $after) { edges { node { tool } } } }',
      { after },
    );
    expect(rest.autonomyReport.edges.map(({ node }) => node.tool)).toEqual([tool, 'notes.burnNote']);
  });
});

const codesOf = ({ userErrors }: { userErrors: { code: string }[] }): string[] => userErrors.map(({ code }) => code);
