import {
  type EntityManager,
  holds,
  newId,
  type Principal,
  readAccess,
  readDeclared,
  readObject,
  readPolicies,
  readPrincipal,
  TenantRules,
  tenantId,
} from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProposedChange } from '../src/services/simulation/proposed-change.ts';
import { bothRules, closeBoth } from '../src/services/simulation/proposed-change.ts';
import { type Simulation, simulate } from '../src/services/simulation/simulation.ts';
import { type RecordedDecision, recordedAfter } from '../src/statements/recorded-decisions.ts';
import { openHouse, type TestHouse } from './house.ts';
import { notes, recordIn } from './notes.fixture.ts';

const [read, change, exporting] = ['knowledge:note:read', 'knowledge:note:change', 'knowledge:note:export'];
const patterns = [read, change, exporting, 'knowledge:*:*', 'knowledge:note:administer'];
const say = (effect: string, when: string, actions = [read]) =>
  `${effect} (principal, action in [${actions.map((each) => `Action::"${each}"`).join(', ')}], resource) when { ${when} };`;
const texts = [
  say('forbid', 'resource.classification > 1'),
  say('forbid', 'resource.classification > 2', [read, change]),
  say('forbid', 'principal has department && resource has department && principal.department != resource.department'),
  say('permit', 'principal has department && resource has department && principal.department == resource.department'),
  say('forbid', 'context.hour < 12', [change]),
  say('permit', 'principal in Role::"role 0" && resource.classification == 0', [read, change]),
  say('forbid', 'context has surface && context.surface == "mcp"'),
  say('forbid', 'resource.owner == principal.person', [change]),
];
const people = 3;
const roles = 3;
const policies = 3;
const objects = 4;

const below = (most: number) => fc.integer({ min: 0, max: most - 1 });
const department = fc.constantFrom('icu', 'er', undefined);
const attributes = fc.record({
  owner: fc.constant('x'),
  // Now and then of the wrong type, so that policies cannot be worked out.
  classification: fc.constantFrom<unknown>(0, 1, 2, 3, 'high'),
  department,
});
const assignment = fc.tuple(below(people), below(roles));

const worlds = fc.record({
  departments: fc.array(department, { minLength: people, maxLength: people }),
  permissions: fc.array(fc.subarray(patterns, { maxLength: 3 }), { minLength: roles, maxLength: roles }),
  assignments: fc.uniqueArray(assignment, { maxLength: 4, selector: String }),
  group: fc.tuple(below(people), below(roles)),
  keyScope: fc.subarray(patterns),
  policies: fc.uniqueArray(fc.tuple(below(policies), below(texts.length)), {
    maxLength: 3,
    selector: ([name]) => name,
  }),
  notes: fc.array(attributes, { minLength: objects - 1, maxLength: objects - 1 }),
  records: fc.array(
    fc.record({
      // The last but one is an API key, the last nobody.
      who: below(people + 2),
      permission: fc.constantFrom(read, change, read, change, exporting, 'knowledge:note:gone'),
      // The last is gone; none for a list.
      note: fc.option(below(objects), { freq: 4 }),
      object: fc.option(attributes),
      surface: fc.option(fc.constantFrom('mcp', 'api')),
      allowed: fc.boolean(),
      times: fc.integer({ min: 1, max: 9 }),
      hour: below(24),
    }),
    { minLength: 5, maxLength: 40 },
  ),
  change: fc.record({
    publish: fc.uniqueArray(fc.tuple(below(policies + 1), below(texts.length)), {
      maxLength: 2,
      selector: ([name]) => name,
    }),
    retire: fc.uniqueArray(below(policies), { maxLength: 1 }),
    roles: fc.uniqueArray(fc.tuple(below(roles), fc.subarray(patterns)), { maxLength: 1, selector: ([role]) => role }),
    assign: fc.uniqueArray(assignment, { maxLength: 2, selector: String }),
    revoke: fc.uniqueArray(assignment, { maxLength: 2, selector: String }),
  }),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

const day = (hour: number) => new Date(Date.UTC(2026, 2, 4, hour, 30));
const period = { since: day(0), until: day(24) };

describe('a simulation', () => {
  let house: TestHouse;
  beforeAll(async () => {
    house = await openHouse([notes]);
  });
  afterAll(() => house.close());

  it('flips what flips when the change is made and each decision is made twice', async () => {
    let flipped = 0;
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const tenant = tenantId(newId());
        const undone = new Error('undone');
        const work = house.database.withTenant({ tenantId: tenant }, async (em) => {
          const proposed = await build(em, tenant, world);
          const rules = await bothRules(em, proposed);
          const found = await simulate((each) => each(em), { tenantId: tenant, period, change: proposed, rules });
          closeBoth(rules);
          const expected = await oracle(em, tenant, proposed);
          expect(seenIn(found)).toEqual(expected);
          flipped += Object.keys(expected.denied).length + Object.keys(expected.allowed).length;
          throw undone;
        });
        await work.catch((error: unknown) => {
          if (error !== undone) throw error;
        });
      }),
      { numRuns: 50 },
    );
    expect(flipped).toBeGreaterThan(10);
  });
});

const flipsIn = (flips: Simulation['newlyDenied']) =>
  Object.fromEntries(
    flips.examples.map(({ kind, id, permission, objectType, objectId, times }) => [
      [kind, id, permission, objectType ?? '', objectId ?? ''].join(' '),
      times,
    ]),
  );

const seenIn = ({ newlyDenied, newlyAllowed, tried, drifted, untried }: Simulation) => ({
  denied: flipsIn(newlyDenied),
  allowed: flipsIn(newlyAllowed),
  totals: [newlyDenied.total, newlyAllowed.total],
  tried,
  drifted,
  untried: untried.filter(({ reason }) => reason.endsWith('GONE')).reduce((sum, { times }) => sum + times, 0),
});

async function oracle(em: EntityManager, tenant: string, proposed: ProposedChange) {
  const rows = await recordedAfter(em, period, undefined, 1_000);
  const before = await worldIn(em, tenant, rows);
  await make(em, tenant, proposed);
  const after = await worldIn(em, tenant, rows);
  const expected = {
    denied: {} as Record<string, number>,
    allowed: {} as Record<string, number>,
    totals: [0, 0],
    tried: { records: 0, times: 0 },
    drifted: 0,
    untried: 0,
  };
  for (const row of rows) {
    const policiesLook = [before, after].some(({ rules }) => rules.appliesTo(row.permission));
    const one = await naive(em, row, before, policiesLook);
    const other = await naive(em, row, after, policiesLook);
    if (one === null || other === null) {
      expected.untried += row.times;
      continue;
    }
    expected.tried.records += 1;
    expected.tried.times += row.times;
    if (one !== row.allowed) expected.drifted += 1;
    if (one === other) continue;
    const into = one ? expected.denied : expected.allowed;
    const key = [row.kind, row.id, row.permission, row.objectType, row.objectId].join(' ');
    into[key] = (into[key] ?? 0) + row.times;
  }
  for (const { rules } of [before, after]) rules.close();
  expected.totals = [expected.denied, expected.allowed].map((each) => Object.keys(each).length);
  return expected;
}

interface State {
  readonly rules: TenantRules;
  readonly principals: ReadonlyMap<string, Principal | null>;
}

async function worldIn(em: EntityManager, tenant: string, rows: readonly RecordedDecision[]): Promise<State> {
  const access = await readAccess(em);
  if (!access) throw new Error('No access.');
  const principals = new Map<string, Principal | null>();
  for (const { kind, id } of rows) {
    principals.set(`${kind} ${id}`, await readPrincipal(em, { kind, id, tenantId: tenantId(tenant) }, 0));
  }
  return { rules: new TenantRules(access, await readDeclared(em), await readPolicies(em)), principals };
}

/** As the product decides it; null where it cannot be told any more. */
async function naive(
  em: EntityManager,
  row: RecordedDecision,
  state: State,
  policiesLook: boolean,
): Promise<boolean | null> {
  const { rules, principals } = state;
  const declared = rules.declared.permissions.find(({ name }) => name === row.permission);
  const principal = principals.get(`${row.kind} ${row.id}`);
  if (!declared || !principal || (row.objectType !== '' && row.objectType !== declared.on)) return null;
  const held = holds(principal, row.permission);
  if (row.objectType === '') return held || (declared.listed === true && rules.mayExtend(row.permission));
  if (!policiesLook) return held;
  const seen = row.object ?? (await readObject(em, { type: row.objectType, id: row.objectId }));
  if (!seen) return null;
  if (!row.context) throw new Error('Every record of this test has its moment.');
  const object = { type: row.objectType, id: row.objectId, attributes: seen };
  return rules.decide(principal, row.permission, object, row.context).allowed;
}

async function make(em: EntityManager, tenant: string, { publish, retire, grants }: ProposedChange) {
  for (const id of retire) await em.execute('delete from kernel.policy where id = ?', [id]);
  for (const { id, name, version, text } of publish) await putPolicy(em, tenant, { id, name, version, text });
  for (const { roleId, permissions } of grants.roles) {
    await em.execute('update tenants.role set permissions = ?::text[] where id = ?', [
      `{${permissions.join(',')}}`,
      roleId,
    ]);
  }
  for (const { userId, roleId } of grants.revoke) {
    await em.execute('delete from tenants.assignment where user_id = ? and role_id = ?', [userId, roleId]);
  }
  for (const { userId, roleId } of grants.assign) await assign(em, tenant, roleId, { user: userId });
}

const putPolicy = (em: EntityManager, tenant: string, { id, name, version, text }: ProposedChange['publish'][number]) =>
  em.execute(
    `insert into kernel.policy (tenant_id, id, name, version, source) values (?, ?, ?, ?, ?)
     on conflict (tenant_id, id) do update set version = excluded.version, source = excluded.source`,
    [tenant, id, name, version, text],
  );

const assign = (em: EntityManager, tenant: string, role: string, to: { user?: string; group?: string }) =>
  em.execute(
    `insert into tenants.assignment (id, tenant_id, role_id, user_id, group_id, assigned_by)
     values (?, ?, ?, ?, ?, 'test') on conflict do nothing`,
    [newId(), tenant, role, to.user ?? null, to.group ?? null],
  );

async function build(em: EntityManager, tenant: string, world: World): Promise<ProposedChange> {
  const ids = (count: number) => Array.from({ length: count }, () => newId());
  const at = (list: string[], index: number): string => list[index] ?? '';
  const [users, roleIds, policyIds, noteIds] = [ids(people), ids(roles), ids(policies + 1), ids(objects)];
  const [key, group] = [newId(), newId()];
  await em.execute(`insert into tenants.tenant (tenant_id, name, region, created_at) values (?, ?, 'eu', now())`, [
    tenant,
    tenant,
  ]);
  const schema = [{ name: 'department', type: 'String', required: false, description: 'Where.' }];
  await em.execute(`insert into kernel.access (tenant_id, region, attributes) values (?, 'eu', ?::jsonb)`, [
    tenant,
    JSON.stringify(schema),
  ]);
  for (const [index, id] of users.entries()) {
    await em.execute(
      `insert into tenants.app_user (id, tenant_id, email, name, attributes, active, created_at)
       values (?, ?, ?, 'x', ?::jsonb, true, now())`,
      [id, tenant, `${index}@x.test`, JSON.stringify({ department: world.departments[index] })],
    );
  }
  for (const [index, id] of roleIds.entries()) {
    await em.execute(
      `insert into tenants.role (id, tenant_id, name, description, permissions) values (?, ?, ?, '', ?::text[])`,
      [id, tenant, `role ${index}`, `{${(world.permissions[index] ?? []).join(',')}}`],
    );
  }
  for (const [user, role] of world.assignments) await assign(em, tenant, at(roleIds, role), { user: at(users, user) });
  await em.execute(`insert into tenants.user_group (id, tenant_id, name) values (?, ?, 'g')`, [group, tenant]);
  await em.execute('insert into tenants.group_member values (?, ?, ?)', [tenant, group, at(users, world.group[0])]);
  await assign(em, tenant, at(roleIds, world.group[1]), { group });
  await em.execute(
    `insert into tenants.api_key (id, tenant_id, name, owner_id, permissions, secret_hash, expires_at)
     values (?, ?, 'k', ?, ?::text[], 'x', '2999-01-01')`,
    [key, tenant, at(users, 0), `{${world.keyScope.join(',')}}`],
  );
  const policyOf = ([name, text]: readonly [number, number], version: number) => ({
    id: at(policyIds, name),
    name: `policy ${name}`,
    version,
    text: texts[text] ?? '',
  });
  for (const each of world.policies) await putPolicy(em, tenant, policyOf(each, 1));
  for (const [index, each] of world.notes.entries()) {
    await em.execute('insert into knowledge.note values (?, ?, ?::jsonb)', [
      tenant,
      at(noteIds, index),
      JSON.stringify(each),
    ]);
  }
  const who = [...users, key, newId()];
  await recordIn(
    em,
    tenant,
    world.records.map(({ note, surface, hour, ...each }) => ({
      ...each,
      id: at(who, each.who),
      kind: each.who === people ? 'api_key' : 'user',
      ...(note !== null && each.permission !== exporting && { objectType: 'Note', objectId: at(noteIds, note) }),
      at: day(hour),
      context: { ...clock(hour), ...(surface && { surface }) },
    })),
  );
  const grant = ([user, role]: readonly [number, number]) => ({ userId: at(users, user), roleId: at(roleIds, role) });
  return {
    publish: world.change.publish.map((each) => policyOf(each, 2)),
    retire: world.change.retire.map((index) => at(policyIds, index)),
    grants: {
      roles: world.change.roles.map(([role, permissions]) => ({ roleId: at(roleIds, role), permissions })),
      assign: world.change.assign.map(grant),
      revoke: world.change.revoke.map(grant),
    },
  };
}

const clock = (hour: number) => ({
  now: day(hour).toISOString(),
  hour,
  minute: 30,
  weekday: 3,
  date: '2026-03-04',
  region: 'eu',
});
