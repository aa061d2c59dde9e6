import { newId, type Principal, servicePrincipal } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataOf, type House, openHouse, reader, type SearchPage } from './house.fixture.ts';

describe('who may read a document', () => {
  let house: House;
  const author = reader({ roles: ['physician'] });
  const { tenantId } = author;
  const nurse = reader({ tenantId, roles: ['nurse'] });
  const clerk = reader({ tenantId, roles: ['clerk'] });
  const nobody = reader({ tenantId, roles: [] });
  const admin = reader({ tenantId, roles: ['admin'], permissions: ['knowledge:*:*'] });
  const stranger = reader({ roles: ['nurse', 'admin'], permissions: ['*:*:*'] });
  let secret: string;

  beforeAll(async () => {
    house = await openHouse();
    const text = 'The morphine cabinet opens with the code 4711.';
    secret = (await house.ingest(author, { title: 'Morphine', text, roles: ['nurse'] })).document?.id ?? '';
  });
  afterAll(() => house.close());

  const titles = async (who: Principal): Promise<string[]> => {
    const { documents } = dataOf<{ documents: { edges: { node: { title: string } }[] } }>(
      await house.execute(who, '{ documents { edges { node { title } } } }'),
    );
    return documents.edges.map(({ node }) => node.title);
  };

  it.each([
    ['who holds a role that it names', nurse],
    ['who ingested it', author],
    ['who administers documents', admin],
  ])('shows it to one %s', async (_, who) => {
    expect((await house.search(who, 'morphine')).edges).toHaveLength(1);
    expect(await titles(who)).toEqual(['Morphine']);
  });

  it.each([
    ['of another tenant', stranger],
    ['without the role', clerk],
    ['without any role', nobody],
    ['a service of the same id as who ingested it', servicePrincipal(tenantId, author.id, ['knowledge:document:read'])],
  ])('shows it in no way to one %s', async (_, who) => {
    expect(await house.search(who, 'morphine')).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
    expect(await titles(who)).toEqual([]);
    const query = 'query($id: ID!) { document(id: $id) { title text } }';
    expect(dataOf(await house.execute(who, query, { id: secret }))).toEqual({ document: null });
  });

  it('lets nothing of it into what others find: not a score, not a confidence, not a cursor', async () => {
    const before: SearchPage[] = [];
    const after: SearchPage[] = [];
    for (const ward of ['north', 'south', 'east']) {
      await house.ingest(clerk, {
        title: `Ward ${ward}`,
        text: `The cabinet of ward ${ward} is blue.`,
        roles: ['clerk'],
      });
    }
    const questions = ['cabinet ward', 'the code of the blue cabinet', 'morphine'];
    for (const question of questions) before.push(await house.search(clerk, question, { first: 2 }));
    for (let copy = 0; copy < 30; copy += 1) {
      await house.ingest(author, {
        title: `Ward ${copy}`,
        text: `A cabinet, code ${copy}, blue morphine.`,
        roles: ['nurse'],
      });
      await house.ingest(stranger, {
        title: `Ward ${copy}`,
        text: `A cabinet, code ${copy}, blue ward.`,
        roles: ['clerk'],
      });
    }
    for (const question of questions) after.push(await house.search(clerk, question, { first: 2 }));
    expect(after).toEqual(before);
    expect(before[0]?.edges).toHaveLength(2);
  });

  it('needs the permission to read, also by reference', async () => {
    const partner = reader({ tenantId, roles: ['nurse'], permissions: [] });
    const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Document { title } } }';
    const { errors } = await house.execute(partner, query, { r: [{ __typename: 'Document', id: secret }] });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('answers an id that is unknown or none at all like one that may not be read', async () => {
    for (const id of [newId(), 'nonsense']) {
      expect(dataOf(await house.execute(nurse, 'query($id: ID!) { document(id: $id) { title } }', { id }))).toEqual({
        document: null,
      });
    }
  });
});
