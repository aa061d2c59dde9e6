import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, idOf, mutate } from './mutate.ts';
import { addNote, notes } from './notes.fixture.ts';

const explain = `query($input: ExplainAccessInput!) { explainAccess(input: $input) {
  allowed decidedBy summary permission objectKnown wouldPermit
  roles { role { name } pattern through expiresAt }
  policies { id name version effect clause builtIn }
  errors { policy version message } lookedAt { path value }
} }`;
const read = 'knowledge:note:read';

describe('explainAccess', () => {
  let house: TestHouse;
  let acme: TestTenant;
  let open: string;
  let secret: string;
  beforeAll(async () => {
    house = await openHouse([notes]);
    acme = await house.tenant('acme');
    open = await addNote(house.database, acme.id, { owner: 'nobody', classification: 0, department: 'icu' });
    secret = await addNote(house.database, acme.id, { owner: await idOf(acme, 'auditor'), classification: 3 });
    await done('createRole', { name: 'reader', permissions: [read], includes: [] }, 'role { id }');
    await done('createRole', {
      name: 'clinician',
      permissions: ['knowledge:note:change'],
      includes: [await role('reader')],
    });
    await done('createRole', { name: 'explainer', permissions: ['tenants:access:explain'] });
    for (const [person, name] of [
      ['operator', 'clinician'],
      ['auditor', 'explainer'],
    ] as const) {
      await done('assignRole', { userId: await idOf(acme, person), roleId: await role(name) });
    }
    const source = `forbid (principal, action == Action::"${read}", resource) when { resource.classification > 2 };`;
    await done('publishPolicy', { name: 'secrets', source });
  });
  afterAll(() => house.close());

  const done = async (name: string, input: Record<string, unknown>, selection = '') => {
    const payload = await mutate(acme, 'admin', name, input, selection);
    expect(codesOf(payload)).toEqual([]);
    return payload;
  };
  const role = async (name: string): Promise<string> => {
    const { data } = await acme.ask('admin', '{ roles(first: 100) { edges { node { id name } } } }');
    return data.roles.edges.find((edge: { node: { name: string } }) => edge.node.name === name).node.id;
  };
  const ask = async (who: string, input: Record<string, unknown>) => {
    const { data, errors } = await acme.ask(who, explain, { input });
    expect(errors).toBeUndefined();
    return data.explainAccess;
  };

  it('names the role that allows, and how one came to it', async () => {
    const answer = await ask('operator', { permission: read, objectId: open });
    expect(answer).toMatchObject({
      allowed: true,
      decidedBy: 'ROLES',
      objectKnown: true,
      summary: `You may: the role "reader", through role clinician, gives ${read}.`,
      roles: [{ role: { name: 'reader' }, pattern: read, through: ['role clinician'], expiresAt: null }],
      policies: [],
      wouldPermit: [],
      lookedAt: [{ path: 'resource.classification', value: 0 }],
    });
  });

  it('follows groups in groups, and says when a grant ends', async () => {
    const nurse = await idOf(acme, 'viewer');
    const group = async (name: string, children: string[]) =>
      (await done('createGroup', { name, children }, 'group { id }')).group.id as string;
    const icu = await group('ICU', []);
    const hospital = await group('Hospital', [icu]);
    await done('addGroupMembers', { groupId: icu, userIds: [nurse] });
    const expiresAt = '2999-01-01T00:00:00.000Z';
    await done('assignRole', { groupId: hospital, roleId: await role('clinician'), expiresAt });
    const { roles } = await ask('viewer', { permission: read, objectId: open });
    expect(roles).toEqual([
      {
        role: { name: 'reader' },
        pattern: read,
        through: ['group ICU', 'group Hospital', 'role clinician'],
        expiresAt,
      },
    ]);
  });

  it('names the policy, its version and the clause that refused', async () => {
    const change = await ask('operator', { permission: 'knowledge:note:change', objectId: open });
    expect(change).toMatchObject({
      allowed: false,
      decidedBy: 'POLICY',
      summary: 'You may not: the product\'s own rule "A note is changed by its owner" forbids it.',
      policies: [{ id: 'built-in:owner-alone', effect: 'FORBID', builtIn: true }],
    });
    const day =
      'forbid (principal, action == Action::"knowledge:note:change", resource) when { resource.classification == 0 };';
    await done('publishPolicy', { name: 'frozen', source: day });
    const mine = await addNote(house.database, acme.id, { owner: await idOf(acme, 'operator'), classification: 0 });
    const frozen = await ask('operator', { permission: 'knowledge:note:change', objectId: mine });
    expect(frozen).toMatchObject({
      decidedBy: 'POLICY',
      summary: 'You may not: the policy "frozen" (version 1) forbids it.',
      policies: [{ name: 'frozen', version: 1, effect: 'FORBID', builtIn: false }],
      errors: [],
    });
    expect(frozen.policies[0].clause).toContain('resource.classification == 0');
    expect(frozen.lookedAt).toContainEqual({ path: 'resource.classification', value: 0 });
  });

  it('does not hold a rule of the product against those who are exempt from it', async () => {
    const note = await addNote(house.database, acme.id, { owner: 'nobody', classification: 1 });
    const answer = await ask('admin', { permission: 'knowledge:note:change', objectId: note });
    expect(answer).toMatchObject({ allowed: true, decidedBy: 'ROLES' });
  });

  it('says of an object that the asker may not read what it says of one that does not exist', async () => {
    const nothing = newId();
    for (const who of ['operator', 'auditor', 'approver', 'admin']) {
      const about = who === 'auditor' ? { principalId: await idOf(acme, 'operator') } : {};
      for (const permission of [read, 'knowledge:note:change']) {
        const hidden = await ask(who, { permission, objectId: secret, ...about });
        expect(hidden).toEqual(await ask(who, { permission, objectId: nothing, ...about }));
        expect(hidden).toMatchObject({ allowed: false, objectKnown: false, policies: [], errors: [], lookedAt: [] });
      }
    }
    expect(await ask('admin', { permission: read, objectId: 'not an id' })).toMatchObject({ objectKnown: false });
  });

  it('says where nothing permits it what would', async () => {
    const source = `permit (principal, action == Action::"knowledge:note:change", resource) when { resource.department == "none" };`;
    const guarded = source.replace('resource.department ==', 'resource has department && resource.department ==');
    await done('publishPolicy', { name: 'guests', source: guarded });
    const answer = await ask('approver', { permission: 'knowledge:note:change' });
    expect(answer).toMatchObject({ allowed: false, decidedBy: 'NOTHING', roles: [], policies: [] });
    expect(answer.summary).toMatch(
      /^You may not: no role and no policy gives knowledge:note:change\. Of a single Note/,
    );
    expect(answer.wouldPermit).toEqual([
      'The role "admin" gives it.',
      'The role "clinician" gives it.',
      'The policy "guests" (version 1) permits it to some.',
    ]);
  });

  it('says which policy could not be worked out', async () => {
    const broken = await addNote(house.database, acme.id, { owner: 'x', classification: 'high' });
    await mutate(acme, 'admin', 'publishPolicy', {
      name: 'secrets',
      source:
        'forbid (principal, action == Action::"knowledge:note:change", resource) when { resource.classification > 2 };',
    });
    const answer = await ask('admin', { permission: 'knowledge:note:change', objectId: broken });
    expect(answer).toMatchObject({
      allowed: false,
      decidedBy: 'ERROR',
      errors: expect.arrayContaining([
        { policy: 'secrets', version: 2, message: 'resource.classification is not a Long, as it is declared.' },
      ]),
    });
    expect(answer.summary).toMatch(/could not be worked out, and then it refuses\.$/);
  });

  it('about others takes a permission', async () => {
    const input = { principalId: await idOf(acme, 'admin'), permission: read };
    const { errors } = await acme.ask('operator', explain, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:access:explain' });
    expect(await ask('auditor', input)).toMatchObject({
      allowed: true,
      summary: expect.stringMatching(/^admin may: /),
    });
    const own = await idOf(acme, 'operator');
    expect(await ask('operator', { principalId: own, permission: read })).toMatchObject({ allowed: true });
  });

  it('of a key is what its owner holds, within what the key was given', async () => {
    const { secret: _, ...made } = await done(
      'createApiKey',
      {
        name: 'robot',
        permissions: ['knowledge:note:read'],
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      },
      'apiKey { id }',
    );
    const principalId = made.apiKey.id;
    const about = { principalId, principalKind: 'API_KEY' };
    expect(await ask('admin', { ...about, permission: read })).toMatchObject({
      allowed: true,
      roles: [{ role: { name: 'admin' } }],
    });
    expect(await ask('admin', { ...about, permission: 'knowledge:note:export' })).toMatchObject({
      allowed: false,
      roles: [],
    });
  });

  it('says of those who may not come in that they may not, and that nobody is nobody', async () => {
    const leaver = await house.tenant('leavers', { admin: 'admin', gone: 'viewer' });
    const principalId = await idOf(leaver, 'gone');
    await mutate(leaver, 'admin', 'deactivateUser', { userId: principalId });
    const { data } = await leaver.ask('admin', explain, { input: { principalId, permission: read } });
    expect(data.explainAccess).toMatchObject({
      allowed: false,
      decidedBy: 'NOTHING',
      summary: expect.stringMatching(/not active/),
    });
    // Another tenant's are nobody, too.
    for (const id of [newId(), 'x', await idOf(acme, 'admin')]) {
      const { errors } = await leaver.ask('admin', explain, { input: { principalId: id, permission: read } });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it.each([
    [{ permission: 'knowledge:note:raed' }, /there are .*knowledge:note:read/],
    [{ permission: read, objectType: 'Memo' }, /there are Tenant, .*Note/],
    [{ permission: read, objectType: 'Tenant' }, /decided on a Note/],
  ])('refuses %j, and says what there is', async (input, message) => {
    const { errors } = await acme.ask('admin', explain, { input });
    expect(errors?.[0]).toMatchObject({ message: expect.stringMatching(message), extensions: { code: 'BAD_REQUEST' } });
  });
});
