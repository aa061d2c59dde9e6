import { migration, newId } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { billing } from '../src/index.ts';
import { ask, deliver, eventually, happen } from './house.ts';

interface Economics {
  successfulActions: number;
  undoneActions: number;
  totalCostUsd: number;
  costPerSuccessfulActionUsd: number | null;
  meters: { meter: string; unit: string; quantity: number; unitPriceUsd: number; costUsd: number }[];
}

const fields =
  'successfulActions undoneActions totalCostUsd costPerSuccessfulActionUsd meters { meter unit quantity unitPriceUsd costUsd }';
const attempt = { inputTokens: 900, outputTokens: 80, computeMs: 0, costUsd: 0 };
const local = { ...attempt, tier: 'local', provider: 'local', model: 'extractive-v1' };
const remote = { ...attempt, tier: 'small', provider: 'openai', model: 'gpt-6-luna' };

describe('metering', () => {
  let house: TestSubgraphs;
  beforeAll(async () => {
    house = await startTestSubgraphs([billing], { events: true });
  });
  afterAll(() => house.close());

  const economicsOf = async (principal = testPrincipal()) =>
    (await ask<{ unitEconomics: Economics }>(house, principal, `{ unitEconomics { ${fields} } }`)).unitEconomics;
  const toolCall = (kind: string) => ({
    actionId: newId(),
    tool: 'fhir.createServiceRequest',
    kind,
    durationMs: 12,
    outcome: 'ok',
  });

  it('prices the preview of a proposal that was refused, though no action came of it', async () => {
    const someone = testPrincipal();
    await happen(house, someone, 'ToolCalled', { ...toolCall('preview'), actionId: null, outcome: 'refused' });
    const economics = await eventually(
      () => economicsOf(someone),
      ({ totalCostUsd }) => totalCostUsd > 0,
    );
    expect(economics).toMatchObject({ successfulActions: 0, costPerSuccessfulActionUsd: null });
    expect(economics.totalCostUsd).toBeGreaterThan(0);
  });

  it('turns what happened into figures, each piece of work with its price', async () => {
    const someone = testPrincipal();
    const actionId = newId();
    await happen(house, someone, 'DocumentIngested', {
      documentId: newId(),
      title: 'Policy',
      passages: 5,
      computeMs: 99.5,
    });
    const attempts = [
      { ...remote, costUsd: 0.25 },
      { ...local, computeMs: 900 },
    ];
    await happen(house, someone, 'InferenceUsed', { answerId: newId(), status: 'ANSWERED', attempts });
    for (const kind of ['preview', 'execute', 'compensate']) await happen(house, someone, 'ToolCalled', toolCall(kind));
    await happen(house, someone, 'ActionSucceeded', { actionId, tool: 'fhir.createServiceRequest', undoOf: null });
    await happen(house, someone, 'ActionSucceeded', {
      actionId: newId(),
      tool: 'fhir.createServiceRequest',
      undoOf: actionId,
    });
    await happen(house, someone, 'ActionUndone', { actionId, tool: 'fhir.createServiceRequest' });

    const economics = await eventually(
      () => economicsOf(someone),
      ({ meters, undoneActions, successfulActions }) =>
        meters.length === 6 && undoneActions > 0 && successfulActions > 0,
    );
    const total = 0.25 + 1000 * 0.0000000139 + 5 * 0.000002 + 0.0001 + 0.001 + 0.001;
    expect(economics).toMatchObject({ successfulActions: 1, undoneActions: 1 });
    expect(economics.totalCostUsd).toBeCloseTo(total, 12);
    expect(economics.costPerSuccessfulActionUsd).toBeCloseTo(total, 12);
    expect(economics.meters).toEqual([
      { meter: 'model.usage', unit: 'USD', quantity: 0.25, unitPriceUsd: 1, costUsd: 0.25 },
      { meter: 'tool.call.compensate', unit: 'call', quantity: 1, unitPriceUsd: 0.001, costUsd: 0.001 },
      { meter: 'tool.call.execute', unit: 'call', quantity: 1, unitPriceUsd: 0.001, costUsd: 0.001 },
      { meter: 'tool.call.preview', unit: 'call', quantity: 1, unitPriceUsd: 0.0001, costUsd: 0.0001 },
      {
        meter: 'compute.millisecond',
        unit: 'millisecond',
        quantity: 1000,
        unitPriceUsd: 0.0000000139,
        costUsd: 0.0000139,
      },
      { meter: 'document.passage', unit: 'passage', quantity: 5, unitPriceUsd: 0.000002, costUsd: 0.00001 },
    ]);
  });

  it('keeps who did the work, for what, in which workflow, and the price of that time', async () => {
    const someone = testPrincipal();
    const call = toolCall('preview');
    await happen(house, someone, 'ToolCalled', call);
    await eventually(
      () => economicsOf(someone),
      ({ meters }) => meters.length > 0,
    );
    const [row] = await house.database.withTenant(someone, (em) => em.execute('select * from billing.meter_event'));
    expect(row).toMatchObject({
      tenant_id: someone.tenantId,
      event_type: 'ToolCalled',
      subject_id: call.actionId,
      attributes: { tool: call.tool, outcome: 'ok' },
      workflow: 'discharge',
      surface: 'api',
      correlation_id: expect.any(String),
      principal: { kind: 'user', id: someone.id },
      unit_price_usd: '0.0001',
      cost_usd: '0.0001',
    });
    const change = house.database.withTenant(someone, (em) =>
      em.execute('update billing.meter_event set unit_price_usd = 1'),
    );
    await expect(change).rejects.toThrow('permission denied');
  });

  it('counts an event once, however often it is delivered', async () => {
    const someone = testPrincipal();
    await happen(house, someone, 'ToolCalled', toolCall('execute'));
    await eventually(
      () => economicsOf(someone),
      ({ meters }) => meters.length > 0,
    );
    // The relay takes it for new, as after a crash between delivering and remembering.
    await house.database.asRole('relay', (em) => em.execute('update kernel.outbox set published_at = null'));
    await happen(house, someone, 'ToolCalled', toolCall('preview'));
    const { meters } = await eventually(
      () => economicsOf(someone),
      ({ meters }) => meters.length > 1,
    );
    expect(meters.map(({ meter, quantity }) => [meter, quantity])).toEqual([
      ['tool.call.execute', 1],
      ['tool.call.preview', 1],
    ]);
  });

  it('counts an event once also when the memory of deliveries is lost', async () => {
    const someone = testPrincipal();
    const attempts = [
      { ...remote, costUsd: 0.1 },
      { ...remote, costUsd: 0.1 },
    ];
    const event = eventOf(someone, 'InferenceUsed', { answerId: newId(), status: 'REFUSED', attempts });
    const success = eventOf(someone, 'ActionSucceeded', {
      actionId: newId(),
      tool: 'fhir.createServiceRequest',
      undoOf: null,
    });
    for (const each of [event, event, success, success]) await deliver(house, someone, each);
    expect(await economicsOf(someone)).toMatchObject({ totalCostUsd: 0.2, successfulActions: 1 });
  });

  it('never shows one tenant what another did', async () => {
    const [acme, globex] = [testPrincipal(), testPrincipal()];
    await deliver(house, acme, eventOf(acme, 'ToolCalled', toolCall('execute')));
    expect(await economicsOf(acme)).toMatchObject({ totalCostUsd: 0.001 });
    expect(await economicsOf(globex)).toEqual({
      successfulActions: 0,
      undoneActions: 0,
      totalCostUsd: 0,
      costPerSuccessfulActionUsd: null,
      meters: [],
    });
  });

  it('tells one period from another', async () => {
    const someone = testPrincipal();
    await deliver(house, someone, {
      ...eventOf(someone, 'ToolCalled', toolCall('execute')),
      occurredAt: '2026-02-28T23:59:59.999Z',
    });
    await deliver(house, someone, {
      ...eventOf(someone, 'ToolCalled', toolCall('preview')),
      occurredAt: '2026-03-01T00:00:00Z',
    });
    const query =
      'query ($from: DateTimeISO, $to: DateTimeISO) { unitEconomics(from: $from, to: $to) { from to totalCostUsd } }';
    expect(await ask(house, someone, query, { to: '2026-03-01T00:00:00Z' })).toEqual({
      unitEconomics: {
        from: '2026-02-01T00:00:00.000Z',
        to: '2026-03-01T00:00:00.000Z',
        totalCostUsd: 0.001,
      },
    });
    const backwards = ask(house, someone, query, { from: '2026-03-01T00:00:00Z', to: '2026-02-01T00:00:00Z' });
    await expect(backwards).rejects.toMatchObject({ extensions: { code: 'BAD_REQUEST' } });
  });

  it('prices work as it was priced when it was done, and a tenant by its own contract first', async () => {
    const [acme, globex] = [testPrincipal(), testPrincipal()];
    await house.database.migrate([
      ...billing.migrations,
      migration('billing/900-new-prices', [
        `insert into billing.price (tenant_id, meter, unit, unit_price_usd, effective_from) values
           (null, 'tool.call.verify', 'call', 0.0002, '2026-06-01T00:00:00Z'),
           ('${acme.tenantId}', 'tool.call.verify', 'call', 0.00005, '2026-03-01T00:00:00Z')`,
      ]),
    ]);
    for (const tenant of [acme, globex]) {
      for (const occurredAt of ['2026-02-01T00:00:00Z', '2026-07-01T00:00:00Z']) {
        await deliver(house, tenant, { ...eventOf(tenant, 'ToolCalled', toolCall('verify')), occurredAt });
      }
    }
    const query = '{ unitEconomics(from: "2026-01-01T00:00:00Z") { meters { unitPriceUsd quantity } } }';
    expect(await ask(house, acme, query)).toEqual({
      unitEconomics: {
        meters: [
          { unitPriceUsd: 0.0001, quantity: 1 },
          { unitPriceUsd: 0.00005, quantity: 1 },
        ],
      },
    });
    expect(await ask(house, globex, query)).toEqual({
      unitEconomics: {
        meters: [
          { unitPriceUsd: 0.0002, quantity: 1 },
          { unitPriceUsd: 0.0001, quantity: 1 },
        ],
      },
    });
    const current = await ask<{ prices: { meter: string }[] }>(house, acme, '{ prices { meter unit unitPriceUsd } }');
    expect(current.prices).toContainEqual({ meter: 'tool.call.verify', unit: 'call', unitPriceUsd: 0.00005 });
    expect(current.prices.map(({ meter }) => meter)).toEqual(
      [...new Set(current.prices.map(({ meter }) => meter))].sort(),
    );
  });

  it('refuses to meter work that has no price, rather than give it away', async () => {
    const someone = testPrincipal();
    const early = { ...eventOf(someone, 'ToolCalled', toolCall('execute')), occurredAt: '1999-01-01T00:00:00Z' };
    await expect(deliver(house, someone, early)).rejects.toThrow('tool.call.execute has no price');
  });
});

function eventOf(principal: ReturnType<typeof testPrincipal>, type: string, payload: object) {
  const { kind, id, tenantId } = principal;
  const occurredAt = new Date().toISOString();
  return {
    id: newId(),
    tenantId,
    type,
    payload,
    principal: { kind, id },
    workflow: null,
    surface: null,
    correlationId: newId(),
    occurredAt,
  };
}
