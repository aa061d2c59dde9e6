import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DirectoryProblem } from '../src/scim/directory.ts';
import {
  enterprise,
  everything,
  group,
  patchOp,
  type ScimClient,
  scimClient,
  user,
} from '../src/scim/scim-client.fixture.ts';

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

describe('who may speak SCIM', () => {
  let client: ScimClient;
  beforeAll(() => {
    client = scimClient();
  });
  afterAll(() => client.app.close());

  it.each(['/Users', '/Users/x', '/Groups', '/ServiceProviderConfig', '/ResourceTypes', '/Schemas', '/Me', '/nothing'])(
    'nobody without a token at %s',
    async (path) => {
      const { status, body, headers } = await client.get(path, { authorization: '' });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe('Bearer');
      expect(headers['content-type']).toMatch(/^application\/scim\+json/);
      expect(body).toEqual({ schemas: [errorSchema], status: '401', detail: 'Send a token.' });
    },
  );

  it('is told before the body is read', async () => {
    const { status } = await client.send('POST', '/Users', '{ not JSON', { authorization: 'Bearer wrong' });
    expect(status).toBe(401);
  });

  it('not a token without the permission', async () => {
    const { status, body } = await client.get('/Users', { authorization: 'Bearer reader' });
    expect(status).toBe(403);
    expect(body).toEqual({ schemas: [errorSchema], status: '403', detail: 'This key may not provision.' });
  });
});

describe('requests that are wrong', () => {
  let client: ScimClient;
  beforeAll(() => {
    client = scimClient();
  });
  afterAll(() => client.app.close());

  it.each([
    ['POST', '/Users', '{ not JSON', 'invalidSyntax'],
    ['POST', '/Users', '', 'invalidSyntax'],
    ['POST', '/Users', '[]', 'invalidSyntax'],
    ['POST', '/Users', 'null', 'invalidSyntax'],
    ['POST', '/Users', { userName: 'x' }, 'invalidSyntax'],
    ['POST', '/Users', { schemas: ['urn:scim:schemas:core:1.0'], userName: 'x' }, 'invalidSyntax'],
    ['POST', '/Users', { schemas: [user] }, 'invalidValue'],
    ['POST', '/Users', { schemas: [user], userName: 5 }, 'invalidValue'],
    ['POST', '/Users', { schemas: [user], userName: ' ' }, 'invalidValue'],
    ['POST', '/Users', { schemas: [user], userName: 'x', active: 'yes' }, 'invalidValue'],
    ['POST', '/Users', { schemas: [user], userName: 'x', name: 'Ada' }, 'invalidValue'],
    ['POST', '/Users', { schemas: [user], userName: 'x', emails: 'x@y.z' }, 'invalidValue'],
    ['POST', '/Users', { schemas: [user], userName: 'x', displayName: { a: 1 } }, 'invalidValue'],
    ['POST', '/Users', { schemas: [user], userName: 'x', [enterprise]: 'x' }, 'invalidValue'],
    ['POST', '/Groups', { schemas: [group] }, 'invalidValue'],
    ['POST', '/Groups', { schemas: [user], displayName: 'x' }, 'invalidSyntax'],
    ['POST', '/Groups', { schemas: [group], displayName: 'x', members: [{}] }, 'invalidValue'],
    ['POST', '/Groups', { schemas: [group], displayName: 'x', members: [5] }, 'invalidValue'],
    ['PATCH', '/Groups/g', { Operations: [{ op: 'add', path: 'members', value: [] }] }, 'invalidSyntax'],
    ['PATCH', '/Groups/g', { schemas: [patchOp], Operations: [] }, 'invalidSyntax'],
    ['PATCH', '/Groups/g', { schemas: [patchOp], Operations: {} }, 'invalidSyntax'],
    ['PATCH', '/Groups/g', patchOf({ op: 'replace', path: 'members[value eq "x"]', value: {} }), 'mutability'],
    ['PATCH', '/Groups/g', patchOf({ op: 'remove', path: 'members[display co "x"]' }), 'invalidFilter'],
    ['PATCH', '/Groups/g', patchOf({ op: 'replace', path: 'members.value', value: 'x' }), 'mutability'],
    ['PATCH', '/Groups/g', patchOf({ op: 'remove', path: 'displayName' }), 'mutability'],
    ['PATCH', '/Groups/g', patchOf({ op: 'replace', path: 'displayName', value: '' }), 'invalidValue'],
    ['PATCH', '/Groups/g', patchOf({ op: 'add', path: 'owner', value: 'x' }), 'invalidPath'],
  ] as const)('%s %s %j: %s', async (method, path, body, scimType) => {
    const json = { 'content-type': 'application/json' };
    const answer = await client.send(method, path, body, json);
    expect(answer.body).toEqual({ schemas: [errorSchema], status: '400', scimType, detail: expect.any(String) });
    expect(answer.status).toBe(400);
    expect(client.directory.users.size + client.directory.groups.size).toBe(0);
  });

  it('are told so by status: another type, too much, and what is not here', async () => {
    expect((await client.send('POST', '/Users', '<user/>', { 'content-type': 'text/xml' })).status).toBe(415);
    const large = { schemas: [user], userName: 'x', displayName: 'x'.repeat(1024 * 1024) };
    expect((await client.send('POST', '/Users', large)).body).toMatchObject({ schemas: [errorSchema], status: '413' });
    expect((await client.get('/Printers')).body).toMatchObject({ schemas: [errorSchema], status: '404' });
    expect((await client.send('DELETE', '/Users')).status).toBe(404);
    expect((await client.get('/Me')).status).toBe(501);
    expect((await client.send('POST', '/Bulk', {})).status).toBe(501);
    expect(
      (await client.send('PATCH', '/Groups/g', patchOf({ op: 'remove', path: 'members[value eq "x"]' }))).status,
    ).toBe(404);
    expect(
      (await client.send('PATCH', '/Groups/g', patchOf({ op: 'remove', path: 'members', value: [] }))).status,
    ).toBe(404);
  });

  it('and faults of ours show nothing of us', async () => {
    const broken = scimClient(everything, (directory) =>
      Object.assign(Object.create(directory), {
        user: () => Promise.reject(new Error('connect ECONNREFUSED postgres://secret@db')),
        findUsers: () => Promise.reject(new DirectoryProblem('tooMany', 'More than can be searched.')),
        deleteUser: () => Promise.reject(new DirectoryProblem('forbidden', 'The last admin stays.')),
      }),
    );
    const { status, body, text } = await broken.get('/Users/x');
    expect(status).toBe(500);
    expect(body).toEqual({ schemas: [errorSchema], status: '500', detail: 'Something went wrong on our side.' });
    expect(text).not.toMatch(/secret|at |\.ts/);
    expect(broken.faults).toHaveLength(1);
    expect(await broken.get('/Users')).toMatchObject({ status: 400, body: { scimType: 'tooMany' } });
    expect(await broken.send('DELETE', '/Users/x')).toMatchObject({
      status: 403,
      body: { detail: 'The last admin stays.' },
    });
    expect(broken.faults).toHaveLength(1);
    await broken.app.close();
  });
});

function patchOf(...Operations: unknown[]) {
  return { schemas: [patchOp], Operations };
}
