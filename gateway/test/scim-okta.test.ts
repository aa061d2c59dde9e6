import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enterprise, group, type ScimClient, scimClient, user } from '../src/scim/scim-client.fixture.ts';

const accept = { accept: 'application/scim+json', 'user-agent': 'Okta SCIM Client 1.0.0' };

/** The sequences that Okta documents for its SCIM 2.0 client. */
describe('Okta provisions users', () => {
  let client: ScimClient;
  let id: string;
  beforeAll(() => {
    client = scimClient();
  });
  afterAll(() => client.app.close());

  it('looks for the user first, with + for blanks', async () => {
    const query = 'filter=userName+eq+%22jane.doe%40example.com%22&startIndex=1&count=100';
    expect((await client.get(`/Users?${query}`, accept)).body).toMatchObject({ totalResults: 0, Resources: [] });
  });

  it('creates the user, and keeps no password', async () => {
    const { status, body, text } = await client.send('POST', '/Users', {
      schemas: [user],
      userName: 'jane.doe@example.com',
      name: { givenName: 'Jane', familyName: 'Doe' },
      emails: [{ primary: true, value: 'jane.doe@example.com', type: 'work' }],
      displayName: 'Jane Doe',
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ userName: 'jane.doe@example.com', active: true, groups: [] });
    expect(text).not.toContain('1mz050nq');
    id = body.id;
    const query = 'filter=userName+eq+%22jane.doe%40example.com%22&startIndex=1&count=100';
    expect((await client.get(`/Users?${query}`, accept)).body.Resources).toMatchObject([{ id }]);
  });

  it('reads the user and puts it back with what has changed', async () => {
    const { body: read } = await client.get(`/Users/${id}`);
    const { status, body } = await client.send('PUT', `/Users/${id}`, {
      ...read,
      meta: { resourceType: 'User', created: '04-12-2018 00:00:00', version: 'v1.0' },
      displayName: 'Jane Roe',
      name: { givenName: 'Jane', familyName: 'Roe' },
      title: 'Nurse',
      password: 'TkdFNVdIVkxhM2c9',
      [enterprise]: { department: 'Ward 3' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ id, displayName: 'Jane Roe', title: 'Nurse', active: true },
      name: { formatted: 'Jane Roe', givenName: 'Jane', familyName: 'Roe' },
      [enterprise]: { department: 'Ward 3' },
      meta: { version: 'W/"2"' },
    });
  });

  it('writes nothing when it puts back what is there', async () => {
    const { body: read } = await client.get(`/Users/${id}`);
    const writes = client.directory.writes;
    const { body } = await client.send('PUT', `/Users/${id}`, read);
    expect(body).toEqual(read);
    expect(client.directory.writes).toBe(writes);
  });

  it('clears by PUT what it leaves out, but neither wakes a user up nor touches what SCIM does not know', async () => {
    const before = client.directory.users.get(id);
    if (!before) throw new Error('The user is there.');
    client.directory.users.set(id, { ...before, active: false, attributes: { ...before.attributes, clearance: 3 } });
    const { body } = await client.send('PUT', `/Users/${id}`, { schemas: [user], userName: 'jane.doe@example.com' });
    expect(body).toMatchObject({ displayName: 'jane.doe@example.com', active: false });
    for (const gone of ['title', 'externalId', enterprise]) expect(body).not.toHaveProperty([gone]);
    expect(client.directory.users.get(id)?.attributes).toEqual({ clearance: 3 });
  });

  it('deactivates the user by a PATCH without a path, and activates again', async () => {
    const off = await client.patch(`/Users/${id}`, { op: 'replace', value: { active: false } });
    expect([off.status, off.body.active]).toEqual([200, false]);
    const on = await client.patch(`/Users/${id}`, { op: 'replace', value: { active: true } });
    expect([on.status, on.body.active]).toEqual([200, true]);
  });

  it('imports all users page by page', async () => {
    client.directory.crowd(250);
    const seen = new Set<string>();
    for (let startIndex = 1; ; startIndex += 100) {
      const { body } = await client.get(`/Users?startIndex=${startIndex}&count=100`, accept);
      expect(body).toMatchObject({ totalResults: 251, startIndex, itemsPerPage: body.Resources.length });
      for (const each of body.Resources) seen.add(each.id);
      if (startIndex + body.itemsPerPage > body.totalResults) break;
    }
    expect(seen.size).toBe(251);
  });
});

describe('Okta pushes groups', () => {
  let client: ScimClient;
  let id: string;
  let steve: string;
  let bob: string;
  let dave: string;
  const members = () => [...(client.directory.groups.get(id)?.members ?? [])];
  beforeAll(async () => {
    client = scimClient();
    steve = await client.someone('steve@ad.oktatest.com');
    bob = await client.someone('bob@ad.oktatest.com');
    dave = await client.someone('dave@ad.oktatest.com');
  });
  afterAll(() => client.app.close());

  it('creates a group with members', async () => {
    const { status, body } = await client.send('POST', '/Groups', {
      schemas: [group],
      displayName: 'Example Group',
      members: [
        { value: steve, display: 'steve@ad.oktatest.com' },
        { value: bob, display: 'bob@ad.oktatest.com' },
      ],
    });
    expect(status).toBe(201);
    id = body.id;
    expect(body.members).toEqual([
      {
        value: steve,
        display: 'steve@ad.oktatest.com',
        type: 'User',
        $ref: expect.stringContaining(`/Users/${steve}`),
      },
      { value: bob, display: 'bob@ad.oktatest.com', type: 'User', $ref: expect.stringContaining(`/Users/${bob}`) },
    ]);
  });

  it('lists groups with their members', async () => {
    const { body } = await client.get('/Groups?startIndex=1&count=100', accept);
    expect(body.Resources).toMatchObject([
      { id, displayName: 'Example Group', members: [{ value: steve }, { value: bob }] },
    ]);
  });

  it('renames a group by a PATCH that repeats its id', async () => {
    const { status } = await client.patch(`/Groups/${id}`, {
      op: 'replace',
      value: { id, displayName: 'New Group Name' },
    });
    expect(status).toBe(204);
    expect(client.directory.groups.get(id)?.displayName).toBe('New Group Name');
    expect(members()).toEqual([steve, bob]);
    const other = await client.patch(`/Groups/${id}`, { op: 'replace', value: { id: 'other', displayName: 'Wrong' } });
    expect([other.status, other.body.scimType]).toEqual([400, 'mutability']);
    expect(client.directory.groups.get(id)?.displayName).toBe('New Group Name');
  });

  it('removes and adds members in one PATCH', async () => {
    const { status } = await client.patch(
      `/Groups/${id}`,
      { op: 'remove', path: `members[value eq "${steve}"]` },
      { op: 'remove', path: `members[value eq "${bob}"]` },
      { op: 'add', path: 'members', value: [{ value: dave, display: 'dave@ad.oktatest.com' }] },
    );
    expect(status).toBe(204);
    expect(members()).toEqual([dave]);
  });

  it('replaces all members in a full push', async () => {
    await client.patch(`/Groups/${id}`, { op: 'replace', path: 'members', value: [{ value: steve }, { value: bob }] });
    expect(members()).toEqual([steve, bob]);
    await client.patch(`/Groups/${id}`, { op: 'replace', value: { members: [{ value: dave }] } });
    expect(members()).toEqual([dave]);
  });

  it('puts a whole group; one without members has none', async () => {
    const { status, body } = await client.send('PUT', `/Groups/${id}`, {
      schemas: [group],
      id,
      displayName: 'SCIM_test1',
      members: [{ value: bob, display: 'bob@ad.oktatest.com' }],
    });
    expect([status, body.displayName]).toEqual([200, 'SCIM_test1']);
    expect(body.members).toMatchObject([{ value: bob }]);
    await client.send('PUT', `/Groups/${id}`, { schemas: [group], displayName: 'SCIM_test1' });
    expect(members()).toEqual([]);
  });

  it('deletes a group, naming a content type for no body', async () => {
    const json = { 'content-type': 'application/scim+json; charset=utf-8' };
    expect((await client.send('DELETE', `/Groups/${id}`, undefined, json)).status).toBe(204);
    expect((await client.get(`/Groups/${id}`)).status).toBe(404);
  });

  it('cannot add a member who is not there', async () => {
    const { body } = await client.send('POST', '/Groups', { schemas: [group], displayName: 'Strict' });
    const { status, body: error } = await client.patch(
      `/Groups/${body.id}`,
      { op: 'replace', path: 'displayName', value: 'Renamed' },
      { op: 'add', path: 'members', value: [{ value: 'nobody' }] },
    );
    expect([status, error.scimType]).toEqual([400, 'invalidValue']);
    expect(client.directory.groups.get(body.id)?.displayName).toBe('Strict');
  });
});
