import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { everything, group, patchOp, type ScimClient, scimClient, user } from '../src/scim/scim-client.fixture.ts';

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

describe('versions', () => {
  let client: ScimClient;
  let id: string;
  beforeEach(async () => {
    client = scimClient();
    id = await client.someone('ada@example.com');
  });
  afterEach(() => client.app.close());
  const title = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'title', value: 'x' }] };

  it.each(['W/"1"', '"1"', '*', 'W/"7", W/"1"'])('If-Match: %s lets a change of version 1 through', async (ifMatch) => {
    const { status, headers } = await client.send('PATCH', `/Users/${id}`, title, { 'if-match': ifMatch });
    expect([status, headers.etag]).toEqual([200, 'W/"2"']);
  });

  it.each(['W/"2"', 'nonsense', '""'])('If-Match: %s stops it', async (ifMatch) => {
    const headers = { 'if-match': ifMatch };
    const full = { schemas: [user], userName: 'ada@example.com', title: 'x' };
    const answers = [
      await client.send('PATCH', `/Users/${id}`, title, headers),
      await client.send('PUT', `/Users/${id}`, full, headers),
      await client.send('DELETE', `/Users/${id}`, undefined, headers),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(412);
      expect(body).toMatchObject({ schemas: [errorSchema], status: '412' });
    }
    expect(client.directory.users.get(id)?.version).toBe(1);
  });

  it('hold for groups too', async () => {
    const { body } = await client.send('POST', '/Groups', { schemas: [group], displayName: 'Crew' });
    const rename = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'displayName', value: 'New' }] };
    const path = `/Groups/${body.id}`;
    const old = { 'if-match': 'W/"9"' };
    expect((await client.send('PATCH', path, rename, old)).status).toBe(412);
    expect((await client.send('PUT', path, { schemas: [group], displayName: 'New' }, old)).status).toBe(412);
    expect((await client.send('DELETE', path, undefined, old)).status).toBe(412);
    expect((await client.send('PATCH', path, rename, { 'if-match': 'W/"1"' })).status).toBe(204);
    expect((await client.send('DELETE', path, undefined, { 'if-match': 'W/"2"' })).status).toBe(204);
  });

  it('spare who knows the version already the answer', async () => {
    const { status, text } = await client.get(`/Users/${id}`, { 'if-none-match': 'W/"1"' });
    expect([status, text]).toEqual([304, '']);
    expect((await client.get(`/Users/${id}`, { 'if-none-match': 'W/"2"' })).status).toBe(200);
  });

  it('that move between reading and writing are read again, and a PATCH loses nothing', async () => {
    let rival = 0;
    const racing = scimClient(everything, (directory) =>
      Object.assign(Object.create(directory), {
        user: async (one: string) => {
          const read = await directory.user(one);
          if (read && rival < 2) {
            rival += 1;
            directory.users.set(one, { ...read, externalId: `rival-${rival}`, version: read.version + 1 });
          }
          return read;
        },
        // Private fields belong to the directory itself.
        createUser: directory.createUser.bind(directory),
        replaceUser: directory.replaceUser.bind(directory),
      }),
    );
    const one = await racing.someone('grace@example.com');
    const { status, body } = await racing.patch(`/Users/${one}`, { op: 'replace', path: 'title', value: 'Admiral' });
    expect([status, body.title, body.externalId]).toEqual([200, 'Admiral', 'rival-2']);
    rival = -10;
    const busy = await racing.patch(`/Users/${one}`, { op: 'replace', path: 'title', value: 'Captain' });
    expect(busy.status).toBe(409);
    rival = 0;
    const late = { 'if-match': body.meta.version };
    expect((await racing.send('PATCH', `/Users/${one}`, title, late)).status).toBe(412);
    await racing.app.close();
  });
});
