import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { House, order, ordersOfOnesOwn, type UserError } from './house.ts';

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
    const retries = { failures: 2, firstPauseMs: 50, longestPauseMs: 100 };
    house = await House.open({ callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000, retries });
  });
  afterEach(() => house.fault('none'));
  afterAll(() => house.close());

  const nextOrder = ordersOfOnesOwn();

  const act = async (field: string, input: object, who = house.operator): Promise<Answer> => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { bundle { ${fields} } userErrors { code message path } } }`;
    return (await house.ask<Record<string, Answer>>(who, query, { input }))[field] as Answer; // The one field asked for.
  };
  const propose = (steps: object[], more: object = {}, who = house.operator) =>
    act('proposeBundle', { title: 'Two pictures', onFailure: 'STOP', steps, ...more }, who);
  const proposed = async (steps: object[], more: object = {}): Promise<BundleView> => bundleOf(await propose(steps, more));
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
    for (let left = 400; left > 0; left -= 1) {
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
  const statusesOf = (bundle: BundleView | null) => bundle?.steps.map(({ action }) => action.status);

  it('take what one step gives to the next one, approved and executed as one', async () => {
    const input = nextOrder();
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
});

function bundleOf({ bundle, userErrors }: Answer): BundleView {
  if (!bundle) throw new Error(`No bundle: ${JSON.stringify(userErrors)}`);
  return bundle;
}
