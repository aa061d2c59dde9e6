import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dataOf, type House, openHouse, reader } from './house.fixture.ts';

describe('ingesting a document', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  it('makes it searchable before it returns', async () => {
    const principal = reader();
    const text = 'Every patient who is discharged gets a medication list.';
    const { document, userErrors } = await house.ingest(principal, { title: 'Leaving the ward', text });
    expect(userErrors).toEqual([]);
    const { edges } = await house.search(principal, 'medication list');
    expect(edges.map(({ node }) => node.document)).toEqual([{ id: document?.id, title: 'Leaving the ward' }]);
  });

  it('cuts it into passages that quote it exactly, whatever it holds', async () => {
    const words = fc.constantFrom(
      'ward',
      "nurse's",
      'a\\b',
      'why?',
      '$1',
      '??',
      'Ärztin',
      '😀',
      'x\u0301',
      '{"a":1}',
      '\n',
      ';--',
    );
    const texts = fc.array(words, { minLength: 1, maxLength: 400 }).map((list) => `keyword ${list.join(' ')}`);
    const broken = fc.constant('keyword \ud800 half a character \\');
    await fc.assert(
      fc.asyncProperty(fc.oneof({ arbitrary: texts, weight: 9 }, broken), async (text) => {
        const principal = reader();
        await house.ingest(principal, { text });
        const answer = await house.execute(
          principal,
          '{ documents { edges { node { text } } } search(query: "keyword") { edges { node { quote start end } } } }',
        );
        const { documents, search } = dataOf<{
          documents: { edges: { node: { text: string } }[] };
          search: { edges: { node: { quote: string; start: number; end: number } }[] };
        }>(answer);
        const stored = documents.edges[0]?.node.text ?? '';
        expect(stored).toBe(text.toWellFormed());
        expect(search.edges.length).toBeGreaterThan(0);
        for (const { node } of search.edges) expect(stored.slice(node.start, node.end)).toBe(node.quote);
      }),
      { numRuns: 25 },
    );
  });

  it('answers it as it was given, with who may read it', async () => {
    const principal = reader();
    const { document } = await house.ingest(principal, {
      source: ' Handbook ',
      title: ' Falls ',
      text: ' Raise the rails. ',
      roles: ['operator', ' nurse', 'operator'],
    });
    const query = 'query($id: ID!) { document(id: $id) { id source title text access { roles } createdAt } }';
    const answer = await house.execute(principal, query, { id: document?.id });
    expect(dataOf(answer)).toEqual({
      document: {
        id: document?.id,
        source: 'Handbook',
        title: 'Falls',
        text: ' Raise the rails. ',
        access: { roles: ['operator', 'nurse'] },
        createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
      },
    });
  });

  it('tells the other subgraphs, with the measured compute', async () => {
    const principal = reader();
    const { document } = await house.ingest(principal, { title: 'Told', text: 'Words. '.repeat(500) });
    const events = await house.database.withTenant(principal, (em) =>
      em.execute<{ type: string; payload: { computeMs: number } }[]>('select type, payload from kernel.outbox'),
    );
    expect(events).toEqual([
      {
        type: 'DocumentIngested',
        payload: { documentId: document?.id, title: 'Told', passages: 7, computeMs: expect.any(Number) },
      },
    ]);
    expect(events[0]?.payload.computeMs).toBeGreaterThan(0);
  });

  it('refuses a document without words', async () => {
    const { document, userErrors } = await house.ingest(reader(), { text: ' \n\t ' });
    expect(document).toBeNull();
    expect(userErrors).toEqual([{ code: 'DOCUMENT_EMPTY', path: ['input', 'text'], params: null }]);
  });

  it('refuses a document of 2 MB, and says how much it takes', async () => {
    const { document, userErrors } = await house.ingest(reader(), { text: 'ä'.repeat(1_048_576) });
    expect(document).toBeNull();
    expect(userErrors).toEqual([
      { code: 'DOCUMENT_TOO_LARGE', path: ['input', 'text'], params: { bytes: 2_097_152, most: 1_048_576 } },
    ]);
  });

  it('refuses what is not text, and what nobody could read', async () => {
    const { userErrors } = await house.ingest(reader(), {
      title: ' ',
      source: 'x'.repeat(301),
      text: 'PK\0',
      roles: [' '],
    });
    expect(userErrors.map(({ code }) => code)).toEqual([
      'SOURCE_INVALID',
      'TITLE_INVALID',
      'DOCUMENT_NOT_TEXT',
      'ACCESS_EMPTY',
    ]);
  });

  it('stores nothing of a document that it refuses', async () => {
    const principal = reader();
    await house.ingest(principal, { text: '', source: 'Refused' });
    const counts = await house.database.withTenant(principal, (em) =>
      em.execute(
        'select (select count(*)::int from knowledge.source) as sources, (select count(*)::int from kernel.outbox) as events',
      ),
    );
    expect(counts).toEqual([{ sources: 0, events: 0 }]);
  });

  it('needs the permission to ingest', async () => {
    const viewer = reader({ permissions: ['knowledge:document:read'] });
    const answer = await house.execute(
      viewer,
      'mutation { ingestDocument(input: { source: "a", title: "b", text: "c", access: { roles: ["d"] } }) { userErrors { code } } }',
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});
