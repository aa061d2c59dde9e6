import { type EntityManager, newId, type Principal, readPrincipal, tenantId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type GrantChange, keyOf, noGrantChange, readPrincipals } from '../src/statements/principals.ts';
import { openHouse, type TestHouse } from './house.ts';

const patterns = ['tenants:user:read', 'tenants:*:read', '*:*:*', 'tenants:role:administer', 'gone:thing:read'];
const people = 4;
const roles = 4;
const groups = 3;

const below = (most: number) => fc.integer({ min: 0, max: most - 1 });
const pairs = (one: number, other: number) =>
  fc.uniqueArray(fc.tuple(below(one), below(other)), { maxLength: 5, selector: String });
const ending = fc.constantFrom(null, '2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z', '2998-01-01T00:00:00Z');

const tenants = fc.record({
  active: fc.array(fc.boolean(), { minLength: people, maxLength: people }),
  permissions: fc.array(fc.subarray(patterns), { minLength: roles, maxLength: roles }),
  // Roles never include themselves; groups may stand in a circle.
  includes: pairs(roles, roles).map((all) => all.filter(([one, other]) => one < other)),
  members: pairs(groups, people),
  children: pairs(groups, groups).map((all) => all.filter(([one, other]) => one !== other)),
  ofUsers: fc.uniqueArray(fc.tuple(below(people), below(roles), ending), {
    maxLength: 6,
    selector: ([a, b]) => `${a} ${b}`,
  }),
  ofGroups: fc.uniqueArray(fc.tuple(below(groups), below(roles), ending), {
    maxLength: 4,
    selector: ([a, b]) => `${a} ${b}`,
  }),
  keys: fc.array(
    fc.record({
      owner: below(people),
      permissions: fc.subarray(patterns),
      revoked: fc.boolean(),
      connector: fc.boolean(),
      expires: ending,
    }),
    { maxLength: 3 },
  ),
  change: fc.record({
    roles: fc.uniqueArray(fc.tuple(below(roles), fc.subarray(patterns)), { maxLength: 2, selector: ([role]) => role }),
    assign: pairs(people, roles),
    revoke: pairs(people, roles),
  }),
});

type Tenant = typeof tenants extends fc.Arbitrary<infer T> ? T : never;

describe('many principals at once', () => {
  let house: TestHouse;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  it('are what each of them is by itself, also under a change that is only thought of', async () => {
    await fc.assert(
      fc.asyncProperty(tenants, async (drawn) => {
        const undone = new Error('undone');
        const tenant = tenantId(newId());
        const work = house.database.withTenant({ tenantId: tenant }, async (em) => {
          const { asked, change } = await build(em, tenant, drawn);
          expect(await readPrincipals(em, asked, tenant, noGrantChange)).toEqual(await oneByOne(em, tenant, asked));
          const thought = await readPrincipals(em, asked, tenant, change);
          await make(em, tenant, change);
          // Nothing is assumed of when what is only thought of would end.
          expect(withoutEnd(thought)).toEqual(withoutEnd(await oneByOne(em, tenant, asked)));
          throw undone;
        });
        await work.catch((error: unknown) => {
          if (error !== undone) throw error;
        });
      }),
      { numRuns: 30 },
    );
  });
});

async function build(em: EntityManager, tenant: string, drawn: Tenant) {
  await em.execute(`insert into tenants.tenant (tenant_id, name, region, created_at) values (?, ?, 'eu', now())`, [
    tenant,
    tenant,
  ]);
  const ids = (count: number) => Array.from({ length: count }, () => newId());
  const [users, roleIds, groupIds] = [ids(people), ids(roles), ids(groups)];
  const at = (list: string[], index: number): string => list[index] ?? '';
  for (const [index, id] of users.entries()) {
    await em.execute(
      `insert into tenants.app_user (id, tenant_id, email, name, attributes, active, created_at)
       values (?, ?, ?, 'x', '{"level": 3}', ?, now())`,
      [id, tenant, `${index}@x.test`, drawn.active[index]],
    );
  }
  for (const [index, id] of roleIds.entries()) {
    await em.execute(
      `insert into tenants.role (id, tenant_id, name, description, permissions) values (?, ?, ?, '', ?::text[])`,
      [id, tenant, `role ${index}`, `{${(drawn.permissions[index] ?? []).join(',')}}`],
    );
  }
  for (const [index, id] of groupIds.entries()) {
    await em.execute('insert into tenants.user_group (id, tenant_id, name) values (?, ?, ?)', [
      id,
      tenant,
      `group ${index}`,
    ]);
  }
  for (const [one, other] of drawn.includes) {
    await em.execute('insert into tenants.role_include values (?, ?, ?)', [
      tenant,
      at(roleIds, one),
      at(roleIds, other),
    ]);
  }
  for (const [group, user] of drawn.members) {
    await em.execute('insert into tenants.group_member values (?, ?, ?)', [
      tenant,
      at(groupIds, group),
      at(users, user),
    ]);
  }
  for (const [group, child] of drawn.children) {
    await em.execute('insert into tenants.group_child values (?, ?, ?)', [
      tenant,
      at(groupIds, group),
      at(groupIds, child),
    ]);
  }
  for (const [user, role, expires] of drawn.ofUsers)
    await assign(em, tenant, at(roleIds, role), at(users, user), null, expires);
  for (const [group, role, expires] of drawn.ofGroups)
    await assign(em, tenant, at(roleIds, role), null, at(groupIds, group), expires);
  const asked: Pick<Principal, 'kind' | 'id'>[] = users.map((id) => ({ kind: 'user', id }));
  for (const { owner, permissions, revoked, connector, expires } of drawn.keys) {
    const id = newId();
    await em.execute(
      `insert into tenants.api_key (id, tenant_id, name, owner_id, permissions, connector, secret_hash, expires_at, revoked_at)
       values (?, ?, 'k', ?, ?::text[], ?, 'x', ?, ?)`,
      [
        id,
        tenant,
        at(users, owner),
        `{${permissions.join(',')}}`,
        connector ? 'fhir' : null,
        expires ?? '2997-01-01',
        revoked ? '2024-01-01' : null,
      ],
    );
    asked.push({ kind: 'api_key', id }, { kind: 'connector', id });
  }
  const change: GrantChange = {
    roles: drawn.change.roles.map(([role, permissions]) => ({ roleId: at(roleIds, role), permissions })),
    assign: drawn.change.assign.map(([user, role]) => ({ userId: at(users, user), roleId: at(roleIds, role) })),
    revoke: drawn.change.revoke.map(([user, role]) => ({ userId: at(users, user), roleId: at(roleIds, role) })),
  };
  return { asked, change };
}

const assign = (
  em: EntityManager,
  tenant: string,
  role: string,
  user: string | null,
  group: string | null,
  expires: string | null,
) =>
  em.execute(
    `insert into tenants.assignment (id, tenant_id, role_id, user_id, group_id, expires_at, assigned_by)
     values (?, ?, ?, ?, ?, ?, 'test')
     on conflict (tenant_id, user_id, role_id) where user_id is not null do update set expires_at = excluded.expires_at`,
    [newId(), tenant, role, user, group, expires],
  );

/** The change made in earnest. */
async function make(em: EntityManager, tenant: string, { roles: changed, assign: added, revoke }: GrantChange) {
  for (const { roleId, permissions } of changed) {
    await em.execute('update tenants.role set permissions = ?::text[] where id = ?', [
      `{${permissions.join(',')}}`,
      roleId,
    ]);
  }
  for (const { userId, roleId } of revoke) {
    await em.execute('delete from tenants.assignment where user_id = ? and role_id = ?', [userId, roleId]);
  }
  for (const { userId, roleId } of added) await assign(em, tenant, roleId, userId, null, null);
}

async function oneByOne(em: EntityManager, tenant: string, asked: readonly Pick<Principal, 'kind' | 'id'>[]) {
  const found = new Map<string, Principal>();
  for (const who of asked) {
    const principal = await readPrincipal(em, { ...who, tenantId: tenantId(tenant) }, 0);
    if (!principal) continue;
    const { revision: _, ...rest } = principal;
    found.set(keyOf(who), rest);
  }
  return found;
}

const withoutEnd = (found: Map<string, Principal>) =>
  new Map([...found].map(([key, { until: _, ...rest }]) => [key, rest]));
