import { newId, tenantId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate, roleId } from './mutate.ts';
import { addNote, notes } from './notes.fixture.ts';

const whoCan = `query($permission: String!, $objectId: ID, $first: Int, $after: String) {
  whoCan(permission: $permission, objectId: $objectId, first: $first, after: $after) {
    objectKnown pageInfo { hasNextPage endCursor }
    edges { node { email } summary roles { role { name } through } }
  }
}`;
const change = 'knowledge:note:change';
const crowd = 450;

describe('whoCan', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let icu: string;
  let secret: string;
  const ids = new Map<string, string>();
  const statement = (effect: string, verb: string, when: string) =>
    `${effect} (principal, action == Action::"knowledge:note:${verb}", resource) when { ${when} };`;
  beforeAll(async () => {
    house = await openHouse([notes]);
    acme = await house.tenant('acme');
    await done('setAttributeSchema', { attributes: [{ name: 'department', type: 'STRING', description: 'Where.' }] });
    await done('createRole', { name: 'writer', permissions: [change] });
    icu = await addNote(house.database, acme.id, { owner: 'x', classification: 0, department: 'icu' });
    secret = await addNote(house.database, acme.id, { owner: 'x', classification: 3, department: 'icu' });
    const source = [
      statement('forbid', 'read', 'resource.classification > 2'),
      statement(
        'permit',
        'read',
        'principal has department && resource has department && principal.department == resource.department',
      ),
      statement('forbid', 'read', 'principal has department && principal.department == "none"'),
    ].join('\n');
    await done('publishPolicy', { name: 'departments', source });
    await addCrowd();
  });
  afterAll(() => house.close());

  const done = async (name: string, input: Record<string, unknown>) => {
    expect(codesOf(await mutate(acme, 'admin', name, input))).toEqual([]);
  };
  /** Each third of them of the ICU, and each fiftieth a writer by a group. */
  const addCrowd = async () => {
    const { group } = await mutate(acme, 'admin', 'createGroup', { name: 'writers' }, 'group { id }');
    await done('assignRole', { groupId: group.id, roleId: await roleId(acme, 'writer') });
    const people = Array.from({ length: crowd }, (_, index) => ({
      id: newId(),
      email: `p${String(index).padStart(3, '0')}@crowd.test`,
      attributes: index % 3 === 0 ? { department: 'icu' } : {},
      writes: index % 50 === 0,
    }));
    for (const { id, email } of people) ids.set(email, id);
    await house.database.withTenant({ tenantId: tenantId(acme.id) }, async (em) => {
      await em.execute(
        `insert into tenants.app_user (id, tenant_id, email, name, attributes, active, created_at)
         select id, ?::uuid, email, email, attributes, true, now()
         from jsonb_to_recordset(?::jsonb) as row (id uuid, email text, attributes jsonb)`,
        [acme.id, JSON.stringify(people)],
      );
      await em.execute(
        `insert into tenants.group_member (tenant_id, group_id, user_id)
         select ?::uuid, ?::uuid, id from jsonb_to_recordset(?::jsonb) as row (id uuid, writes boolean) where writes`,
        [acme.id, group.id, JSON.stringify(people)],
      );
    });
  };
  const page = async (variables: Record<string, unknown>, who = 'admin') => {
    const { data, errors } = await acme.ask(who, whoCan, variables);
    expect(errors).toBeUndefined();
    return data.whoCan as {
      objectKnown: boolean;
      pageInfo: { hasNextPage: boolean; endCursor: string };
      edges: { node: { email: string }; summary: string; roles: unknown[] }[];
    };
  };
  const all = async (variables: Record<string, unknown>) => {
    const emails: string[] = [];
    const sizes: number[] = [];
    let after: string | undefined;
    for (;;) {
      const { edges, pageInfo } = await page({ ...variables, after });
      emails.push(...edges.map(({ node }) => node.email));
      sizes.push(edges.length);
      if (!pageInfo.hasNextPage) return { emails, sizes };
      after = pageInfo.endCursor;
    }
  };
  const members = (every: number) =>
    Array.from({ length: crowd }, (_, index) => index)
      .filter((index) => index % every === 0)
      .map((index) => `p${String(index).padStart(3, '0')}@crowd.test`);

  it('lists those to whom roles give it, and how', async () => {
    const { edges, pageInfo } = await page({ permission: change, first: 100 });
    expect(edges.map(({ node }) => node.email)).toEqual(['admin@acme.test', ...members(50)]);
    expect(pageInfo.hasNextPage).toBe(false);
    expect(edges[1]).toMatchObject({
      summary: expect.stringMatching(/^p000@crowd.test may: the role "writer", through group writers, gives/),
      roles: [{ role: { name: 'writer' }, through: ['group writers'] }],
    });
  });

  it('lists those to whom a policy permits one object, in full pages, however few of many they are', async () => {
    const { emails, sizes } = await all({ permission: 'knowledge:note:read', objectId: icu, first: 40 });
    expect(emails).toEqual(['admin@acme.test', ...members(3)]);
    expect(sizes).toEqual([40, 40, 40, 31]);
  });

  it('lists nobody for an object that the asker may not read, as for none', async () => {
    const nothing = await page({ permission: change, objectId: newId() });
    expect(nothing).toMatchObject({ edges: [], objectKnown: false, pageInfo: { hasNextPage: false } });
    expect(await page({ permission: change, objectId: secret })).toEqual(nothing);
  });

  it('agrees with what each of them is told', async () => {
    const { emails } = await all({ permission: 'knowledge:note:read', objectId: icu, first: 100 });
    for (const email of ['p000@crowd.test', 'p001@crowd.test', 'p300@crowd.test', 'p449@crowd.test']) {
      const known = ids.get(email);
      const { data: answer } = await acme.ask(
        'admin',
        'query($input: ExplainAccessInput!) { explainAccess(input: $input) { allowed } }',
        { input: { principalId: known, permission: 'knowledge:note:read', objectId: icu } },
      );
      expect([email, answer.explainAccess.allowed]).toEqual([email, emails.includes(email)]);
    }
  });

  it('leaves out who may not come in any more', async () => {
    const leaver = await house.tenant('leavers', { admin: 'admin', gone: 'admin' });
    const ask = async () => {
      const { data } = await leaver.ask('admin', whoCan, { permission: change });
      return data.whoCan.edges.map(({ node }: { node: { email: string } }) => node.email);
    };
    expect(await ask()).toEqual(['admin@leavers.test', 'gone@leavers.test']);
    await mutate(leaver, 'admin', 'deactivateUser', { userId: await idOf(leaver, 'gone') });
    expect(await ask()).toEqual(['admin@leavers.test']);
  });

  it('takes a permission, and a cursor of its own', async () => {
    const { errors } = await acme.ask('viewer', whoCan, { permission: change });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:access:explain' });
    const foreign = Buffer.from(JSON.stringify({ name: 'x' })).toString('base64url');
    const answer = await acme.ask('admin', whoCan, { permission: change, after: foreign });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST' });
  });
});
