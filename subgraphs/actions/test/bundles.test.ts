import { newId } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { House, order, type UserError } from './house.ts';

interface StepView {
  key: string;
  dependsOn: string[];
  takesFromOthers: boolean;
  action: {
    id: string;
    status: string;
    input: { note?: string };
    preview: { summary: string };
    planHash: string;
    approvals: { decision: string }[];
    outcome: { externalId: string | null; errorCode: string | null; output: { reference: string } | null } | null;
    bundle: { id: string } | null;
  };
}

interface BundleView {
  id: string;
  status: string;
  planHash: string;
  failedStep: string | null;
  failureCode: string | null;
  leftOver: string[];
  irreversibleSteps: string[];
  waitingFor: { step: string; code: string } | null;
  totals: { steps: number; changes: number; costUsd: string | null; risk: string };
  steps: StepView[];
}

interface Answer {
  bundle: BundleView | null;
  userErrors: UserError[];
}

const fields = `id status planHash failedStep failureCode leftOver irreversibleSteps waitingFor { step code }
  totals { steps changes costUsd risk amounts { currency amount } }
  steps { key dependsOn takesFromOthers action {
    id status input preview { summary } planHash approvals { decision } outcome { externalId errorCode output } bundle { id }
  } }`;

const tool = 'fhir.createServiceRequest';

describe('bundles', () => {
  let house: House;

  beforeAll(async () => {
    const retries = { failures: 6, firstPauseMs: 50, longestPauseMs: 100 };
    house = await House.open({ callTimeoutMs: 20_000, leaseMs: 90_000, patienceMs: 60_000, retries });
  }, 200_000);
  afterEach(() => house.fault('none'));
  afterAll(() => house.close());

  /** An order for a patient of whom nothing was ordered before. */
  const nextOrder = async (): Promise<typeof order> => {
    const headers = { 'content-type': 'application/fhir+json' };
    const body = JSON.stringify({ resourceType: 'Patient', active: true, name: [{ family: 'Lund', given: ['Ada'] }] });
    const response = await fetch(`${house.hospital.url}/acme/fhir/R4/Patient`, { method: 'POST', headers, body });
    const { id }: { id: string } = JSON.parse(await response.text());
    return { ...order, patient: `Patient/${id}` };
  };

  const act = async (field: string, input: object, who = house.operator): Promise<Answer> => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { bundle { ${fields} } userErrors { code message path } } }`;
    return (await house.ask<Record<string, Answer>>(who, query, { input }))[field] as Answer; // The one field asked for.
  };
  const propose = (steps: object[], more: object = {}, who = house.operator) =>
    act('proposeBundle', { title: 'Two pictures', onFailure: 'STOP', steps, ...more }, who);
  const proposed = async (steps: object[], more: object = {}): Promise<BundleView> =>
    bundleOf(await propose(steps, more));
  const approved = async (steps: object[], more: object = {}): Promise<BundleView> => {
    const { id: bundleId, planHash } = await proposed(steps, more);
    return bundleOf(await act('approveBundle', { bundleId, planHash }, house.approver));
  };
  const execute = (bundleId: string) => act('executeBundle', { bundleId });
  const seen = async (id: string, who = house.operator): Promise<BundleView | null> => {
    const query = `query ($id: ID!) { bundle(id: $id) { ${fields} } }`;
    return (await house.ask<{ bundle: BundleView | null }>(who, query, { id })).bundle;
  };
  const until = async (id: string, ...statuses: string[]): Promise<BundleView> => {
    for (let left = 1_200; left > 0; left -= 1) {
      const bundle = await seen(id);
      if (bundle && statuses.includes(bundle.status)) return bundle;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`The bundle is not ${statuses.join(' or ')}: ${JSON.stringify(await seen(id))}`);
  };

  const first = (input: object) => ({ key: 'first', tool, input });
  const takesReference = (input: object) => ({
    key: 'second',
    tool,
    input: { ...input, note: { $from: 'first', pointer: '/output/reference' } },
  });
  /** A reference is no patient: its type is right, and it is refused once it is there. */
  const wrongPatient = (input: object) => ({
    key: 'second',
    tool,
    input: { ...input, patient: { $from: 'first', pointer: '/output/reference' } },
  });
  const within = (sql: string, id: string) =>
    house.subgraphs.database.withTenant(house.operator, (em) => em.execute(sql, [id]));
  /** Leaves it as a process does that ends while it works on it. */
  const cutOff = (what: 'action' | 'bundle', id: string, status: string) =>
    within(
      `update actions.${what} set status = '${status}', lease_owner = 'a process that is gone',
         lease_until = now() + interval '1 hour', fence = fence + 1${what === 'action' ? ', outcome = null' : ''}
       where id = ?`,
      id,
    );
  const changedOnTheOtherSide = async (reference: string): Promise<void> => {
    const url = `${house.hospital.url}/acme/fhir/R4/${reference}`;
    const resource = JSON.parse(await (await fetch(url)).text());
    const headers = { 'content-type': 'application/fhir+json' };
    const body = JSON.stringify({ ...resource, status: 'completed' });
    const { status } = await fetch(url, { method: 'PUT', headers, body });
    if (status !== 200) throw new Error(`The hospital answers ${status}.`);
  };
  const statusesOf = (bundle: BundleView | null) => bundle?.steps.map(({ action }) => action.status);

  it('take what one step gives to the next one, approved and executed as one', async () => {
    const input = await nextOrder();
    // Given in the other order: what is taken from comes first.
    const bundle = await proposed([takesReference(input), first(input)]);
    expect(bundle).toMatchObject({
      status: 'AWAITING_APPROVAL',
      totals: { steps: 2, costUsd: null, risk: 'MEDIUM' },
      irreversibleSteps: [],
      steps: [
        { key: 'first', takesFromOthers: false, dependsOn: [] },
        { key: 'second', takesFromOthers: true, dependsOn: ['first'] },
      ],
    });
    expect(bundle.steps[1]?.action.preview.summary).toContain('note from /output/reference of "first"');
    const { id: bundleId, planHash } = bundle;
    expect((await act('approveBundle', { bundleId, planHash })).userErrors).toMatchObject([
      { code: 'MAKER_IS_NOT_CHECKER' },
    ]);
    expect((await act('approveBundle', { bundleId, planHash: 'another' }, house.approver)).userErrors).toMatchObject([
      { code: 'PLAN_CHANGED', path: ['input', 'planHash'] },
    ]);
    expect(statusesOf(bundleOf(await act('approveBundle', { bundleId, planHash }, house.approver)))).toEqual([
      'APPROVED',
      'APPROVED',
    ]);
    const done = bundleOf(await execute(bundleId));
    expect(done.status).toBe('SUCCEEDED');
    const [one, two] = done.steps;
    expect(two?.action.input.note).toBe(one?.action.outcome?.output?.reference);
    expect(two?.action.planHash).toBe(bundle.steps[1]?.action.planHash);
    expect(two?.action.bundle).toEqual({ id: bundleId });
    expect(await house.orders(input.patient)).toHaveLength(2);
    // Asked again, nothing is done again.
    expect(bundleOf(await execute(bundleId)).status).toBe('SUCCEEDED');
    expect(await house.orders(input.patient)).toHaveLength(2);
  });

  it('stop at what fails: what was done stands, and the rest is not done', async () => {
    const input = await nextOrder();
    const last = { key: 'last', tool, input, dependsOn: ['second'] };
    const { id } = await approved([first(input), wrongPatient(input), last]);
    const stopped = bundleOf(await execute(id));
    expect(stopped).toMatchObject({ status: 'STOPPED', failedStep: 'second', failureCode: 'INVALID_INPUT' });
    expect(statusesOf(stopped)).toEqual(['SUCCEEDED', 'STALE', 'REJECTED']);
    expect(await house.orders(input.patient)).toMatchObject([{ status: 'active' }]);
    expect((await act('executeBundle', { bundleId: id })).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
    // And what stands can still be taken back.
    expect(bundleOf(await act('undoBundle', { bundleId: id, reason: 'Not like this.' })).status).toBe('COMPENSATED');
    expect(await house.orders(input.patient)).toMatchObject([{ status: 'entered-in-error' }]);
  });

  it('take back what was done when a step fails, the last one first', async () => {
    const input = await nextOrder();
    const other = { key: 'other', tool, input };
    const steps = [first(input), other, { ...wrongPatient(input), dependsOn: ['other'] }];
    const { id } = await approved(steps, { onFailure: 'COMPENSATE' });
    const ended = bundleOf(await execute(id));
    expect(ended).toMatchObject({ status: 'COMPENSATED', failedStep: 'second', leftOver: [] });
    expect(statusesOf(ended)).toEqual(['UNDONE', 'UNDONE', 'STALE']);
    const orders = await house.orders(input.patient);
    expect(orders.map(({ status }) => status)).toEqual(['entered-in-error', 'entered-in-error']);
    const [one, two] = await Promise.all(ended.steps.map(({ action }) => house.action(action.id)));
    // Ids grow with time.
    expect(String(two?.undo?.id) < String(one?.undo?.id)).toBe(true);
    expect((await act('cancelBundle', { bundleId: id, reason: 'Never mind.' })).userErrors).toMatchObject([
      { code: 'ILLEGAL_TRANSITION' },
    ]);
  });

  it('leave what cannot be taken back to people, and take back the rest', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), { key: 'other', tool, input }]);
    const done = bundleOf(await execute(id));
    await changedOnTheOtherSide(done.steps[1]?.action.outcome?.externalId ?? '');
    const ended = bundleOf(await act('undoBundle', { bundleId: id, reason: 'Not needed.' }));
    expect(ended).toMatchObject({ status: 'PARTLY_COMPENSATED', leftOver: ['other'] });
    expect(statusesOf(ended)).toEqual(['UNDONE', 'SUCCEEDED']);
  });

  it('are not taken back past gates that ask for approvals of undos: their steps are, one by one', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input)]);
    await execute(id);
    const query = `mutation ($input: SetActionGateInput!) { setActionGate(input: $input) { gate { id } } }`;
    const gate = { tools: ['*'], undos: true, approvals: { count: 1 } };
    const { setActionGate } = await house.ask<{ setActionGate: { gate: { id: string } } }>(house.admin, query, {
      input: { name: 'Undo by two', gate, reason: 'The board wants it.' },
    });
    const refused = await act('undoBundle', { bundleId: id, reason: 'Not needed.' });
    expect(refused.userErrors).toMatchObject([{ code: 'UNDO_NEEDS_APPROVAL' }]);
    const remove = `mutation ($id: ID!) { removeActionGate(input: { id: $id, reason: "Over." }) { userErrors { code } } }`;
    await house.ask(house.admin, remove, { id: setActionGate.gate.id });
    expect(bundleOf(await act('undoBundle', { bundleId: id, reason: 'Not needed.' })).status).toBe('COMPENSATED');
  });

  it('wait for the tries of a step, and go on', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), takesReference(input)]);
    await house.fault('error500', { on: 'writes' });
    const waiting = bundleOf(await execute(id));
    expect(waiting).toMatchObject({ status: 'EXECUTING', waitingFor: { step: 'first' } });
    await house.fault('none');
    expect(statusesOf(await until(id, 'SUCCEEDED', 'STOPPED'))).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(await house.orders(input.patient)).toHaveLength(2);
    // Taking back waits for the other side, too.
    await house.fault('error500', { on: 'writes' });
    const undoing = bundleOf(await act('undoBundle', { bundleId: id, reason: 'Not needed.' }));
    expect(undoing).toMatchObject({ status: 'COMPENSATING' });
    expect((await act('undoBundle', { bundleId: id, reason: 'Again.' })).userErrors).toMatchObject([
      { code: 'ILLEGAL_TRANSITION' },
    ]);
    await house.fault('none');
    expect(await until(id, 'COMPENSATED', 'PARTLY_COMPENSATED')).toMatchObject({ status: 'COMPENSATED', leftOver: [] });
  });

  it('wait where an outcome is not known, and do nothing twice', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), takesReference(input)]);
    await house.fault('lostAnswer', { on: 'fromFirstWrite' });
    expect(bundleOf(await execute(id))).toMatchObject({
      status: 'EXECUTING',
      waitingFor: { step: 'first', code: 'OUTCOME_UNKNOWN' },
    });
    await house.fault('none');
    await until(id, 'SUCCEEDED');
    expect(await house.orders(input.patient)).toHaveLength(2);
  });

  it('go on where a process ended, without doing anything twice', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), takesReference(input)]);
    // Begun, and nothing done yet.
    await cutOff('bundle', id, 'EXECUTING');
    const done = await until(id, 'SUCCEEDED');
    expect(await house.orders(input.patient)).toHaveLength(2);
    // In the middle of the second step, whose effect had taken place.
    await cutOff('action', done.steps[1]?.action.id ?? '', 'EXECUTING');
    await cutOff('bundle', id, 'EXECUTING');
    expect(statusesOf(await until(id, 'SUCCEEDED'))).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(await house.orders(input.patient)).toHaveLength(2);
    // While it was taken back.
    await cutOff('bundle', id, 'COMPENSATING');
    expect(statusesOf(await until(id, 'COMPENSATED'))).toEqual(['UNDONE', 'UNDONE']);
    const orders = await house.orders(input.patient);
    expect(orders.map(({ status }) => status)).toEqual(['entered-in-error', 'entered-in-error']);
  });

  it('are executed once, also when asked twice at the same moment', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), takesReference(input)]);
    const answers = await Promise.all([execute(id), execute(id)]);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(answers.map(({ bundle }) => bundle?.status)).toContain('SUCCEEDED');
    expect(await house.orders(input.patient)).toHaveLength(2);
  });

  it('end where the other side does not answer for too long, with nothing done', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), takesReference(input)]);
    await house.fault('down');
    expect(bundleOf(await execute(id))).toMatchObject({
      status: 'EXECUTING',
      waitingFor: { step: 'first', code: 'OTHER_SIDE_UNAVAILABLE' },
    });
    const ended = await until(id, 'STOPPED');
    expect(ended).toMatchObject({ failedStep: 'first', failureCode: 'OTHER_SIDE_UNAVAILABLE', waitingFor: null });
    expect(statusesOf(ended)).toEqual(['STALE', 'REJECTED']);
    await house.fault('none');
    expect(await house.orders(input.patient)).toEqual([]);
  });

  it('are decided on, executed and undone as one: a step by itself is refused', async () => {
    const { id, steps } = await proposed([first(order), { key: 'other', tool, input: order }]);
    const actionId = steps[0]?.action.id ?? '';
    const partOfBundle = [{ code: 'PART_OF_BUNDLE' }];
    expect((await house.approve(actionId)).userErrors).toMatchObject(partOfBundle);
    expect((await house.reject(actionId)).userErrors).toMatchObject(partOfBundle);
    await act('approveBundle', { bundleId: id }, house.approver);
    expect((await house.execute(actionId)).userErrors).toMatchObject(partOfBundle);
    const revise = `mutation ($id: ID!, $input: JSON!) {
      previewAction(input: { actionId: $id }) { userErrors { code } }
      reviseAction(input: { actionId: $id, input: $input, reason: "Better." }) { userErrors { code } } }`;
    expect(await house.ask(house.operator, revise, { id: actionId, input: order })).toMatchObject({
      previewAction: { userErrors: partOfBundle },
      reviseAction: { userErrors: partOfBundle },
    });
    expect(await seen(id)).toMatchObject({ status: 'APPROVED' });
  });

  it('of which one is over let a step be undone on which nothing rests any more', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), takesReference(input)]);
    const { steps } = bundleOf(await execute(id));
    const [one = '', two = ''] = steps.map(({ action }) => action.id);
    expect((await house.undo(one)).userErrors).toMatchObject([{ code: 'PART_OF_BUNDLE' }]);
    expect((await house.undo(two)).action?.status).toBe('UNDONE');
    expect((await house.undo(one)).action?.status).toBe('UNDONE');
  });

  it('are rejected by others, and taken back by who made them', async () => {
    const { id } = await proposed([first(order)]);
    expect(statusesOf(bundleOf(await act('rejectBundle', { bundleId: id, comment: 'No.' }, house.approver)))).toEqual([
      'REJECTED',
    ]);
    const { id: own } = await approved([first(order)]);
    expect((await act('rejectBundle', { bundleId: own }, house.approver)).userErrors).toMatchObject([
      { code: 'ILLEGAL_TRANSITION' },
    ]);
    expect(bundleOf(await act('rejectBundle', { bundleId: own }))).toMatchObject({ status: 'REJECTED' });
    expect((await execute(own)).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
  });

  it('take as many approvals as the gates ask for, each of all steps', async () => {
    const gate = `mutation { setActionGate(input: { name: "Two", reason: "So.", gate: {
      tools: ["fhir.*"], approvals: { count: 2 } } }) { gate { id } } }`;
    const { setActionGate } = await house.ask<{ setActionGate: { gate: { id: string } } }>(house.admin, gate);
    const { id: bundleId } = await proposed([first(order), { key: 'other', tool, input: order }]);
    const inPart = bundleOf(await act('approveBundle', { bundleId }, house.approver));
    expect(inPart.status).toBe('AWAITING_APPROVAL');
    expect(statusesOf(inPart)).toEqual(['AWAITING_APPROVAL', 'AWAITING_APPROVAL']);
    expect((await act('approveBundle', { bundleId }, house.approver)).userErrors).toMatchObject([
      { code: 'ALREADY_APPROVED', path: ['input', 'bundleId'] },
    ]);
    const another = { ...house.approver, id: newId(), person: newId() };
    const whole = bundleOf(await act('approveBundle', { bundleId }, another));
    expect(whole.status).toBe('APPROVED');
    expect(whole.steps.map(({ action }) => action.approvals.length)).toEqual([2, 2]);
    const remove = 'mutation ($id: ID!) { removeActionGate(input: { id: $id, reason: "Over." }) { gate { id } } }';
    await house.ask(house.admin, remove, { id: setActionGate.gate.id });
  });

  it('end when their time runs out, with all of their steps', async () => {
    const { id } = await approved([first(order), { key: 'other', tool, input: order }]);
    await within(`update actions.bundle set expires_at = now() - interval '1 minute' where id = ?`, id);
    const ended = await until(id, 'EXPIRED');
    expect(statusesOf(ended)).toEqual(['EXPIRED', 'EXPIRED']);
    const query = 'query ($id: ID) { decisionLog(actionId: $id) { edges { node { kind facts } } } }';
    const { decisionLog } = await house.ask<{ decisionLog: { edges: { node: object }[] } }>(house.auditor, query, {
      id: ended.steps[0]?.action.id,
    });
    expect(decisionLog.edges.at(-1)?.node).toMatchObject({ kind: 'EXPIRY', facts: { from: 'APPROVED', bundleId: id } });
  });

  it('are held by a suspension, before they are begun and on their way', async () => {
    const { id } = await approved([first(order)]);
    const turn = (what: string) =>
      house.ask(house.admin, `mutation { ${what}Actions(input: { reason: "An incident." }) { userErrors { code } } }`);
    await turn('suspend');
    expect((await execute(id)).userErrors).toMatchObject([{ code: 'SUSPENDED', path: ['input', 'bundleId'] }]);
    expect((await seen(id))?.status).toBe('APPROVED');
    await cutOff('bundle', id, 'EXECUTING');
    for (let left = 100; left > 0 && (await seen(id))?.waitingFor?.code !== 'SUSPENDED'; left -= 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await seen(id)).toMatchObject({ status: 'EXECUTING', waitingFor: { step: 'first', code: 'SUSPENDED' } });
    await turn('resume');
    await until(id, 'SUCCEEDED');
    await turn('suspend');
    const undo = () => act('undoBundle', { bundleId: id, reason: 'Taken back.' });
    expect((await undo()).userErrors).toMatchObject([{ code: 'SUSPENDED', path: ['input', 'bundleId'] }]);
    expect((await seen(id))?.status).toBe('SUCCEEDED');
    await turn('resume');
    expect((await undo()).userErrors).toEqual([]);
    await until(id, 'COMPENSATED');
  });

  it('that are cancelled while they wait begin nothing more, and take back what was done', async () => {
    const input = await nextOrder();
    const { id } = await approved([first(input), takesReference(input)], { onFailure: 'COMPENSATE' });
    await house.fault('error500', { on: 'writes' });
    await execute(id);
    await act('cancelBundle', { bundleId: id, reason: 'Changed our minds.' });
    await house.fault('none');
    const ended = await until(id, 'COMPENSATED');
    expect(['FAILED', 'REJECTED', 'UNDONE']).toContain(statusesOf(ended)?.[0]);
    expect(statusesOf(ended)?.[1]).toBe('REJECTED');
    for (const { status } of await house.orders(input.patient)) expect(status).toBe('entered-in-error');
  });

  it('are refused where they are not sound, and nothing of them is proposed', async () => {
    const step = (key: string, more: object = {}) => ({ key, tool, input: order, ...more });
    const from = (pointer: string, at: string) => [
      first(order),
      { key: 'second', tool, input: { ...order, [at]: { $from: 'first', pointer } } },
    ];
    const wrong: [object[], string][] = [
      [[], 'BUNDLE_EMPTY'],
      [Array.from({ length: 1_000 }, (_, index) => step(`s${index}`)), 'BUNDLE_TOO_LARGE'],
      [[step('a', { dependsOn: ['b'] }), step('b', { dependsOn: ['a'] })], 'BUNDLE_CYCLE'],
      [[step('a', { dependsOn: ['a'] })], 'BUNDLE_CYCLE'],
      [[step('a'), step('a')], 'STEP_KEY_TAKEN'],
      [[step('1')], 'STEP_KEY_INVALID'],
      [[step('a', { dependsOn: ['b'] })], 'STEP_UNKNOWN'],
      [[{ ...step('a'), input: { ...order, note: { $from: 'b', pointer: '/externalId' } } }], 'STEP_UNKNOWN'],
      [[step('a', { tool: 'fhir.dance' })], 'TOOL_NOT_FOUND'],
      [[step('a', { input: { ...order, priority: 'SOON' } })], 'INVALID_INPUT'],
      [[step('a', { input: { ...order, patient: 'Patient/nobody' } })], 'NOT_FOUND'],
      [from('/output/nothing', 'note'), 'REFERENCE_NOT_FOUND'],
      [from('/output/reference', 'priority'), 'REFERENCE_TYPE_MISMATCH'],
      [from('/output/versionId', 'patient'), 'REFERENCE_TYPE_MISMATCH'],
      [from('/output', 'note'), 'REFERENCE_TYPE_MISMATCH'],
      [from('/somewhere', 'note'), 'REFERENCE_INVALID'],
      [from('/externalId', 'unheardOf'), 'INVALID_INPUT'],
    ];
    for (const [steps, code] of wrong)
      expect([code, await propose(steps)]).toMatchObject([code, { userErrors: [{ code }] }]);
    const { userErrors } = await propose([first(order), step('a', { input: { ...order, priority: 'SOON' } })]);
    expect(userErrors).toMatchObject([{ path: ['input', 'steps', '1', 'input', 'priority'] }]);
    const cycle = [step('a', { dependsOn: ['c'] }), step('b', { dependsOn: ['a'] }), step('c', { dependsOn: ['b'] })];
    expect((await propose(cycle)).userErrors[0]?.message).toContain('a -> c -> b -> a');
    await expect(propose([first(order)], {}, house.approver)).rejects.toThrow('FORBIDDEN');
  });

  it('are the same under one idempotency key', async () => {
    const more = { idempotencyKey: 'two pictures' };
    const { id } = await proposed([first(order)], more);
    expect((await proposed([first(order)], more)).id).toBe(id);
    expect((await propose([first({ ...order, note: 'Another.' })], more)).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_CONFLICT' },
    ]);
  });

  it('are not there for another tenant, nor to be decided on by just anybody', async () => {
    const { id } = await approved([first(order)]);
    expect(await seen(id, house.stranger)).toBeNull();
    const list = '{ bundles(first: 100) { edges { node { id } } } }';
    expect(await house.ask(house.stranger, list)).toEqual({ bundles: { edges: [] } });
    const own = await house.ask<{ bundles: { edges: { node: { id: string } }[] } }>(house.operator, list);
    expect(own.bundles.edges[0]?.node.id).toBe(id);
    const executes = 'mutation ($id: ID!) { executeBundle(input: { bundleId: $id }) { bundle { id } } }';
    expect(await house.refusal(house.stranger, executes, { id })).toBe('NOT_FOUND');
    expect(await house.refusal(house.approver, executes, { id })).toBe('FORBIDDEN');
  });

  it('are in the log, each step for itself and the whole', async () => {
    const { id, steps } = await approved([first(order)]);
    const query = `query ($id: ID) { auditTrail(filter: { kinds: ["BUNDLE"] }, first: 2) { edges { node { facts } } }
      decisionLog(actionId: $id) { edges { node { kind facts } } } }`;
    type Logged = { edges: { node: { kind?: string; facts: object } }[] };
    const log = await house.ask<{ auditTrail: Logged; decisionLog: Logged }>(house.auditor, query, {
      id: steps[0]?.action.id,
    });
    const subject = { type: 'Bundle', id };
    expect(log.auditTrail.edges.map(({ node }) => node.facts)).toMatchObject([
      { state: 'APPROVAL', subject, status: 'APPROVED' },
      { state: 'PROPOSED', subject },
    ]);
    const [input] = log.decisionLog.edges;
    expect(input?.node).toMatchObject({ kind: 'INPUT', facts: { bundleId: id, step: 'first' } });
    expect(log.decisionLog.edges.map(({ node }) => node.kind)).toContain('APPROVAL');
  });

  it('are tried over many records, of which nothing is kept', async () => {
    const steps = [
      { key: 'first', tool, input: { ...order, patient: { $record: '/patient' }, note: { $record: '/note' } } },
      { ...takesReference(order), input: { ...takesReference(order).input, patient: { $record: '/patient' } } },
    ];
    const records = [
      { patient: order.patient },
      { patient: 'Patient/nobody' },
      { patient: order.patient, note: 'Said so.' },
      {},
    ];
    const query = `mutation ($input: SimulateBundleInput!) { simulateBundle(input: $input) {
      simulation { records going notPreviewed totals { steps changes risk } refusals { record code path }
        gates { record approvals closed } }
      userErrors { code } } }`;
    const simulate = async (input: object, who = house.operator) =>
      (await house.ask<{ simulateBundle: object }>(who, query, { input })).simulateBundle;
    const before = (await house.orders()).length;
    expect(await simulate({ steps, records })).toMatchObject({
      userErrors: [],
      simulation: {
        records: 4,
        going: 2,
        notPreviewed: 2,
        totals: { steps: 4, risk: 'MEDIUM' },
        refusals: [
          { record: 1, code: 'NOT_FOUND', path: ['steps', '0', 'input', 'patient'] },
          { record: 3, code: 'INVALID_INPUT', path: ['steps', '0', 'input', 'patient'] },
        ],
        gates: [0, 2].map((record) => ({ record, approvals: [expect.stringContaining('One approval')], closed: [] })),
      },
    });
    const until = '2099-01-01T00:00:00Z';
    const gate = {
      ...{ tools: [tool], approvals: { count: 2 }, limits: [{ count: { most: 3, window: 'P1D', per: 'USER' } }] },
      freezes: [{ from: '2026-01-01T00:00:00Z', until, reason: 'A drill' }],
    };
    const { setActionGate } = await house.ask<{ setActionGate: { gate: { id: string } } }>(
      house.admin,
      `mutation ($gate: JSON!) { setActionGate(input: { name: "A drill", gate: $gate, reason: "Drill." }) { gate { id } } }`,
      { gate },
    );
    const newcomer = testPrincipal({ tenantId: house.operator.tenantId });
    const drill = () => simulate({ steps, records: [records[0], records[2]] }, newcomer);
    const first = await drill();
    expect(first).toMatchObject({
      simulation: {
        going: 1,
        totals: { steps: 2 },
        refusals: [{ record: 1, code: 'LIMIT_EXCEEDED', path: ['steps', '1', 'input'] }],
        gates: [
          {
            record: 0,
            approvals: [expect.stringContaining('Two approvals')],
            closed: [expect.stringContaining('A drill')],
          },
        ],
      },
    });
    // No room was taken.
    expect(await drill()).toEqual(first);
    const remove = 'mutation ($id: ID!) { removeActionGate(input: { id: $id, reason: "Over." }) { gate { id } } }';
    await house.ask(house.admin, remove, { id: setActionGate.gate.id });
    expect(await house.orders()).toHaveLength(before);
    const many = Array.from({ length: 501 }, () => ({}));
    expect(await simulate({ steps, records: many })).toMatchObject({ userErrors: [{ code: 'TOO_MANY_RECORDS' }] });
    expect(await simulate({ steps, records: [] })).toMatchObject({ userErrors: [{ code: 'RECORDS_EMPTY' }] });
    const lost = [{ key: 'a', tool, input: { ...order, note: { $record: 'note' } } }];
    expect(await simulate({ steps: lost, records })).toMatchObject({ userErrors: [{ code: 'RECORD_PLACE_INVALID' }] });
    await expect(simulate({ steps, records }, house.approver)).rejects.toThrow('FORBIDDEN');
  });
});

function bundleOf({ bundle, userErrors }: Answer): BundleView {
  if (!bundle) throw new Error(`No bundle: ${JSON.stringify(userErrors)}`);
  return bundle;
}
