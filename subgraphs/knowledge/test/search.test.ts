import { countTerms } from '@countersign/kernel/text';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bm25 } from '../src/services/ranking.ts';
import { countReadable, documentFrequencies, lexicalCandidates } from '../src/statements/retrieval.ts';
import { type House, openHouse, reader, type SearchPage } from './house.fixture.ts';

describe('search', () => {
  let house: House;
  const principal = reader();
  beforeAll(async () => {
    house = await openHouse();
    await house.ingest(principal, { title: 'Discharge', text: 'A discharge needs the signature of a physician.' });
    await house.ingest(principal, { title: 'Falls', text: 'After a fall the nurse checks the patient for injuries.' });
    await house.ingest(principal, { title: 'Codes', text: 'Diabetes mellitus of type 2 is coded as E11.9.' });
    for (let ward = 1; ward <= 60; ward += 1) {
      await house.ingest(principal, {
        title: `Ward ${ward}`,
        text: `Visiting hours of ward ${ward} end at ${ward} past eight.`,
      });
    }
  });
  afterAll(() => house.close());

  const titles = ({ edges }: SearchPage): string[] => edges.map(({ node }) => node.document.title);

  it('finds other forms of a word', async () => {
    expect(titles(await house.search(principal, 'Who signs when someone is discharged?'))[0]).toBe('Discharge');
  });

  it('finds words that are misspelt', async () => {
    expect(titles(await house.search(principal, 'dishcarge'))[0]).toBe('Discharge');
  });

  it('finds codes, whole and by their parts', async () => {
    expect(titles(await house.search(principal, 'E11.9'))[0]).toBe('Codes');
    expect(titles(await house.search(principal, 'e11'))[0]).toBe('Codes');
  });

  it('puts what was asked for before what the best passages happen to mention', async () => {
    const found = titles(await house.search(principal, 'visiting hours', { first: 100 }));
    expect(found.slice(0, 60).every((title) => title.startsWith('Ward '))).toBe(true);
  });

  it('is confident of what the passages are about, and not of what none of them is', async () => {
    const known = await house.search(principal, 'visiting hours of ward 7');
    const unknown = await house.search(principal, 'gradient descent on hyperbolic manifolds of wards');
    expect(known.edges[0]?.confidence).toBeGreaterThan(0.9);
    for (const { confidence } of unknown.edges) expect(confidence).toBeLessThan(0.2);
  });

  it('pages through everything once, in one order', async () => {
    const whole = await house.search(principal, 'visiting hours', { first: 100 });
    const found = whole.edges.length;
    expect(found).toBeGreaterThanOrEqual(60);
    const paged: SearchPage['edges'] = [];
    let after: string | null = null;
    do {
      const page: SearchPage = await house.search(principal, 'visiting hours', { first: 7, after });
      paged.push(...page.edges);
      expect(page.pageInfo.hasNextPage).toBe(paged.length < found);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(paged).toEqual(whole.edges);
    expect(new Set(paged.map(({ node }) => node.id)).size).toBe(found);
  });

  it('scores by the formula of BM25', async () => {
    const query = countTerms('visiting hours ward 7');
    await house.database.withTenant(principal, async (em) => {
      const who = { roles: ['operator'], name: '', administers: false, policies: { kind: 'all' } } as const;
      const { passages, terms } = await countReadable(em, who);
      const frequencies = await documentFrequencies(em, who, [...query.keys()]);
      const unweighted = new Map([...query.keys()].map((term) => [term, 1]));
      const [best] = await lexicalCandidates(em, who, unweighted, terms / passages, 1);
      const held = countTerms('Ward 7\nVisiting hours of ward 7 end at 7 past eight.');
      const length = [...held.values()].reduce((sum, frequency) => sum + frequency, 0);
      const scores = [...query.keys()].map((term) => {
        const statistics = {
          passages,
          passagesWithTerm: frequencies.get(term) ?? 0,
          length,
          averageLength: terms / passages,
        };
        const weight = bm25({ ...statistics, frequency: 1, length: 1, averageLength: 1 });
        return bm25({ ...statistics, frequency: held.get(term) ?? 0 }) / weight;
      });
      expect(best?.score).toBeCloseTo(
        scores.reduce((sum, score) => sum + score, 0),
        9,
      );
    });
  });

  it('answers nothing to a question without a word that tells anything', async () => {
    expect((await house.search(principal, 'What is it?')).edges).toEqual([]);
  });

  it.each([
    ['an empty query', { query: ' ' }],
    ['a query that is too long', { query: 'ward '.repeat(500) }],
    ['a cursor that is none', { query: 'ward', after: 'nonsense' }],
    ['a cursor of another list', { query: 'ward', after: Buffer.from('{"id":"1"}').toString('base64url') }],
    ['a page of 101', { query: 'ward', first: 101 }],
  ])('refuses %s', async (_, variables) => {
    const query =
      'query($query: String!, $first: Int, $after: String) { search(query: $query, first: $first, after: $after) { edges { cursor } } }';
    const { errors } = await house.execute(principal, query, variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it("reads the documents of a page's passages with one statement", async () => {
    const bare = '{ search(query: "visiting hours", first: 50) { edges { node { quote } } } }';
    const full = '{ search(query: "visiting hours", first: 50) { edges { node { quote document { title text } } } } }';
    const withoutDocuments = await house.countStatements(() => house.execute(principal, bare));
    const withDocuments = await house.countStatements(() => house.execute(principal, full));
    expect(withDocuments - withoutDocuments).toBe(2); // One for the documents, one for their texts.
  });
});
