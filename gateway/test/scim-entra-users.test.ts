import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enterprise, type ScimClient, scimClient, user } from '../src/scim/scim-client.fixture.ts';

/** The requests that Microsoft documents for the provisioning service of Entra ID, in its spelling. */
describe('Entra ID provisions users', () => {
  let client: ScimClient;
  let id: string;
  beforeAll(() => {
    client = scimClient();
  });
  afterAll(() => client.app.close());

  it('tests the connection with a filter for nobody', async () => {
    const { status, body, headers } = await client.filtered('Users', 'userName eq "6a5d4ab3-none"');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/scim\+json/);
    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    });
  });

  it('creates a user', async () => {
    const { status, body, headers } = await client.send('POST', '/Users', {
      schemas: [user, enterprise],
      externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
      userName: 'jyoung@contoso.onmicrosoft.com',
      active: true,
      displayName: 'Joy Young',
      emails: [{ primary: true, type: 'work', value: 'jyoung@contoso.com' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'Joy Young', familyName: 'Young', givenName: 'Joy' },
      addresses: null,
      phoneNumbers: null,
      title: null,
      department: null,
      manager: null,
      roles: [],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      schemas: [user],
      externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
      userName: 'jyoung@contoso.onmicrosoft.com',
      active: true,
      name: { formatted: 'Joy Young', familyName: 'Young', givenName: 'Joy' },
      emails: [{ value: 'jyoung@contoso.com', type: 'work', primary: true }],
      meta: { resourceType: 'User', version: 'W/"1"' },
    });
    id = body.id;
    expect(headers.location).toBe(`https://graph.example/scim/v2/Users/${id}`);
    expect(body.meta.location).toBe(headers.location);
    expect(headers.etag).toBe('W/"1"');
    expect(body).not.toHaveProperty(enterprise);
  });

  it('finds the user by id, userName, externalId and address, whatever the case of names that may differ', async () => {
    expect((await client.get(`/Users/${id}`)).body.id).toBe(id);
    for (const filter of [
      'userName eq "JYOUNG@contoso.onmicrosoft.com"',
      'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"',
      'emails[type eq "work"].value eq "jyoung@contoso.com"',
      'emails[type eq "work" and value eq "jyoung@contoso.com"]',
    ]) {
      expect((await client.filtered('Users', filter)).body.Resources).toMatchObject([{ id }]);
    }
    expect(
      (await client.filtered('Users', 'emails[type eq "home"].value eq "jyoung@contoso.com"')).body.totalResults,
    ).toBe(0);
  });

  it('changes many attributes, one operation each', async () => {
    const { status, body } = await client.patch(
      `/Users/${id}`,
      { op: 'Replace', path: 'displayName', value: 'Pvlo' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@microsoft.com' },
      { op: 'Replace', path: 'name.givenName', value: 'Gtfd' },
      { op: 'Replace', path: 'name.familyName', value: 'Pkqf' },
      { op: 'Replace', path: 'externalId', value: 'Eqpj' },
      { op: 'Add', path: 'nickName', value: 'Babs' },
      { op: 'Add', path: `${enterprise}:department`, value: 'Finance' },
      { op: 'Replace', path: `${enterprise}:employeeNumber`, value: 'E-1' },
      { op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: '555' },
      { op: 'Add', path: 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:tag', value: 'x' },
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      schemas: [user, enterprise],
      displayName: 'Pvlo',
      name: { formatted: 'Pvlo', givenName: 'Gtfd', familyName: 'Pkqf' },
      externalId: 'Eqpj',
      emails: [{ value: 'updated@microsoft.com' }],
      [enterprise]: { department: 'Finance', employeeNumber: 'E-1' },
    });
    expect(client.directory.users.get(id)?.attributes).toEqual({
      department: 'Finance',
      badge: 'E-1',
      mail: 'updated@microsoft.com',
    });
  });

  it('changes many attributes in one object with dotted names', async () => {
    const { body } = await client.patch(
      `/Users/${id}`,
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'TestMhvaes@test.microsoft.com' },
      {
        op: 'replace',
        value: {
          displayName: 'Bjfe',
          'name.givenName': 'Kkom',
          'name.familyName': 'Unua',
          [`${enterprise}:employeeNumber`]: 'Aklq',
          [`${enterprise}:department`]: 'Sales',
        },
      },
    );
    expect(body).toMatchObject({
      displayName: 'Bjfe',
      name: { givenName: 'Kkom', familyName: 'Unua' },
      emails: [{ value: 'TestMhvaes@test.microsoft.com' }],
      [enterprise]: { employeeNumber: 'Aklq', department: 'Sales' },
    });
  });

  it('sets the manager in each of its ways, asks for it, and takes it away', async () => {
    const boss = await client.someone('boss@contoso.com');
    const ref = `https://graph.example/scim/v2/Users/${boss}`;
    const remove = () => client.patch(`/Users/${id}`, { op: 'Remove', path: `${enterprise}:manager` });
    for (const operation of [
      { op: 'Add', path: 'manager', value: [{ $ref: ref, value: boss }] },
      { op: 'Add', path: `${enterprise}:manager`, value: boss },
      { op: 'Replace', path: `${enterprise}:manager`, value: { value: boss } },
      { op: 'Replace', path: `${enterprise}:manager.value`, value: boss },
      { op: 'Add', value: { [enterprise]: { manager: { value: boss } } } },
      { op: 'Add', value: { [`${enterprise}:manager`]: boss } },
      { op: 'Add', path: enterprise, value: { manager: boss } },
      { op: 'Add', path: `${enterprise}.manager`, value: boss },
    ]) {
      expect((await client.patch(`/Users/${id}`, operation)).body[enterprise].manager).toEqual({
        value: boss,
        $ref: ref,
      });
      expect((await client.filtered('Users', `id eq "${id}" and manager eq "${boss}"`)).body.totalResults).toBe(1);
      expect((await remove()).body[enterprise]).not.toHaveProperty('manager');
    }
    await client.patch(`/Users/${id}`, { op: 'Add', path: 'manager', value: boss });
    const emptied = await client.patch(`/Users/${id}`, { op: 'Replace', path: `${enterprise}:manager`, value: '' });
    expect(emptied.body[enterprise]).not.toHaveProperty('manager');
  });

  it.each([
    { op: 'Replace', path: 'active', value: 'False' },
    { op: 'replace', path: 'active', value: false },
    { op: 'Replace', value: { active: 'False' } },
    { op: 'Replace', path: 'active', value: [{ value: 'False' }] },
  ])('disables a user by %j', async (operation) => {
    await client.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'True' });
    expect(client.directory.users.get(id)?.active).toBe(true);
    const { status, body } = await client.patch(`/Users/${id}`, operation);
    expect([status, body.active]).toEqual([200, false]);
    expect(client.directory.users.get(id)?.active).toBe(false);
    const found = await client.filtered('Users', 'userName eq "jyoung@contoso.onmicrosoft.com"');
    expect(found.body.Resources).toMatchObject([{ id, active: false }]);
  });

  it('renames a user, and is told when the name is taken', async () => {
    const renamed = await client.patch(`/Users/${id}`, {
      op: 'Replace',
      path: 'userName',
      value: '5b50642d@testuser.com',
    });
    expect(renamed.body).toMatchObject({ userName: '5b50642d@testuser.com' });
    const { status, body } = await client.patch(`/Users/${id}`, {
      op: 'Replace',
      path: 'userName',
      value: 'BOSS@contoso.com',
    });
    expect(status).toBe(409);
    expect(body).toMatchObject({ status: '409', scimType: 'uniqueness' });
  });

  it('creates nobody twice', async () => {
    const again = { schemas: [user], userName: 'Boss@Contoso.com' };
    expect(await client.send('POST', '/Users', again)).toMatchObject({
      status: 409,
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '409',
        scimType: 'uniqueness',
        detail: expect.any(String),
      },
    });
  });

  it('deletes a user, who is then not there', async () => {
    expect(await client.send('DELETE', `/Users/${id}`)).toMatchObject({ status: 204, text: '' });
    const { status, body } = await client.get(`/Users/${id}`);
    expect(status).toBe(404);
    expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' });
    expect((await client.send('DELETE', `/Users/${id}`)).status).toBe(404);
    expect((await client.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })).status).toBe(404);
  });
});
