import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enterprise, type ScimClient, scimClient, user } from '../src/scim/scim-client.fixture.ts';

describe('lists', () => {
  let client: ScimClient;
  beforeAll(() => {
    client = scimClient();
    client.directory.crowd(250);
  });
  afterAll(() => client.app.close());

  it.each([
    ['', 1, 100],
    ['?count=10', 1, 10],
    ['?startIndex=246', 246, 5],
    ['?startIndex=251', 251, 0],
    ['?startIndex=0&count=3', 1, 3],
    ['?startIndex=-5&count=3', 1, 3],
    ['?count=0', 1, 0],
    ['?count=-1', 1, 0],
    ['?count=1000000', 1, 200],
    ['?startIndex=99999999999999999999', 2 ** 31 - 1, 0],
  ])('page by %s', async (query, startIndex, itemsPerPage) => {
    const { body } = await client.get(`/Users${query}`);
    expect(body).toMatchObject({ totalResults: 250, startIndex, itemsPerPage });
    expect(body.Resources).toHaveLength(itemsPerPage);
  });

  it.each(['?count=ten', '?startIndex=1.5', '?count=1&count=2', '?sortBy=userName&sortOrder=upwards'])(
    'refuse %s',
    async (query) => {
      const { status, body } = await client.get(`/Users${query}`);
      expect([status, body.scimType]).toEqual([400, 'invalidValue']);
    },
  );

  it('are sorted by what can be sorted by', async () => {
    const { body } = await client.get('/Users?sortBy=UserName&sortOrder=Descending&count=1');
    expect(body.Resources[0].userName).toBe('c000250@crowd.example');
    expect((await client.get('/Users?sortBy=password')).body.scimType).toBe('invalidPath');
    expect((await client.get('/Groups?sortBy=members')).body.scimType).toBe('invalidPath');
  });

  it('show the attributes that were asked for', async () => {
    const id = await client.someone('ada@example.com', {
      ...{ name: { givenName: 'Ada', familyName: 'Byron' }, externalId: 'x1' },
      [enterprise]: { department: 'R&D', division: 'North' },
    });
    const shown = async (query: string) => {
      const { id: own, schemas, ...rest } = (await client.get(`/Users/${id}?${query}`)).body;
      expect([own, schemas]).toEqual([id, [user, enterprise]]);
      return rest;
    };
    expect(await shown('attributes=USERNAME,name.givenName')).toEqual({
      userName: 'ada@example.com',
      name: { givenName: 'Ada' },
    });
    expect(await shown(`attributes=${user}:userName, emails.value`)).toEqual({
      userName: 'ada@example.com',
      emails: [{ value: 'ada@example.com' }],
    });
    expect(await shown(`attributes=${enterprise}:department`)).toEqual({ [enterprise]: { department: 'R&D' } });
    expect(await shown(`attributes=${enterprise}`)).toEqual({ [enterprise]: { department: 'R&D', division: 'North' } });
    const rest = await shown('excludedAttributes=id,schemas,groups,meta.location,name');
    for (const gone of ['groups', 'name']) expect(rest).not.toHaveProperty(gone);
    expect(rest).toMatchObject({ userName: 'ada@example.com', externalId: 'x1', meta: { version: 'W/"1"' } });
    expect(rest.meta).not.toHaveProperty('location');
  });
});
