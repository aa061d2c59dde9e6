import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enterprise, group, patchOp, type ScimClient, scimClient, user } from '../src/scim/scim-client.fixture.ts';

/** The requests that Microsoft documents for the provisioning service of Entra ID, in its spelling. */
describe('Entra ID provisions groups', () => {
  let client: ScimClient;
  let id: string;
  let ada: string;
  let bob: string;
  const members = () => [...(client.directory.groups.get(id)?.members ?? [])];
  beforeAll(async () => {
    client = scimClient();
    ada = await client.someone('ada@contoso.com');
    bob = await client.someone('bob@contoso.com');
  });
  afterAll(() => client.app.close());

  it('creates a group, with the schema that it once made up', async () => {
    const { status, body, headers } = await client.send('POST', '/Groups', {
      schemas: [group, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
      displayName: 'displayName',
      meta: { resourceType: 'Group' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      schemas: [group],
      displayName: 'displayName',
      members: [],
      meta: { resourceType: 'Group' },
    });
    id = body.id;
    expect(headers.location).toBe(`https://graph.example/scim/v2/Groups/${id}`);
  });

  it('reads a group without its members, which nobody reads then', async () => {
    const before = client.directory.memberReads;
    const one = await client.get(`/Groups/${id}?excludedAttributes=members`);
    const found = await client.get(
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "DisplayName"')}`,
    );
    expect(one.body).not.toHaveProperty('members');
    expect(one.body.id).toBe(id);
    expect(found.body.Resources).toEqual([one.body]);
    expect(client.directory.memberReads).toBe(before);
  });

  it('adds a member, and asks whether somebody is one', async () => {
    const { status, text, headers } = await client.patch(`/Groups/${id}`, {
      op: 'Add',
      path: 'members',
      value: [{ $ref: null, value: ada }],
    });
    expect([status, text]).toEqual([204, '']);
    expect(headers.etag).toBe('W/"2"');
    expect(members()).toEqual([ada]);
    for (const [who, total] of [
      [ada, 1],
      [bob, 0],
    ] as const) {
      const { body } = await client.filtered('Groups', `id eq "${id}" and members eq "${who}"`);
      expect(body.totalResults).toBe(total);
    }
    expect((await client.get(`/Users/${ada}`)).body.groups).toMatchObject([{ value: id, display: 'displayName' }]);
  });

  it.each([
    ['the old way', (who: string) => ({ op: 'Remove', path: 'members', value: [{ $ref: null, value: who }] })],
    ['the RFC’s way', (who: string) => ({ op: 'remove', path: `members[value eq "${who}"]` })],
  ])('removes a member %s, and nobody else', async (_, remove) => {
    await client.patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: [{ value: ada }, { value: bob }] });
    const reads = client.directory.memberReads;
    expect((await client.patch(`/Groups/${id}`, remove(ada))).status).toBe(204);
    expect(members()).toEqual([bob]);
    expect(client.directory.memberReads).toBe(reads);
  });

  it('removes nobody by an empty list', async () => {
    await client.patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: [{ value: bob }] });
    expect((await client.patch(`/Groups/${id}`, { op: 'Remove', path: 'members', value: [] })).status).toBe(204);
    expect(members()).toContain(bob);
  });

  it('renames a group', async () => {
    expect((await client.patch(`/Groups/${id}`, { op: 'Replace', path: 'displayName', value: 'updated' })).status).toBe(
      204,
    );
    expect(client.directory.groups.get(id)?.displayName).toBe('updated');
    await client.send('POST', '/Groups', { schemas: [group], displayName: 'Other' });
    const taken = await client.patch(`/Groups/${id}`, { op: 'Replace', path: 'displayName', value: 'OTHER' });
    expect([taken.status, taken.body.scimType]).toEqual([409, 'uniqueness']);
  });

  it('adds 20,000 members in one PATCH, and replaces and removes them in one', async () => {
    const many = client.directory.crowd(20_000);
    const reads = client.directory.memberReads;
    const writes = client.directory.writes;
    const value = many.map((each) => ({
      ...{ value: each, display: `User with a long name ${each}`, type: 'User' },
      $ref: `https://graph.example/scim/v2/Users/00000000-0000-0000-0000-${each}`,
    }));
    const added = await client.patch(`/Groups/${id}`, { op: 'Add', path: 'members', value });
    expect(added.status).toBe(204);
    expect(members()).toHaveLength(20_001);
    expect(client.directory.writes).toBe(writes + 1);
    const each = many.map((who) => ({ op: 'Remove', path: `members[value eq "${who}"]` }));
    expect((await client.patch(`/Groups/${id}`, ...each)).status).toBe(204);
    expect(members()).toEqual([bob]);
    expect((await client.patch(`/Groups/${id}`, { op: 'Replace', path: 'members', value })).status).toBe(204);
    expect(members()).toHaveLength(20_000);
    expect(client.directory.memberReads).toBe(reads);
    expect(client.directory.writes).toBe(writes + 3);
    expect((await client.get(`/Groups/${id}`)).body.members).toHaveLength(20_000);
  });

  it('deletes a group', async () => {
    expect((await client.send('DELETE', `/Groups/${id}`)).status).toBe(204);
    expect((await client.get(`/Groups/${id}`)).status).toBe(404);
    const late = { schemas: [patchOp], Operations: [{ op: 'Add', path: 'members', value: [{ value: ada }] }] };
    expect((await client.send('PATCH', `/Groups/${id}`, late)).status).toBe(404);
  });

  it('discovers the schemas', async () => {
    const { body } = await client.get('/Schemas');
    expect(body.totalResults).toBe(3);
    expect(body.Resources.map((each: { id: string }) => each.id)).toEqual([user, group, enterprise]);
    expect((await client.get(`/Schemas/${enterprise}`)).body.attributes).toHaveLength(6);
  });
});
