import { newId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataOf, type House, openHouse, reader } from './house.fixture.ts';

describe('documents and passages in the hands of other subgraphs', () => {
  let house: House;
  const principal = reader();
  const documents: string[] = [];
  beforeAll(async () => {
    house = await openHouse();
    for (let page = 0; page < 50; page += 1) {
      const { document } = await house.ingest(principal, { title: `Page ${page}`, text: `Words of page ${page}.` });
      documents.push(document?.id ?? '');
    }
  });
  afterAll(() => house.close());

  const resolve = (type: 'Document' | 'Passage', ids: readonly string[], fields: string, who = principal) =>
    house.execute(who, `query($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { ${fields} } } }`, {
      r: ids.map((id) => ({ __typename: type, id })),
    });

  it('are read fifty at a time with one statement, in the order asked for', async () => {
    const ids = documents.toReversed();
    // The tenant's rules are read once.
    await resolve('Document', ids.slice(0, 1), 'id');
    let answer: unknown;
    const statements = await house.countStatements(async () => {
      answer = dataOf(await resolve('Document', ids, 'id title'));
    });
    expect(answer).toEqual({ _entities: ids.map((id, index) => ({ id, title: `Page ${49 - index}` })) });
    expect(statements).toBe(1);
  });

  it('bring their texts with one statement more', async () => {
    expect(await house.countStatements(() => resolve('Document', documents, 'text'))).toBe(2);
  });

  it('are null where they are unknown or not for the caller to read', async () => {
    const clerk = reader({ tenantId: principal.tenantId, roles: ['clerk'] });
    const known = documents[0] ?? '';
    expect(dataOf(await resolve('Document', [newId(), 'nonsense', known], 'id'))).toEqual({
      _entities: [null, null, { id: known }],
    });
    expect(dataOf(await resolve('Document', [known], 'id', clerk))).toEqual({ _entities: [null] });
    expect(dataOf(await resolve('Document', [known], 'id', reader()))).toEqual({ _entities: [null] });
  });

  it('are passages too, with the same borders', async () => {
    const { edges } = await house.search(principal, 'words of pages', { first: 50 });
    const ids = edges.map(({ node }) => node.id);
    const clerk = reader({ tenantId: principal.tenantId, roles: ['clerk'] });
    expect(dataOf(await resolve('Passage', ids, 'quote start end ordinal document { title }'))).toEqual({
      _entities: edges.map(({ node }) => ({
        quote: node.quote,
        start: 0,
        end: node.quote.length,
        ordinal: 0,
        document: { title: node.document.title },
      })),
    });
    expect(await house.countStatements(() => resolve('Passage', ids, 'quote document { title }'))).toBe(2);
    expect(dataOf(await resolve('Passage', ids.slice(0, 1), 'quote', clerk))).toEqual({ _entities: [null] });
  });

  it('are listed newest first, page by page', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const query =
        'query($after: String) { documents(first: 15, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }';
      const answer: {
        documents: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      } = dataOf(await house.execute(principal, query, { after }));
      seen.push(...answer.documents.edges.map(({ node }) => node.id));
      after = answer.documents.pageInfo.hasNextPage ? answer.documents.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(documents.toReversed());
  });
});
