import { newId, type Principal, servicePrincipal, tenantId } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { provisionTenant, tenants } from '@countersign/tenants';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { localLink } from '../src/index.ts';
import { graphDirectory } from '../src/scim/graph-directory.ts';
import { scimRoutes } from '../src/scim/index.ts';
import { enterprise, group, patchOp, user } from '../src/scim/scim-client.fixture.ts';

describe('SCIM on the graph', () => {
  const acme = newId();
  const globex = newId();
  let house: TestSubgraphs;
  let app: FastifyInstance;
  const callers = new Map<string, Principal>();

  beforeAll(async () => {
    house = await startTestSubgraphs([tenants]);
    for (const [id, name] of [
      [acme, 'acme'],
      [globex, 'globex'],
    ] as const) {
      const users = [{ email: `admin@${name}.test`, name: 'Ada Admin', role: 'admin' }];
      await provisionTenant(house.database, { id, name, region: 'eu', users });
      const permissions = ['tenants:directory:provision'];
      const machine = { tenantId: tenantId(id), kind: 'api_key', roles: [], permissions } as const;
      callers.set(`Bearer ${name}`, testPrincipal(machine));
    }
    callers.set('Bearer nothing', testPrincipal({ tenantId: tenantId(acme), kind: 'api_key', permissions: [] }));
    const runtime = house.runtimes.get('tenants');
    if (!runtime) throw new Error('No tenants.');
    const directory = graphDirectory({ tenants: localLink(runtime), log: house.kernel.log });
    app = Fastify();
    scimRoutes(app, {
      attributes: { department: 'department', employeeNumber: 'badge' },
      baseUrl: 'https://graph.example',
      directoryFor: async (authorization) => directory(callers.get(authorization ?? '') ?? testPrincipal()),
    });
    await app.ready();
    const admin = await signIn(acme, 'admin@acme.test');
    await asAdmin(admin, 'setAttributeSchema', {
      attributes: [
        { name: 'department', type: 'STRING' },
        { name: 'badge', type: 'LONG' },
      ],
    });
  });
  afterAll(async () => {
    await app.close();
    await house.close();
  });

  const send = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    who = 'acme',
  ) => {
    const { statusCode, body: text } = await app.inject({
      method,
      url: `/scim/v2${path}`,
      headers: { authorization: `Bearer ${who}`, ...(body && { 'content-type': 'application/scim+json' }) },
      ...(body && { payload: JSON.stringify(body) }),
    });
    return { status: statusCode, body: text === '' ? null : JSON.parse(text) };
  };
  const patch = (path: string, ...Operations: object[]) => send('PATCH', path, { schemas: [patchOp], Operations });
  const created = async (path: string, body: object): Promise<string> => {
    const answer = await send('POST', path, body);
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.id;
  };
  const someone = (userName: string, more: object = {}) =>
    created('/Users', { schemas: [user], userName, displayName: userName, ...more });
  const signIn = async (tenant: string, email: string): Promise<Principal> => {
    const query = `query($email: String!) { signIn(email: $email) { kind id roles groups permissions attributes revision } }`;
    const gateway = servicePrincipal(tenant, 'gateway', []);
    const { data } = await house.execute('tenants', gateway, query, { email });
    const { signIn: found } = data as { signIn: Principal | null };
    if (!found) throw new Error(`${email} may not sign in.`);
    return { ...found, tenantId: tenantId(tenant) };
  };
  const roleId = async (admin: Principal, name: string): Promise<string | undefined> => {
    const { data } = await house.execute('tenants', admin, '{ roles(first: 100) { edges { node { id name } } } }');
    const { roles } = data as { roles: { edges: { node: { id: string; name: string } }[] } };
    return roles.edges.find(({ node }) => node.name === name)?.node.id;
  };
  const asAdmin = async (admin: Principal, name: string, input: object) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const mutation = `mutation($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
    const answer = await house.execute('tenants', admin, mutation, { input });
    expect(answer).toEqual({ data: { [name]: { userErrors: [] } } });
  };

  it('creates a person, finds them, changes them, and shows every version once', async () => {
    const id = await someone('Bjensen@acme.test', {
      externalId: 'x-1',
      name: { givenName: 'Barbara', familyName: 'Jensen' },
      [enterprise]: { department: 'Cardiology', employeeNumber: '701984' },
    });
    const found = await send('GET', '/Users?filter=userName%20eq%20%22bjensen%40ACME.test%22');
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id, externalId: 'x-1', active: true }] });
    const signedIn = await signIn(acme, 'bjensen@acme.test');
    expect(signedIn).toMatchObject({ permissions: [], attributes: { department: 'Cardiology', badge: 701984 } });
    const before = await send('GET', `/Users/${id}`);
    const changed = await patch(`/Users/${id}`, { op: 'Replace', path: `${enterprise}:department`, value: 'Oncology' });
    expect(changed.body).toMatchObject({ [enterprise]: { department: 'Oncology', employeeNumber: '701984' } });
    expect(changed.body.meta.version).not.toBe(before.body.meta.version);
    expect((await send('GET', `/Users/${id}`)).body).toEqual(changed.body);
  });

  it('filters, sorts and pages', async () => {
    for (const name of ['p1', 'p2', 'p3']) {
      await someone(`${name}@pages.test`, {
        name: { familyName: `Family ${name}` },
        [enterprise]: { department: name },
      });
    }
    const total = async (filter: string) =>
      (await send('GET', `/Users?count=0&filter=${encodeURIComponent(filter)}`)).body.totalResults;
    const ours = 'userName ew "@PAGES.test"';
    expect(await total(ours)).toBe(3);
    expect(
      await total(
        `${ours} and not (userName sw "p1" or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "P2")`,
      ),
    ).toBe(1);
    expect(await total(`${ours} and name.familyName co "MILY P"`)).toBe(3);
    expect(await total(`${ours} and name.givenName pr`)).toBe(0);
    expect(await total(`${ours} and name.givenName ne "x"`)).toBe(3);
    expect(await total(`${ours} and active eq false`)).toBe(0);
    expect(await total(`${ours} and meta.created gt "2020-01-01T00:00:00Z"`)).toBe(3);
    expect(await total(`${ours} and userName gt "p1@pages.test"`)).toBe(2);
    expect(await total(`${ours} and id eq "nobody"`)).toBe(0);
    expect(await total(`userName eq "' or true --"`)).toBe(0);
    const page = await send(
      'GET',
      `/Users?filter=${encodeURIComponent(ours)}&sortBy=userName&sortOrder=descending&startIndex=2&count=1`,
    );
    expect(page.body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 });
    expect(page.body.Resources[0].userName).toBe('p2@pages.test');
  });

  it('refuses what is taken, unknown or of another version in the words of the protocol', async () => {
    const id = await someone('taken@acme.test', { externalId: 'x-2' });
    const again = { schemas: [user], userName: 'TAKEN@acme.test' };
    expect(await send('POST', '/Users', again)).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
    const other = { schemas: [user], userName: 'other@acme.test', externalId: 'x-2' };
    expect(await send('POST', '/Users', other)).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
    expect(await send('GET', `/Users/${newId()}`)).toMatchObject({ status: 404 });
    const badge = { schemas: [user], userName: 'b@acme.test', [enterprise]: { employeeNumber: 'seven' } };
    expect(await send('POST', '/Users', badge)).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    expect(await send('GET', `/Users/${id}`, undefined, 'nothing')).toMatchObject({ status: 403 });
    expect(await send('GET', `/Users/${id}`, undefined, 'globex')).toMatchObject({ status: 404 });
    expect(await send('DELETE', `/Users/${id}`, undefined, 'globex')).toMatchObject({ status: 404 });
  });

  it('lets leavers in no more, at once, and back with what they had', async () => {
    const id = await someone('leaver@acme.test');
    const principal = await signIn(acme, 'leaver@acme.test');
    await patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
    const { errors } = await house.execute('tenants', principal, '{ viewer { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    await patch(`/Users/${id}`, { op: 'Replace', value: { active: true } });
    expect((await signIn(acme, 'leaver@acme.test')).id).toBe(id);
  });

  it('deletes for good, and the name is free for somebody who holds nothing of it', async () => {
    const id = await someone('gone@acme.test', { externalId: 'x-3' });
    const admin = await signIn(acme, 'admin@acme.test');
    await asAdmin(admin, 'assignRole', { userId: id, roleId: await roleId(admin, 'viewer') });
    expect(await send('DELETE', `/Users/${id}`)).toEqual({ status: 204, body: null });
    expect(await send('GET', `/Users/${id}`)).toMatchObject({ status: 404 });
    expect(await send('DELETE', `/Users/${id}`)).toMatchObject({ status: 404 });
    await expect(signIn(acme, 'gone@acme.test')).rejects.toThrow('may not sign in');
    const next = await someone('gone@acme.test', { externalId: 'x-3' });
    expect(next).not.toBe(id);
    expect((await signIn(acme, 'gone@acme.test')).roles).toEqual([]);
  });

  it('does not hand the sign-in of somebody with roles of their own to another address, nor remove the last admin', async () => {
    const { id } = await signIn(acme, 'admin@acme.test');
    const renamed = await patch(`/Users/${id}`, { op: 'Replace', path: 'userName', value: 'mine@evil.test' });
    expect(renamed).toMatchObject({ status: 403 });
    expect(renamed.body.detail).toContain('tenants:*:*');
    expect(await patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: false })).toMatchObject({ status: 403 });
    expect(await send('DELETE', `/Users/${id}`)).toMatchObject({ status: 403 });
    expect((await signIn(acme, 'admin@acme.test')).roles).toEqual(['admin']);
  });

  it('keeps groups, whose roles it hands on though it holds none', async () => {
    const [one, two] = [await someone('m1@acme.test'), await someone('m2@acme.test')];
    const id = await created('/Groups', { schemas: [group], displayName: 'Surgeons', members: [{ value: one }] });
    const admin = await signIn(acme, 'admin@acme.test');
    await asAdmin(admin, 'assignRole', { groupId: id, roleId: await roleId(admin, 'operator') });
    expect((await signIn(acme, 'm1@acme.test')).roles).toEqual(['operator']);
    const added = await patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: [{ value: two }, { value: one }] });
    expect(added.status).toBe(204);
    expect(await signIn(acme, 'm2@acme.test')).toMatchObject({ roles: ['operator'], groups: ['Surgeons'] });
    const shown = await send('GET', `/Groups/${id}`);
    expect(shown.body.members.map(({ value }: { value: string }) => value).sort()).toEqual([one, two].sort());
    expect((await send('GET', `/Users/${two}`)).body.groups).toMatchObject([{ value: id, display: 'Surgeons' }]);
    const of = await send(
      'GET',
      `/Groups?filter=${encodeURIComponent(`members eq "${two}"`)}&excludedAttributes=members`,
    );
    expect(of.body).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    await patch(`/Groups/${id}`, { op: 'Remove', path: `members[value eq "${one}"]` });
    expect((await signIn(acme, 'm1@acme.test')).roles).toEqual([]);
    const body = { schemas: [group], displayName: 'Surgeons', externalId: 'g-1', members: [] };
    expect((await send('PUT', `/Groups/${id}`, body)).body).toMatchObject({ externalId: 'g-1' });
    expect((await signIn(acme, 'm2@acme.test')).roles).toEqual([]);
    expect(await send('DELETE', `/Groups/${id}`)).toMatchObject({ status: 204 });
    expect(await send('GET', `/Groups/${id}`)).toMatchObject({ status: 404 });
  });

  it('nests groups, never in a circle, and takes nobody in who is not there', async () => {
    const inner = await created('/Groups', { schemas: [group], displayName: 'Inner' });
    const outer = await created('/Groups', { schemas: [group], displayName: 'Outer', members: [{ value: inner }] });
    const circle = await patch(`/Groups/${inner}`, { op: 'Add', path: 'members', value: [{ value: outer }] });
    expect(circle).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    const stranger = (await signIn(globex, 'admin@globex.test')).id;
    const foreign = await patch(`/Groups/${inner}`, { op: 'Add', path: 'members', value: [{ value: stranger }] });
    expect(foreign).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    const twin = { schemas: [group], displayName: 'INNER' };
    expect(await send('POST', '/Groups', twin)).toMatchObject({ status: 409 });
  });

  it("leaves the groups of the tenant's admins alone until they are left to it", async () => {
    const admin = await signIn(acme, 'admin@acme.test');
    await asAdmin(admin, 'createGroup', { name: 'Board' });
    const found = await send('GET', `/Groups?filter=${encodeURIComponent('displayName eq "board"')}`);
    const [{ id }] = found.body.Resources;
    const join = { op: 'Add', path: 'members', value: [{ value: admin.id }] };
    expect(await patch(`/Groups/${id}`, join)).toMatchObject({ status: 403 });
    expect(await send('DELETE', `/Groups/${id}`)).toMatchObject({ status: 403 });
    await asAdmin(admin, 'updateGroup', { id, managedBy: 'DIRECTORY' });
    expect(await patch(`/Groups/${id}`, join)).toMatchObject({ status: 204 });
  });

  it('tells the log of every change once, of members how many and the first hundred', async () => {
    const id = await created('/Groups', { schemas: [group], displayName: 'Told' });
    const members = await Promise.all([1, 2, 3].map((n) => someone(`told${n}@acme.test`)));
    await patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: members.map((value) => ({ value })) });
    const rows: { payload: { kind: string; after: object } }[] = await house.database.asRole('relay', (em) =>
      em.execute(`select payload from kernel.outbox where payload -> 'subject' ->> 'id' = ? order by id`, [id]),
    );
    expect(rows.map(({ payload }) => payload.kind)).toEqual(['directory.createGroup', 'directory.changeGroup']);
    expect(rows[1]?.payload.after).toMatchObject({ members: 3, added: { count: 3 }, removed: { count: 0 } });
  });
});
