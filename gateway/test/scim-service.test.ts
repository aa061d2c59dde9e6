import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { scimRoutes } from '../src/scim/index.ts';
import {
  enterprise,
  group,
  patchOp,
  type ScimClient,
  scimClient,
  token,
  user,
} from '../src/scim/scim-client.fixture.ts';

describe('the service', () => {
  let client: ScimClient;
  beforeAll(() => {
    client = scimClient({ department: 'department' });
  });
  afterAll(() => client.app.close());

  it('says what it can do', async () => {
    const { body } = await client.get('/ServiceProviderConfig');
    expect(body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      filter: { supported: true, maxResults: 200 },
      sort: { supported: true },
      etag: { supported: true },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
    });
    const types = await client.get('/ResourceTypes');
    expect(types.body.Resources.map((each: { endpoint: string }) => each.endpoint)).toEqual(['/Users', '/Groups']);
    expect((await client.get('/ResourceTypes/User')).body).toEqual(types.body.Resources[0]);
    expect((await client.get('/ResourceTypes/Printer')).status).toBe(404);
    expect((await client.get('/Schemas?filter=id%20pr')).status).toBe(403);
  });

  it('shows in its schemas what it keeps, and keeps nothing else', async () => {
    const { body } = await client.get(`/Schemas/${enterprise}`);
    expect(body.attributes.map((each: { name: string }) => each.name)).toEqual(['department']);
    const id = await client.someone('ada@example.com', {
      ...{ title: 'Countess', emails: [{ value: 'other@example.com', primary: true }] },
      [enterprise]: { department: 'R&D', division: 'North', favouriteColour: 'blue' },
    });
    await client.patch(`/Users/${id}`, { op: 'replace', path: 'emails[type eq "work"].value', value: 'x@y.z' });
    expect(client.directory.users.get(id)?.attributes).toEqual({ department: 'R&D' });
    expect((await client.get(`/Users/${id}`)).body).toMatchObject({
      emails: [{ value: 'ada@example.com', primary: true }],
      [enterprise]: { department: 'R&D' },
    });
    expect((await client.filtered('Users', 'title pr')).body.scimType).toBe('invalidFilter');
    expect((await client.filtered('Users', 'emails.value eq "ada@example.com"')).body.totalResults).toBe(1);
  });

  it('takes the primary address for the name of a new user who has none', async () => {
    const { body } = await client.send('POST', '/Users', {
      schemas: [user],
      EMAILS: [
        { VALUE: 'home@example.com', type: 'home' },
        { value: 'grace@example.com', Primary: 'true' },
      ],
    });
    expect(body).toMatchObject({ userName: 'grace@example.com', displayName: 'grace@example.com' });
  });

  it('answers a PATCH of a group with the group when attributes are named', async () => {
    const { body } = await client.send('POST', '/Groups', { schemas: [group], displayName: 'Crew' });
    const one = await client.someone('crew@example.com');
    const add = patchOf({ op: 'add', path: 'members', value: { value: one } });
    const named = await client.send('PATCH', `/Groups/${body.id}?attributes=displayName`, add);
    expect([named.status, named.body]).toEqual([200, { schemas: [group], id: body.id, displayName: 'Crew' }]);
    const seen = await client.send('PATCH', `/Groups/${body.id}?attributes=members`, add);
    expect(seen.body.members).toMatchObject([{ value: one }]);
    expect((await client.get(`/Groups/${body.id}`)).body.meta.version).toBe('W/"2"');
  });

  it('puts groups into groups', async () => {
    const inner = (await client.send('POST', '/Groups', { schemas: [group], displayName: 'Inner' })).body.id;
    const members = [{ value: inner, type: 'Group' }];
    const { body } = await client.send('POST', '/Groups', { schemas: [group], displayName: 'Outer', members });
    expect(body.members).toEqual([
      { value: inner, display: 'Inner', type: 'Group', $ref: `https://graph.example/scim/v2/Groups/${inner}` },
    ]);
  });

  it('leaves the rest of the server as it was', async () => {
    const { app } = client;
    const elsewhere = await app.inject({ url: '/graphql' });
    expect(elsewhere.json()).not.toHaveProperty('schemas');
    const head = await app.inject({
      method: 'HEAD',
      url: '/scim/v2/Users',
      headers: { authorization: `Bearer ${token}` },
    });
    expect([head.statusCode, head.body]).toEqual([200, '']);
  });

  it('works in an app with a parser of its own, and over a real connection', async () => {
    const app = Fastify();
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _body, done) =>
      done(null, 'theirs'),
    );
    app.post('/echo', async (request) => ({ body: request.body }));
    scimRoutes(app, { attributes: {}, directoryFor: async () => client.directory });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const post = (path: string, body: unknown) =>
      fetch(address + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect(await (await post('/echo', {})).json()).toEqual({ body: 'theirs' });
    const created = await post('/scim/v2/Users', { schemas: [user], userName: 'wire@example.com' });
    expect(created.status).toBe(201);
    const location = created.headers.get('location') ?? '';
    expect(location).toMatch(new RegExp(`^${address}/scim/v2/Users/`));
    expect((await fetch(location)).status).toBe(200);
    await app.close();
  });
});

function patchOf(...Operations: unknown[]) {
  return { schemas: [patchOp], Operations };
}
