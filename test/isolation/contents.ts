import { type EntityManager, newId } from '@countersign/kernel';
import type { Dice } from './dice.ts';
import type { IsolationHouse } from './house.ts';
import { ids, insert } from './insert.ts';
import { departments, type TestTenant } from './tenants.ts';
import { amountOf } from './tokens.ts';

const documents = 14;
const answers = 8;
const actions = 14;
const classifications = ['PUBLIC', 'INTERNAL', 'CONFIDENTIAL', 'RESTRICTED'] as const;

/** Fills a tenant with what people work with: documents through the graph, the rest as rows. */
export async function fillTenant(house: IsolationHouse, tenant: TestTenant, dice: Dice): Promise<void> {
  await ingest(house, tenant, dice);
  await tenant.within(async (em) => {
    await makeAnswers(em, tenant, dice);
    await makeActions(em, tenant, dice);
    await makeBills(em, tenant, dice);
  });
}

async function ingest(house: IsolationHouse, tenant: TestTenant, dice: Dice): Promise<void> {
  const custom = await tenant.within((em) =>
    em.execute<{ name: string }[]>('select name from tenants.role order by built_in, name'),
  );
  const ingesters = tenant.principals.filter(({ permissions }) =>
    permissions.some((each) => each === 'knowledge:document:ingest' || each === 'knowledge:*:*'),
  );
  for (let count = 0; count < documents; count += 1) {
    const { word } = tenant;
    const input = {
      source: `Handbook ${word()}`,
      title: `Morphine ${word()}`,
      // The same words for every tenant, so that a search of one would find the other's.
      text: `Morphine is kept under lock, says ${word()}. A nurse signs for every dose. The keys hang at ${word()}.`,
      access: {
        roles: [dice.pick(custom).name, ...dice.some(['operator', 'viewer', 'nobody'], 2)],
        classification: dice.pick(classifications),
        ...(dice.chance(0.6) && { department: dice.pick(departments) }),
        ...(dice.chance(0.4) && { region: `region ${word()}` }),
      },
    };
    const query =
      'mutation ($input: IngestDocumentInput!) { ingestDocument(input: $input) { document { id } userErrors { message } } }';
    const { result } = await house.ask(dice.pick(ingesters), { query, variables: { input } });
    const { ingestDocument } = (result.data ?? {}) as { ingestDocument?: { document: object | null } };
    if (!ingestDocument?.document) throw new Error(`A document was not taken: ${JSON.stringify(result)}`);
  }
}

const correlation_id = 'made by the test';
const digest = (word: string): string => Buffer.from(word.padEnd(32, '.')).toString('hex');

async function makeAnswers(
  em: EntityManager,
  { id: tenant_id, principals, word }: TestTenant,
  dice: Dice,
): Promise<void> {
  const passages = await em.execute<{ id: string; document_id: string; quote: string }[]>(
    'select id, document_id, quote from knowledge.passage order by quote',
  );
  const route = { tier: 'local', provider: 'local', model: 'extract-1', reason: 'No model.', costUsd: 0, latencyMs: 1 };
  for (let count = 0; count < answers; count += 1) {
    const asker = dice.pick(principals);
    const passage = dice.pick(passages);
    const citation = {
      marker: 1,
      quote: `${passage.quote.slice(0, 40)} ${word()}`,
      start: 0,
      end: 40,
      document: { id: passage.document_id },
      passage: { id: passage.id },
    };
    await insert(em, 'inference.answer', {
      id: newId(),
      tenant_id,
      asked_by_kind: asker.kind,
      asked_by_id: asker.id,
      question: `Where is morphine kept, ${word()}?`,
      status: 'ANSWERED',
      text: `Under lock, ${word()} [1].`,
      confidence: 0.9,
      citations: [citation],
      route,
      attempts: [],
      correlation_id,
    });
  }
}

const statuses = ['AWAITING_APPROVAL', 'AWAITING_APPROVAL', 'APPROVED', 'SUCCEEDED', 'FAILED', 'REJECTED'] as const;

async function makeActions(em: EntityManager, tenant: TestTenant, dice: Dice): Promise<void> {
  const { id: tenant_id, number, principals, word } = tenant;
  const made: string[] = [];
  for (let count = 0; count < actions; count += 1) {
    const maker = dice.pick(principals);
    const id = newId();
    const status = dice.pick(statuses);
    const cost = amountOf(number, 100 + count);
    await insert(em, 'actions.action', {
      id,
      tenant_id,
      version: 1,
      status,
      // Of a connector that is not there: what it would do is not what is tried here.
      tool: dice.pick(['ledger.pay', 'ledger.book']),
      title: `Pay ${word()}`,
      tool_version: '1.0.0',
      input: { to: word() },
      preview: {
        summary: `Pays ${word()}`,
        changes: [{ path: 'Ledger.entry', before: null, after: word() }],
        costUsd: cost,
      },
      plan_hash: digest(word()),
      policy: { decision: 'REQUIRE_APPROVAL', reasons: [`Because ${word()}`] },
      reversible: dice.chance(0.5),
      idempotency_key: word(),
      fingerprint: digest(word()),
      maker_kind: maker.kind,
      maker_id: maker.id,
      maker_person: maker.kind === 'user' ? maker.id : null,
      maker_groups: maker.groups ?? [],
      maker_roles: maker.roles,
      maker_attributes: maker.attributes,
      risk: dice.pick(['LOW', 'MEDIUM', 'HIGH']),
      data_class: dice.pick(['NONE', 'PII', 'PHI']),
      amount: amountOf(number, 200 + count),
      currency: 'EUR',
      outcome:
        status === 'SUCCEEDED'
          ? { externalId: 'Payment/17', output: { said: word() }, summary: word(), errorCode: null, errorMessage: null }
          : null,
      undo_of_id: count % 5 === 4 ? dice.pick(made) : null,
      fence: 0,
      attempts: 0,
      checks: 0,
      workflow: `flow ${word()}`,
      surface: `place ${word()}`,
      planned_at: '2026-11-01',
      correlation_id: newId(),
      created_at: '2026-11-01',
      updated_at: '2026-11-01',
    });
    await makeTrail(em, tenant, id, dice);
    made.push(id);
  }
  await em.execute(
    'update actions.action as done set undo_id = undo.id from actions.action as undo where undo.undo_of_id = done.id',
  );
  await makeBundle(em, tenant, dice, made);
  await insert(em, 'actions.gate', {
    id: newId(),
    tenant_id,
    name: `Gate ${word()}`,
    definition: { tools: ['ledger.*'], approvals: { count: 1, byRoles: [word()] } },
    updated_at: '2026-11-01',
  });
  await insert(em, 'actions.delegation', {
    id: newId(),
    tenant_id,
    from_id: newId(),
    to_id: newId(),
    since: '2026-11-01',
    until: '2099-11-01',
    reason: `Away, says ${word()}`,
  });
  await insert(em, 'actions.suspension', {
    id: newId(),
    tenant_id,
    scope: 'TOOL',
    name: `ledger.${word()}`,
    reason: `Stopped, says ${word()}`,
    suspended_by_kind: 'service',
    suspended_by_id: 'import',
    since: '2026-11-01',
  });
  await makeAutonomy(em, tenant);
  await makeWebhooks(em, tenant);
  await insert(em, 'actions.connector_health', {
    id: newId(),
    tenant_id,
    connector: 'ledger',
    tool: `ledger.${word()}`,
    state: 'OPEN',
    reads_fail: false,
    writes_fail: true,
    reason: `TIMEOUT_${word()}`,
    failures: 5,
    probes: 0,
    since: '2026-11-01',
    next_probe_at: '2099-11-01',
  });
  await insert(em, 'actions.connector_installation', {
    id: newId(),
    tenant_id,
    connector: 'fhir',
    version: '1.0.0',
    config: { baseUrl: `http://127.0.0.1:9/${word()}` },
    updated_at: '2026-11-01',
  });
}

/** How far tools go, of one that has earned more and lost some. */
async function makeAutonomy(em: EntityManager, { id: tenant_id, word }: TestTenant): Promise<void> {
  const since = '2026-11-01';
  await insert(em, 'actions.autonomy_setting', {
    id: newId(),
    tenant_id,
    scope: 'TOOL',
    name: `ledger.${word()}`,
    level: 'SUGGEST',
    reason: `Only suggests, says ${word()}`,
    set_by_kind: 'service',
    set_by_id: 'import',
    since,
  });
  await insert(em, 'actions.autonomy_proposal', {
    id: newId(),
    tenant_id,
    tool: 'fhir.createServiceRequest',
    from_level: 'SUGGEST',
    to_level: 'ONE_CLICK',
    status: 'DECLINED',
    opened_at: since,
    decided_at: since,
    decided_by_kind: 'service',
    decided_by_id: 'import',
    reason: `Not yet, says ${word()}`,
  });
  await insert(em, 'actions.autonomy_standing', {
    tenant_id,
    tool: 'fhir.createServiceRequest',
    level: 'SUGGEST',
    counted_since: since,
    lowered_at: since,
    lowered_from: 'ONE_CLICK',
    lowered_to: 'SUGGEST',
    lowered_cause: 'REVERSAL_SPIKE',
    lowered_reason: `Taken back, says ${word()}`,
  });
}

/** A webhook that is disabled, so that nothing is sent anywhere, and what it would have been sent. */
async function makeWebhooks(em: EntityManager, { id: tenant_id, word }: TestTenant): Promise<void> {
  const endpoint_id = newId();
  const at = '2026-11-01';
  await insert(em, 'actions.webhook_endpoint', {
    id: endpoint_id,
    tenant_id,
    url: `https://hooks.example.test/${word()}`,
    description: `For ${word()}`,
    secret: word(),
    previous_secret: word(),
    disabled_at: at,
    disabled_because: 'REQUESTED',
    created_at: at,
    updated_at: at,
  });
  for (const status of ['SKIPPED', 'DELIVERED']) {
    await insert(em, 'actions.webhook_delivery', {
      id: newId(),
      tenant_id,
      endpoint_id,
      event_id: newId(),
      type: 'action.succeeded',
      body: JSON.stringify({ type: 'action.succeeded', data: { said: word() } }),
      status,
      lease_owner: word(),
      created_at: at,
    });
  }
}

/** Two of the actions as one. */
async function makeBundle(
  em: EntityManager,
  { id: tenant_id, principals, word }: TestTenant,
  dice: Dice,
  made: readonly string[],
): Promise<void> {
  const id = newId();
  const maker = dice.pick(principals);
  await insert(em, 'actions.bundle', {
    id,
    tenant_id,
    title: `Pay together ${word()}`,
    status: 'PARTLY_COMPENSATED',
    on_failure: 'COMPENSATE',
    plan_hash: digest(word()),
    idempotency_key: word(),
    fingerprint: digest(word()),
    maker_kind: maker.kind,
    maker_id: maker.id,
    failed_step: word(),
    cancelled_because: `Because ${word()}`,
    undone_because: `Because ${word()}`,
    left_over: [word()],
    workflow: `flow ${word()}`,
    surface: `place ${word()}`,
    correlation_id: newId(),
    expires_at: '2026-11-08',
    created_at: '2026-11-01',
    updated_at: '2026-11-01',
  });
  for (const [ordinal, step] of made.slice(0, 2).entries()) {
    await em.execute(
      `update actions.action set bundle_id = ?, step_key = ?, step_ordinal = ?, step_template = ?::jsonb where id = ?`,
      [id, word(), ordinal, JSON.stringify({ to: word() }), step],
    );
  }
}

/** What hangs on an action: evidence, decisions and entries of the log. */
async function makeTrail(
  em: EntityManager,
  { id: tenant_id, principals, word }: TestTenant,
  action_id: string,
  dice: Dice,
): Promise<void> {
  const [cited] = await em.execute<{ answer: string; document: string; passage: string }[]>(
    `select id as answer, citations #>> '{0,document,id}' as document, citations #>> '{0,passage,id}' as passage
     from inference.answer order by question offset ? limit 1`,
    [dice.roll(answers)],
  );
  await insert(em, 'actions.evidence', {
    id: newId(),
    tenant_id,
    action_id,
    ordinal: 0,
    answer_id: cited?.answer,
    marker: 1,
    quote: `As ${word()} has it.`,
    sha256: digest(word()),
    document_id: cited?.document,
    passage_id: cited?.passage,
  });
  const checker = dice.pick(principals);
  const decision = { decision: 'APPROVED', plan_hash: digest(word()), comment: `Seen, ${word()}.`, at: '2026-11-02' };
  const approver = { approver_kind: checker.kind, approver_id: checker.id };
  if (dice.chance(0.5))
    await insert(em, 'actions.approval', { id: newId(), tenant_id, action_id, ...decision, ...approver });
  for (const kind of ['INPUT', 'PREVIEW']) {
    await insert(em, 'actions.log_entry', {
      id: newId(),
      tenant_id,
      format: 1,
      action_id: dice.chance(0.9) ? action_id : null,
      kind,
      occurred_at: '2026-11-01',
      principal: { kind: checker.kind, id: checker.id },
      correlation_id: newId(),
      facts: { permission: 'tool:ledger.pay:propose', said: word() },
      entry_values: { said: word() },
      salts: { said: digest(word()) },
      value_digests: { said: digest(word()) },
      previous_of_action: digest(word()),
    });
  }
}

async function makeBills(em: EntityManager, { id: tenant_id, number, word }: TestTenant, dice: Dice): Promise<void> {
  await insert(em, 'billing.budget', { tenant_id, monthly_usd: amountOf(number, 1) });
  for (const action_id of await ids(em, 'actions.action', 'title')) {
    const common = { tenant_id, correlation_id, occurred_at: new Date().toISOString() };
    const meter = { meter: `meter.${word()}`, unit: 'call', quantity: 0.000001, unit_price_usd: amountOf(number, 2) };
    await insert(em, 'billing.meter_event', {
      ...common,
      ...meter,
      event_id: newId(),
      line: 0,
      event_type: 'ToolCalled',
      attributes: {},
      principal: {},
    });
    if (dice.chance(0.7)) {
      const outcome = { action_id, outcome: 'succeeded', event_id: newId(), tool: 'ledger.pay' };
      await insert(em, 'billing.action_outcome', { ...common, ...outcome });
    }
  }
}
