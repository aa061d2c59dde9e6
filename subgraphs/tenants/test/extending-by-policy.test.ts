import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { idOf, mutate, mutation, payloadOf, roleId } from './mutate.ts';
import { notes } from './notes.fixture.ts';

const permission = 'knowledge:note:change';
const permit = (when: string, who = 'principal') =>
  `permit (${who}, action == Action::"${permission}", resource) when { ${when} };`;

describe('where a policy permits something to who is in what', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let role: string;
  let plain: string;
  let group: string;
  let above: string;
  let person: string;

  beforeAll(async () => {
    house = await openHouse([notes]);
    acme = await house.tenant('acme');
    const made = async (name: string, input: object, field: string): Promise<string> => {
      const payload = await mutate(acme, 'admin', name, input as Record<string, unknown>, `${field} { id }`);
      expect(payload.userErrors).toEqual([]);
      return payload[field].id;
    };
    const reading = { description: 'Reads.', permissions: ['knowledge:note:read'], includes: [] };
    role = await made('createRole', { ...reading, name: 'Editors' }, 'role');
    plain = await made('createRole', { ...reading, name: 'Readers' }, 'role');
    group = await made('createGroup', { name: 'Night shift' }, 'group');
    above = await made('createGroup', { name: 'Shifts', children: [group] }, 'group');
    person = await idOf(acme, 'viewer');
    await mutate(acme, 'admin', 'setAttributeSchema', {
      attributes: ['team', 'floor'].map((name) => ({ name, type: 'STRING', required: false, description: name })),
    });
    for (const [name, source] of [
      ['by role', permit('principal.roles.contains("Editors")')],
      ['by group', permit('true', 'principal in Group::"Shifts"')],
      ['by attribute', permit('principal has team && principal.team == "editors"')],
      ['not giving', 'forbid (principal in Role::"Readers", action == Action::"knowledge:note:change", resource);'],
    ] as const) {
      await made('publishPolicy', { name, source }, 'policy');
    }
  });
  afterAll(() => house.close());

  /** As the admin, who holds these alone. */
  const as = async (held: string[], name: string, input: Record<string, unknown>) => {
    const principal = { ...(await acme.principal('admin')), permissions: held, revision: undefined };
    const answer = await house.execute('tenants', principal, mutation(name, ''), { input });
    const { userErrors } = payloadOf(answer as never, name);
    return userErrors.map(({ code, params }) => ({ code, params }));
  };
  const cannot = (policy: string) => [{ code: 'CANNOT_GRANT', params: { permissions: [permission], policy } }];
  const roles = ['tenants:role:administer', 'knowledge:note:read'];
  const people = ['tenants:user:administer'];

  it('nobody gives a role that it goes by without holding what it gives', async () => {
    const input = { roleId: role, userId: person };
    expect(await as(roles, 'assignRole', input)).toEqual(cannot('by role'));
    expect(await as([...roles, permission], 'assignRole', input)).toEqual([]);
    expect(await as(roles, 'revokeRole', input)).toEqual([]);
    expect(await as(roles, 'assignRole', { ...input, roleId: plain })).toEqual([]);
  });

  it('nor makes another role one that it goes by, by including it or by its name', async () => {
    expect(await as(roles, 'updateRole', { id: plain, includes: [role] })).toEqual(cannot('by role'));
    await mutate(acme, 'admin', 'updateRole', { id: role, name: 'Authors' });
    expect(await as(roles, 'updateRole', { id: plain, name: 'Editors' })).toEqual(cannot('by role'));
    await mutate(acme, 'admin', 'updateRole', { id: role, name: 'Editors' });
    expect(await as(roles, 'updateRole', { id: plain, name: 'Those who read' })).toEqual([]);
  });

  it('nor lets anybody into a group that it goes by, nor into one in it', async () => {
    const input = { groupId: group, userIds: [person] };
    expect(await as(people, 'addGroupMembers', input)).toEqual(cannot('by group'));
    expect(await as([...people, permission], 'addGroupMembers', input)).toEqual([]);
    expect(await as(people, 'removeGroupMembers', input)).toEqual([]);
    await mutate(acme, 'admin', 'updateGroup', { id: above, children: [] });
    expect(await as(people, 'addGroupMembers', input)).toEqual([]);
    expect(await as(people, 'updateGroup', { id: above, children: [group] })).toEqual(cannot('by group'));
    await mutate(acme, 'admin', 'updateGroup', { id: above, name: 'Other' });
    expect(await as(people, 'updateGroup', { id: group, name: 'Shifts' })).toEqual(cannot('by group'));
    expect(await as(people, 'createGroup', { name: 'Shifts', children: [group] })).toEqual(cannot('by group'));
    expect(await as(people, 'createGroup', { name: 'Shifts' })).toEqual([]);
  });

  it('nor gives anybody an attribute that it goes by', async () => {
    const input = { userId: person, attributes: { team: 'editors' } };
    expect(await as(people, 'updateUserAttributes', input)).toEqual(cannot('by attribute'));
    expect(await as(people, 'updateUserAttributes', { userId: person, attributes: { floor: '3' } })).toEqual([]);
    expect(await as([...people, permission], 'updateUserAttributes', input)).toEqual([]);
    const draft = { email: 'new@acme.test', name: 'New', attributes: { team: 'editors' } };
    expect(await as(people, 'createUser', draft)).toEqual(cannot('by attribute'));
    expect(await as(people, 'createUser', { ...draft, attributes: {} })).toEqual([]);
  });

  it('as little as who is not allowed the change itself', async () => {
    const id = await roleId(acme, 'viewer');
    const principal = { ...(await acme.principal('viewer')), revision: undefined };
    const { errors } = await house.execute('tenants', principal, mutation('assignRole', ''), {
      input: { roleId: id, userId: person },
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});
