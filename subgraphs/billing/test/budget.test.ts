import { newId, type Principal } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { billing } from '../src/index.ts';
import { ask, deliver, eventually, happen, originOf } from './house.ts';

interface Budget {
  monthlyUsd: number;
  spentUsd: number;
  remainingUsd: number;
}

const ofTenants = `query ($tenants: [_Any!]!) {
  _entities(representations: $tenants) { ... on Tenant { id budget { monthlyUsd spentUsd remainingUsd } } }
}`;
const setting =
  'mutation ($usd: Float!) { setBudget(input: { monthlyUsd: $usd }) { budget { monthlyUsd } userErrors { code path } } }';

describe("a tenant's budget", () => {
  let house: TestSubgraphs;
  beforeAll(async () => {
    house = await startTestSubgraphs([billing], { events: true });
  });
  afterAll(() => house.close());

  const budgets = async (principal: Principal, ...ids: string[]): Promise<(Budget | null)[]> => {
    const tenants = (ids.length > 0 ? ids : [principal.tenantId]).map((id) => ({ __typename: 'Tenant', id }));
    const answer = await ask<{ _entities: { budget: Budget | null }[] }>(house, principal, ofTenants, { tenants });
    return answer._entities.map(({ budget }) => budget);
  };
  const spend = (principal: Principal, costUsd: number) =>
    happen(house, principal, 'InferenceUsed', {
      answerId: newId(),
      status: 'ANSWERED',
      attempts: [
        { tier: 'small', provider: 'openai', model: 'm', inputTokens: 1, outputTokens: 1, computeMs: 0, costUsd },
      ],
    });

  it('is 100 USD a month for a new tenant', async () => {
    const someone = testPrincipal();
    expect(await budgets(someone)).toEqual([null]);
    await happen(house, someone, 'TenantCreated', { name: 'acme', region: 'eu' });
    const [budget] = await eventually(
      () => budgets(someone),
      ([found]) => found !== null,
    );
    expect(budget).toEqual({ monthlyUsd: 100, spentUsd: 0, remainingUsd: 100 });
  });

  it('stays as it was set when the news of the new tenant comes later', async () => {
    const someone = testPrincipal();
    await ask(house, someone, setting, { usd: 7.5 });
    await happen(house, someone, 'TenantCreated', { name: 'acme', region: 'eu' });
    await eventually(
      () => house.database.withTenant(someone, (em) => em.execute('select 1 from kernel.consumed_event')),
      (consumed) => consumed.length > 0,
    );
    expect(await budgets(someone)).toMatchObject([{ monthlyUsd: 7.5 }]);
  });

  it('shows what was spent and what is left, which is never less than nothing', async () => {
    const someone = testPrincipal();
    await ask(house, someone, setting, { usd: 10 });
    await spend(someone, 2.5);
    await eventually(
      () => budgets(someone),
      ([budget]) => budget?.spentUsd === 2.5,
    );
    expect(await budgets(someone)).toEqual([{ monthlyUsd: 10, spentUsd: 2.5, remainingUsd: 7.5 }]);
    await spend(someone, 12);
    await eventually(
      () => budgets(someone),
      ([budget]) => budget?.spentUsd === 14.5,
    );
    expect(await budgets(someone)).toMatchObject([{ remainingUsd: 0 }]);
  });

  it("is the caller's own alone, and read once however often it is asked for", async () => {
    const [acme, globex] = [testPrincipal(), testPrincipal()];
    await ask(house, acme, setting, { usd: 1 });
    await ask(house, globex, setting, { usd: 2 });
    const reads = jest.spyOn(house.database, 'read');
    const aliased = `query ($tenants: [_Any!]!) { _entities(representations: $tenants) { ... on Tenant {
      a: budget { monthlyUsd } b: budget { spentUsd monthlyUsd }
    } } }`;
    const tenants = [acme, globex, acme].map(({ tenantId }) => ({ __typename: 'Tenant', id: tenantId }));
    const own = { a: { monthlyUsd: 1 }, b: { spentUsd: 0, monthlyUsd: 1 } };
    expect(await ask(house, acme, aliased, { tenants })).toEqual({ _entities: [own, { a: null, b: null }, own] });
    expect(reads).toHaveBeenCalledTimes(1);
    reads.mockRestore();
  });

  it('is changed by whoever may, and the change is an event', async () => {
    const someone = testPrincipal({ permissions: ['billing:*:*'] });
    expect(await ask(house, someone, setting, { usd: 250.25 })).toEqual({
      setBudget: { budget: { monthlyUsd: 250.25 }, userErrors: [] },
    });
    const events = await house.database.withTenant(someone, (em) =>
      em.execute('select type, payload, principal, surface from kernel.outbox'),
    );
    expect(events).toEqual([
      {
        type: 'BudgetChanged',
        payload: { monthlyUsd: 250.25 },
        principal: { kind: 'user', id: someone.id },
        surface: 'test',
      },
    ]);
  });

  it('is told once to be spent, for each month and budget', async () => {
    const someone = testPrincipal();
    const told = () =>
      house.database.withTenant(someone, (em) =>
        em.execute(`select payload from kernel.outbox where type = 'BudgetExceeded' order by id`),
      );
    const attempt = { tier: 'small', provider: 'openai', model: 'gpt-6-luna', inputTokens: 1, outputTokens: 1 };
    const spends = (costUsd: number, occurredAt = new Date()) => {
      const { principal, ...origin } = originOf(someone);
      const payload = { answerId: newId(), status: 'ANSWERED', attempts: [{ ...attempt, computeMs: 0, costUsd }] };
      const event = { ...origin, id: newId(), tenantId: someone.tenantId, type: 'InferenceUsed', payload, principal };
      const described = { workflow: null, surface: null, occurredAt: occurredAt.toISOString() };
      return deliver(house, someone, { ...event, ...described });
    };
    const month = new Date().toISOString().slice(0, 7);
    await ask(house, someone, setting, { usd: 1 });
    await spends(0.75);
    // Of a month gone by: it counts there.
    await spends(5, new Date(Date.now() - 40 * 24 * 3_600_000));
    expect(await told()).toEqual([]);
    await spends(0.25);
    await spends(0.25);
    expect(await told()).toEqual([{ payload: { monthlyUsd: 1, month } }]);
    await ask(house, someone, setting, { usd: 1.5 });
    expect(await told()).toHaveLength(1);
    await spends(0.25);
    expect(await told()).toHaveLength(2);
    // Below what is spent already.
    await ask(house, someone, setting, { usd: 1.25 });
    expect(await told()).toHaveLength(3);
  });

  it.each([
    ['below nothing', '-0.01', 'BUDGET_NEGATIVE'],
    ['without end', '1e999', 'BUDGET_NOT_FINITE'],
    ['too large', '1000000000.01', 'BUDGET_TOO_LARGE'],
    ['in parts of a cent', '0.001', 'BUDGET_NOT_IN_CENTS'],
  ])('is not set to an amount %s', async (_what, amount, code) => {
    const someone = testPrincipal();
    const mutation = `mutation { setBudget(input: { monthlyUsd: ${amount} }) { budget { monthlyUsd } userErrors { code path } } }`;
    expect(await ask(house, someone, mutation)).toEqual({
      setBudget: { budget: null, userErrors: [{ code, path: ['input', 'monthlyUsd'] }] },
    });
    expect(await budgets(someone)).toEqual([null]);
  });

  it.each([
    ['billing:budget:read', '{ prices { meter } }'],
    ['billing:economics:read', '{ unitEconomics { totalCostUsd } }'],
    ['billing:budget:update', 'mutation { setBudget(input: { monthlyUsd: 1 }) { userErrors { code } } }'],
  ])('and the figures need %s', async (permission, operation) => {
    const refused = ask(house, testPrincipal({ permissions: ['tenants:*:*'] }), operation);
    await expect(refused).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN', permission } });
    await ask(house, testPrincipal({ permissions: [permission] }), operation);
  });

  it('is not shown to those who may not read it; the tenant itself is', async () => {
    const someone = testPrincipal({ permissions: [] });
    const tenants = [{ __typename: 'Tenant', id: someone.tenantId }];
    const { data, errors } = await house.execute('billing', someone, ofTenants, { tenants });
    expect(data).toEqual({ _entities: [{ id: someone.tenantId, budget: null }] });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'billing:budget:read' });
  });
});
