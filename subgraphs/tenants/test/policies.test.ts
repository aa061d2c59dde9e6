import { type Principal, requestContext, tenantId, UserProblem } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessChanges } from '../src/services/changes/access-changes.ts';
import {
  createPolicyChanges,
  type NewDenials,
  type PolicyPublication,
} from '../src/services/changes/policy-changes.ts';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, mutate, mutation, payloadOf } from './mutate.ts';
import { actions, knowledge } from './objects.fixture.ts';

const read = 'action == Action::"knowledge:document:read", resource is Document';
const restricted = `forbid (principal, ${read}) when { resource.classification >= 3 };`;
const granting = (permission: string) => `permit (principal, action == Action::"${permission}", resource);`;

describe('policies', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let number = 0;
  beforeAll(async () => {
    house = await openHouse([knowledge, actions]);
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  const freshName = () => `policy ${++number}`;
  const publish = (input: Record<string, unknown>, selection = 'policy { id version active retiredAt }') =>
    mutate(acme, 'admin', 'publishPolicy', { name: freshName(), ...input }, selection);
  const published = async (input: Record<string, unknown>, selection?: string) => {
    const { userErrors, policy } = await publish(input, selection);
    expect(userErrors).toEqual([]);
    return policy;
  };
  const ask = async (query: string, variables?: Record<string, unknown>) => {
    const { data, errors } = await acme.ask('admin', query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const inForce = (tenant = acme) =>
    house.database.read({ tenantId: tenantId(tenant.id) }, async (em) => {
      const { policies } = await house.kernel.access.rulesIn(em, tenantId(tenant.id));
      return new Map(policies.map((policy) => [policy.name, policy]));
    });

  it('are in force as soon as they are published, and say what they say', async () => {
    const name = freshName();
    const policy = await published(
      { name, source: restricted },
      'policy { name version source active retiredAt statements { effect permissions objectType clauses { kind text } attributes } }',
    );
    expect(policy).toEqual({
      name,
      version: 1,
      source: restricted,
      active: true,
      retiredAt: null,
      statements: [
        {
          effect: 'FORBID',
          permissions: ['knowledge:document:read'],
          objectType: 'Document',
          clauses: [{ kind: 'WHEN', text: expect.stringContaining('resource.classification >= 3') }],
          attributes: ['resource.classification'],
        },
      ],
    });
    expect((await inForce()).get(name)).toMatchObject({ version: 1, text: restricted });
  });

  it('become their next version under the same name, with the difference kept', async () => {
    const name = freshName();
    await published({ name, source: restricted, note: 'First.' });
    const { id } = await published({
      name: name.toUpperCase(),
      source: restricted.replace('3', '2'),
      note: 'Stricter.',
    });
    const { policy } = await ask(
      'query($id: ID!) { policy(id: $id) { name version versions { edges { node { version source note author publishedAt diff } } } } }',
      { id },
    );
    expect([policy.name, policy.version]).toEqual([name, 2]);
    const [second, first] = policy.versions.edges.map(({ node }: { node: unknown }) => node);
    const author = `user:${(await acme.principal('admin')).id}`;
    expect(first).toMatchObject({ version: 1, source: restricted, note: 'First.', author, diff: null });
    expect(second).toMatchObject({ version: 2, note: 'Stricter.', author });
    expect(second.diff).toContain(`-${restricted}`);
    expect(second.diff).toContain(`+${restricted.replace('3', '2')}`);
    expect(Date.parse(second.publishedAt)).toBeGreaterThanOrEqual(Date.parse(first.publishedAt));
    expect((await inForce()).get(name)).toMatchObject({ version: 2 });
  });

  it('page through their versions, the newest first, each once', async () => {
    const name = freshName();
    let id = '';
    for (const level of [0, 1, 2, 3, 4]) {
      ({ id } = await published({ name, source: restricted.replace('3', String(level)) }));
    }
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const { policy } = await ask(
        'query($id: ID!, $after: String) { policy(id: $id) { versions(first: 2, after: $after) { edges { node { version } } pageInfo { hasNextPage endCursor } } } }',
        { id, after },
      );
      seen.push(...policy.versions.edges.map((edge: { node: { version: number } }) => edge.node.version));
      after = policy.versions.pageInfo.hasNextPage ? policy.versions.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('that say just what is in force already are refused', async () => {
    const name = freshName();
    await published({ name, source: restricted });
    const again = await publish({ name, source: restricted });
    expect(again.userErrors).toMatchObject([
      { code: 'POLICY_UNCHANGED', path: ['input', 'source'], params: { version: 1 } },
    ]);
  });

  it('retire, stay in the history, and come back with their next version', async () => {
    const name = freshName();
    const { id } = await published({ name, source: restricted });
    const retired = await mutate(acme, 'admin', 'retirePolicy', { id }, 'policy { active retiredAt }');
    expect(retired.policy).toEqual({ active: false, retiredAt: expect.any(String) });
    expect((await inForce()).has(name)).toBe(false);
    expect(codesOf(await mutate(acme, 'admin', 'retirePolicy', { id }))).toEqual(['POLICY_RETIRED']);
    const names = async (args: string) => {
      const { policies } = await ask(`{ policies(first: 100${args}) { edges { node { name } } } }`);
      return policies.edges.map((edge: { node: { name: string } }) => edge.node.name);
    };
    expect(await names('')).not.toContain(name);
    expect(await names(', includeRetired: true')).toContain(name);
    expect(await published({ name, source: restricted })).toEqual({ id, version: 2, active: true, retiredAt: null });
    expect((await inForce()).get(name)).toMatchObject({ version: 2 });
  });

  it('that do not exist cannot be retired, nor those of another tenant', async () => {
    const globex = await house.tenant('globex');
    const { id } = await published({ source: restricted });
    for (const [tenant, wanted] of [
      [globex, id],
      [acme, 'nobody'],
    ] as const) {
      expect(codesOf(await mutate(tenant, 'admin', 'retirePolicy', { id: wanted }))).toEqual(['POLICY_NOT_FOUND']);
    }
    const { data } = await globex.ask(
      'admin',
      'query($id: ID!) { policy(id: $id) { id } policies { edges { node { id } } } }',
      { id },
    );
    expect(data).toEqual({ policy: null, policies: { edges: [] } });
    expect((await inForce(globex)).size).toBe(0);
  });

  it.each([
    [
      'an attribute that nobody declared',
      `forbid (principal, ${read})\nwhen { resource.owner == "x" };`,
      'POLICY_UNKNOWN_ATTRIBUTE',
      2,
    ],
    [
      'an attribute that may be absent and was not asked for',
      `forbid (principal, ${read})\nwhen { resource.region == "eu" };`,
      'POLICY_UNGUARDED_ATTRIBUTE',
      2,
    ],
    [
      'a permission that does not exist',
      'forbid (principal, action == Action::"a:b:c", resource);',
      'POLICY_UNKNOWN_PERMISSION',
      1,
    ],
    ['what is no Cedar', '\nforbid principal;', 'POLICY_SYNTAX', 2],
    ['nothing', '', 'POLICY_SYNTAX', 1],
    ['no permission', 'forbid (principal, action, resource);', 'POLICY_WITHOUT_PERMISSION', 1],
    ['more than 64 KiB', `// ${'x'.repeat(66_000)}\n${restricted}`, 'POLICY_TOO_LARGE', 1],
    [
      'a permission that is about no object',
      `// Hm.\n${granting('knowledge:document:ingest')}`,
      'PERMISSION_NOT_BY_POLICY',
      2,
    ],
    ['a role that nobody can hold', `forbid (principal in Role::"oprator", ${read});`, 'ROLE_NOT_FOUND', 1],
    [
      'a group that is not there',
      `forbid (principal, ${read})\nunless { principal in Group::"ICU" };`,
      'GROUP_NOT_FOUND',
      2,
    ],
  ])('with %s are refused where they say so', async (_what, source, code, line) => {
    const { userErrors } = await publish({ source });
    expect(userErrors).toMatchObject([
      { code, path: ['input', 'source'], params: { line, column: expect.any(Number) } },
    ]);
  });

  it('name every problem of a text at once, in its order', async () => {
    const broken = (name: string) => `forbid (principal, ${read}) when { resource.${name} == "x" };`;
    const { userErrors } = await publish({ source: ['a', 'b', 'c'].map(broken).join('\n') });
    expect(userErrors.map(({ params }) => (params as { line: number }).line)).toEqual([1, 2, 3]);
  });

  it('take names in strings and comments for what they are', async () => {
    const source = `// Not Role::"nobody".\nforbid (principal in Role::"op\\u{65}rator", ${read}) when { resource.title == "Role::\\"nobody\\"" };`;
    await published({ source });
  });

  it('permit only what their author holds, and forbid anything', async () => {
    const admin = await acme.principal('admin');
    const some: Principal = { ...admin, revision: undefined, permissions: ['tenants:policy:*', 'actions:action:read'] };
    const publishAs = async (source: string) =>
      payloadOf(
        await house.execute('tenants', some, mutation('publishPolicy', ''), { input: { name: freshName(), source } }),
        'publishPolicy',
      );
    const refused = await publishAs(`${granting('actions:action:read')}\n${granting('actions:action:approve')}`);
    expect(refused.userErrors).toMatchObject([
      { code: 'CANNOT_GRANT', params: { permissions: ['actions:action:approve'] } },
    ]);
    expect(codesOf(await publishAs(granting('actions:action:read')))).toEqual([]);
    expect(codesOf(await publishAs(granting('actions:action:approve').replace('permit', 'forbid')))).toEqual([]);
  });

  it('are published and seen by who may alone', async () => {
    for (const [query, permission] of [
      ['{ policies { edges { node { id } } } }', 'tenants:policy:read'],
      ['{ policyTemplates { name } }', 'tenants:policy:read'],
      [
        'mutation { publishPolicy(input: { name: "x", source: "" }) { userErrors { code } } }',
        'tenants:policy:administer',
      ],
      ['mutation { retirePolicy(input: { id: "x" }) { userErrors { code } } }', 'tenants:policy:administer'],
    ] as const) {
      const { errors } = await acme.ask('operator', query);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission });
    }
  });

  it('are at most a thousand in force, where a next version is none more', async () => {
    const small = await house.tenant('thousand', { admin: 'admin' });
    const first = await mutate(small, 'admin', 'publishPolicy', { name: 'first', source: restricted });
    expect(first.userErrors).toEqual([]);
    await house.database.withTenant({ tenantId: tenantId(small.id) }, (em) =>
      em.execute(
        `insert into kernel.policy (tenant_id, id, name, version, source)
         select ?::uuid, gen_random_uuid(), 'filler ' || n, 1, ? from generate_series(1, 999) n`,
        [small.id, restricted],
      ),
    );
    const more = { name: 'one too many', source: restricted };
    expect(codesOf(await mutate(small, 'admin', 'publishPolicy', more))).toEqual(['TOO_MANY']);
    const next = { name: 'first', source: restricted.replace('3', '2') };
    expect(codesOf(await mutate(small, 'admin', 'publishPolicy', next))).toEqual([]);
  });

  it('leave in the log what was before and what is after', async () => {
    const name = freshName();
    await published({ name, source: restricted, reason: 'Audit finding 7.' });
    const { id } = await published({ name, source: restricted.replace('3', '1'), reason: 'Finding 8.' });
    const payloads = await house.database.asRole('relay', (em) =>
      em.execute(`select payload from kernel.outbox where type = 'AccessChanged' order by id desc limit 1`),
    );
    expect(payloads[0]?.payload).toMatchObject({
      kind: 'policy.publish',
      subject: { type: 'AccessPolicy', id, name },
      before: { version: 1, source: restricted },
      after: { version: 2, source: restricted.replace('3', '1') },
      reason: 'Finding 8.',
    });
  });

  describe('that must not refuse anew', () => {
    const since = '2020-01-01T00:00:00.000Z';
    const asked: { change: PolicyPublication; since: Date }[] = [];
    const publishWith = async (found: NewDenials, who: Principal, from = since) => {
      const kinds = createPolicyChanges({
        newDenials: async (_em, change, when) => {
          asked.push({ change, since: when });
          return found;
        },
      });
      const { access, database, log, now } = house.kernel;
      const changes = new AccessChanges({ access, database, now, kinds: kinds.kinds });
      const draft = {
        name: freshName(),
        source: restricted,
        note: null,
        reason: null,
        requireNoNewDenials: { since: from },
      };
      try {
        return { draft, ...(await changes.make(kinds.publishPolicy, draft, requestContext(who, log))), errors: [] };
      } catch (error) {
        if (error instanceof UserProblem) return { draft, result: null, errors: error.errors };
        throw error;
      }
    };
    const example = { permission: 'knowledge:document:read' };

    it('are refused with how much they would refuse', async () => {
      const { errors, draft } = await publishWith({ count: 2, examples: [example] }, await acme.principal('admin'));
      expect(errors).toMatchObject([
        { code: 'NEW_DENIALS', path: ['input', 'requireNoNewDenials'], params: { count: 2, examples: [example] } },
      ]);
      expect(asked.at(-1)).toEqual({
        change: { tenantId: acme.id, publish: [{ name: draft.name, source: restricted }] },
        since: new Date(since),
      });
      expect((await inForce()).has(draft.name)).toBe(false);
    });

    it('do not tell what others did to who may not ask for it', async () => {
      const admin = await acme.principal('admin');
      const publisher = { ...admin, revision: undefined, permissions: ['tenants:policy:*'] };
      const { errors } = await publishWith({ count: 1, examples: [example] }, publisher);
      expect(errors).toMatchObject([{ code: 'NEW_DENIALS', params: { count: 1, examples: [] } }]);
    });

    it('are published where they refuse nothing', async () => {
      const { result } = await publishWith({ count: 0, examples: [] }, await acme.principal('admin'));
      expect(result).toMatchObject({ version: 1 });
    });

    it('are published through the graph, where nothing was decided yet that they would refuse', async () => {
      const requireNoNewDenials = { since: new Date(Date.now() - 3_600_000).toISOString() };
      expect(await published({ source: restricted, requireNoNewDenials })).toMatchObject({ version: 1 });
    });

    it('need a period that has begun', async () => {
      const later = new Date(Date.now() + 60_000).toISOString();
      const { errors } = await publishWith({ count: 0, examples: [] }, await acme.principal('admin'), later);
      expect(errors).toMatchObject([{ code: 'PERIOD_INVALID' }]);
    });
  });
});
