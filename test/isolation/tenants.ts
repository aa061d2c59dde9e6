import {
  type Attributes,
  changeAccess,
  type EntityManager,
  newId,
  type Principal,
  tenantId,
} from '@countersign/kernel';
import { provisionTenant } from '@countersign/tenants';
import type { Dice } from './dice.ts';
import type { IsolationHouse } from './house.ts';
import { knownPolicies } from './policies.ts';
import type { Named } from './pool.ts';
import { canaryOf } from './tokens.ts';

/** A tenant with everything in it that can be another's to see; every text of it carries a canary. */
export interface TestTenant extends Named {
  readonly principals: readonly Principal[];
  /** A new canary of this tenant's. */
  word(): string;
  /** Runs SQL as the tenant. */
  within<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
}

const builtIn = ['admin', 'operator', 'approver', 'auditor', 'viewer', 'operator', 'viewer'] as const;
export const departments = ['icu', 'surgery'] as const;
/** What custom roles give, and machines are given: also what nobody would give. */
const odd = [
  'knowledge:*:*',
  'knowledge:document:read',
  'actions:action:approve',
  'actions:action:read',
  'actions:log:read',
  'inference:answer:audit',
  'inference:answer:*',
  'tenants:user:read',
  'tenants:policy:*',
  'tenants:access:explain',
  'billing:*:read',
  'tool:*:propose',
  '*:*:read',
  'nothing:of:this',
] as const;

/** Makes a tenant with people, groups, roles, keys and policies, all of them random. */
export async function makeTenant(house: IsolationHouse, number: number, dice: Dice): Promise<TestTenant> {
  const id = newId();
  let made = 0;
  const word = (): string => canaryOf(number, made++);
  const attributes = (): Attributes => ({
    ...(dice.chance(0.8) && { clearance: dice.roll(4) }),
    ...(dice.chance(0.8) && { department: dice.pick(departments) }),
    ...(dice.chance(0.5) && { team: word() }),
  });
  const users = builtIn.map((role) => ({
    email: `${role}.${word()}@tenant.test`,
    name: `One ${word()}`,
    role,
    attributes: attributes(),
  }));
  await provisionTenant(house.database, { id, name: `house-${word()}`, region: 'eu', users });
  const within = <T>(work: (em: EntityManager) => Promise<T>) =>
    house.database.withTenant({ tenantId: tenantId(id) }, work);
  const ground = { id, number, word, within };
  await within(async (em) => {
    await em.execute('update kernel.access set attributes = ?::jsonb', [JSON.stringify(attributeSchema(word))]);
    await makePeople(em, ground, dice);
    await makePolicies(em, ground, dice);
    await changeAccess(em, tenantId(id));
  });
  return { ...ground, principals: await principalsOf(house, ground, dice) };
}

const attributeSchema = (word: () => string) => [
  { name: 'clearance', type: 'Long', required: false, description: `0 to 3 ${word()}` },
  { name: 'department', type: 'String', required: false, description: 'Where one works.' },
  { name: 'team', type: 'String', required: false, description: 'With whom.' },
];

type Ground = Omit<TestTenant, 'principals'>;

async function makePeople(em: EntityManager, { id: tenant_id, word }: Ground, dice: Dice): Promise<void> {
  const people = await ids(em, 'tenants.app_user', 'email');
  const given = await ids(em, 'tenants.role', 'name');
  const base = { tenant_id, assigned_by: 'service:test' };
  const roles = Array.from({ length: 4 }, () => newId());
  for (const id of roles) {
    const permissions = dice.some(odd, 4);
    await insert(em, 'tenants.role', {
      id,
      tenant_id,
      name: `role ${word()}`,
      description: `For ${word()}`,
      permissions,
    });
  }
  await insert(em, 'tenants.role_include', { tenant_id, role_id: roles[0], included_id: roles[1] });
  const groups = Array.from({ length: 3 }, () => newId());
  for (const id of groups)
    await insert(em, 'tenants.user_group', { id, tenant_id, name: `group ${word()}`, external_id: word() });
  await insert(em, 'tenants.group_child', { tenant_id, group_id: groups[0], child_id: groups[1] });
  for (const group_id of groups) {
    for (const user_id of dice.some(people, 4))
      await insert(em, 'tenants.group_member', { tenant_id, group_id, user_id });
    const expires_at = dice.chance(0.3) ? '2020-01-01' : null;
    await insert(em, 'tenants.assignment', {
      ...base,
      id: newId(),
      role_id: dice.pick(roles),
      group_id,
      expires_at,
      reason: word(),
    });
  }
  for (const user_id of people) {
    if (dice.chance(0.5)) continue;
    const role_id = dice.pick([...roles, ...roles, ...given]);
    await em.execute('savepoint assigning');
    await insert(em, 'tenants.assignment', {
      ...base,
      id: newId(),
      role_id,
      user_id,
      reason: `Because ${word()}`,
    }).catch(
      // They have it already.
      () => em.execute('rollback to savepoint assigning'),
    );
  }
  for (const [index, owner_id] of dice.some(people).slice(0, 4).entries()) {
    await insert(em, 'tenants.api_key', {
      id: newId(),
      tenant_id,
      name: `key ${word()}`,
      owner_id,
      permissions: dice.some(odd, 5),
      connector: index === 1 ? 'fhir' : null,
      secret_hash: `${word()}${'s'.repeat(30)}`,
      expires_at: index === 3 ? '2020-01-01' : '2100-01-01',
    });
  }
  for (const user_id of people.slice(0, 4)) {
    const session = {
      id: newId(),
      tenant_id,
      user_id,
      token_hash: `${word()}${'t'.repeat(30)}`,
      user_agent: `Browser ${word()}`,
    };
    await insert(em, 'tenants.session', { ...session, expires_at: '2100-01-01' });
  }
  await insert(em, 'tenants.identity_provider', {
    id: newId(),
    tenant_id,
    name: `provider ${word()}`,
    issuer: `https://issuer.test/${word()}`,
    client_id: word(),
    client_secret: `${word()}${'u'.repeat(30)}`,
    audience: word(),
    scopes: ['openid', word()],
    claims: { email: null, name: word(), roles: null, attributes: [{ claim: word(), attribute: 'team' }] },
  });
  for (const permissions of [dice.some(odd, 5), ['*:*:read']]) {
    await insert(em, 'tenants.operator_access', {
      id: newId(),
      tenant_id,
      operator: `${word()}@platform.test`,
      permissions,
      reason: `Case ${word()}`,
      granted_by: `user:${people[0]}`,
      expires_at: '2100-01-01',
    });
  }
  await insert(em, 'tenants.access_change', {
    id: newId(),
    tenant_id,
    kind: 'role.create',
    input: {
      name: `role ${word()}`,
      description: '',
      permissions: ['knowledge:document:read'],
      includes: [],
      reason: null,
    },
    subject: { type: 'Role', id: null, name: `role ${word()}` },
    after: { name: word() },
    status: 'WAITING',
    reason: `Since ${word()}`,
    author_kind: 'user',
    author_id: people[1],
    author_person: people[1],
  });
}

async function makePolicies(em: EntityManager, { id: tenant_id, word }: Ground, dice: Dice): Promise<void> {
  for (const { name, text } of dice.some(knownPolicies, 4)) {
    const policy = { id: newId(), tenant_id, name: `${name} ${word()}`, version: 1 };
    const source = `${text} // ${word()}`;
    await insert(em, 'kernel.policy', { ...policy, source });
    await insert(em, 'tenants.policy', policy);
    const version = { tenant_id, policy_id: policy.id, version: 1, source, note: `Note ${word()}` };
    await insert(em, 'tenants.policy_version', { ...version, author_kind: 'service', author_id: 'test' });
  }
}

/** Everybody of the tenant: people as the gateway resolves them, keys and operators, and machines that hold odd things. */
async function principalsOf(house: IsolationHouse, { id, within }: Ground, dice: Dice): Promise<Principal[]> {
  const own = tenantId(id);
  const rows = (sql: string) => within((em) => em.execute<Record<string, string | null>[]>(sql));
  const people: Principal[] = [];
  for (const { email } of await rows('select email from tenants.app_user order by email')) {
    people.push(await signedIn(house, own, String(email)));
  }
  const nothing = { tenantId: own, roles: [], permissions: [], attributes: {} };
  // As if their rights had changed since they signed in, so that they are looked up anew.
  const keys = (await rows('select id, connector from tenants.api_key order by name')).map((key): Principal => {
    return { ...nothing, kind: key.connector ? 'connector' : 'api_key', id: String(key.id), revision: -1 };
  });
  const operators = (await rows('select operator from tenants.operator_access order by operator')).map(
    ({ operator }): Principal => ({ ...nothing, kind: 'platform_operator', id: String(operator), revision: -1 }),
  );
  const machines = [['*:*:*'], dice.some(odd, 6), []].map(
    (permissions, index): Principal => ({
      ...nothing,
      kind: index === 0 ? 'connector' : 'service',
      id: `machine-${index}`,
      permissions,
    }),
  );
  return [...people, ...keys, ...operators, ...machines];
}

const signInQuery = `query ($email: String!) {
  signIn(email: $email) { kind id person email roles groups permissions attributes revision until session }
}`;

async function signedIn(house: IsolationHouse, tenant: Principal['tenantId'], email: string): Promise<Principal> {
  const gateway: Principal = {
    kind: 'service',
    id: 'gateway',
    tenantId: tenant,
    roles: [],
    permissions: [],
    attributes: {},
  };
  const { result } = await house.ask(gateway, { query: signInQuery, variables: { email } }, 'tenants');
  const found = (result.data as { signIn: Record<string, unknown> | null } | null)?.signIn;
  if (!found) throw new Error(`${email} may not sign in: ${JSON.stringify(result.errors)}`);
  // The query names what a principal is made of; what is null is absent in one.
  return {
    ...(Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null)) as unknown as Principal),
    tenantId: tenant,
  };
}

/** One row, by the names of its columns. */
export async function insert(em: EntityManager, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row).join(', ');
  await em.execute(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, ?::jsonb)`,
    [JSON.stringify(row)],
  );
}

/** In the order of a text that hangs on the seed, as ids do not. */
export async function ids(em: EntityManager, table: string, order: string): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(`select id from ${table} order by ${order}`);
  return rows.map(({ id }) => id);
}
