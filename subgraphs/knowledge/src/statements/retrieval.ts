import type { EntityManager } from '@countersign/kernel';
import { type Candidate } from '../services/ranking.ts';
import type { Reader } from '../services/reader.ts';
import { readable, readableBy } from './access.ts';
import { arrayLiteral } from './ingestion.ts';

/**
 * That a row (aliased `p`) belongs to a document that the reader may see. "is true" keeps the planner from making a join
 * of it: tables that nobody has analyzed look empty to it, and then it compares every row with every document.
 */
const ofReadableDocument = (reader: Reader): string =>
  `(p.document_id in (select d.id from knowledge.document d where ${readable(reader)})) is true`;

/** How many passages the reader may see, and how many terms are in them. */
export async function countReadable(em: EntityManager, reader: Reader): Promise<{ passages: number; terms: number }> {
  const [counts] = await em.execute<{ passages: number; terms: number }[]>(
    `select coalesce(sum(d.passage_count), 0)::float8 as passages, coalesce(sum(d.term_count), 0)::float8 as terms
     from knowledge.document d where ${readable(reader)}`,
    readableBy(reader),
  );
  return counts ?? { passages: 0, terms: 0 };
}

/** Term -> in how many of the passages that the reader may see it occurs; without those that occur in none. */
export async function documentFrequencies(
  em: EntityManager,
  reader: Reader,
  terms: readonly string[],
): Promise<Map<string, number>> {
  if (terms.length === 0) return new Map();
  const rows = await em.execute<{ term: string; passages: number }[]>(
    `select p.term, count(*)::int as passages
     from knowledge.posting p
     where p.term in (?) and ${ofReadableDocument(reader)}
     group by p.term`,
    [[...terms], ...readableBy(reader)],
  );
  return new Map(rows.map(({ term, passages }) => [term, passages]));
}

/**
 * The passages with the best sums of weighted BM25 terms, best first, of those that the reader may see. The same as
 * `bm25` of ranking.ts, whose `idf` the caller has multiplied into the weights.
 */
export async function lexicalCandidates(
  em: EntityManager,
  reader: Reader,
  weights: ReadonlyMap<string, number>,
  averageLength: number,
  limit: number,
): Promise<Candidate[]> {
  if (weights.size === 0) return [];
  const [k1, b] = [1.2, 0.75];
  const candidates = await em.execute<Candidate[]>(
    `select p.passage_id as id,
       sum((?::jsonb -> p.term)::float8 * p.frequency * ?::float8
         / (p.frequency + ?::float8 + ?::float8 * p.passage_terms)) as score
     from knowledge.posting p
     where p.term in (?) and ${ofReadableDocument(reader)}
     group by p.passage_id
     order by score desc, id
     limit ?`,
    [
      JSON.stringify(Object.fromEntries(weights)),
      k1 + 1,
      k1 * (1 - b),
      (k1 * b) / averageLength,
      [...weights.keys()],
      ...readableBy(reader),
      limit,
    ],
  );
  return candidates.map(repeatable);
}

/** Sums come out different in their last bits when rows come in another order; pages would not fit together. */
const repeatable = ({ id, score }: Candidate): Candidate => ({ id, score: Number(score.toFixed(9)) });

/**
 * The passages whose embeddings are most like the query's, best first, of those that the reader may see: compared one
 * by one, so none is missed. `among` narrows them to these ids.
 */
export async function vectorCandidates(
  em: EntityManager,
  reader: Reader,
  query: { readonly embedder: string; readonly vector: readonly number[]; readonly among?: readonly string[] },
  limit: number,
): Promise<Candidate[]> {
  const { embedder, vector, among } = query;
  if (among?.length === 0) return [];
  const candidates = await em.execute<Candidate[]>(
    `select p.id, knowledge.similarity(p.embedding, ?::real[]::knowledge.embedding) as score
     from knowledge.passage p
     where p.embedder = ? ${among ? 'and p.id in (?)' : ''} and ${ofReadableDocument(reader)}
     order by score desc, p.id
     limit ?`,
    [arrayLiteral(vector), embedder, ...(among ? [[...among]] : []), ...readableBy(reader), limit],
  );
  return candidates.map(repeatable);
}
