import type { EntityManager } from '@countersign/kernel';
import { type Candidate } from '../services/ranking.ts';
import type { Reader } from '../services/reader.ts';
import { readable, readableBy } from './access.ts';
import { arrayLiteral } from './ingestion.ts';

const readableDocuments = `readable as materialized (select d.id from knowledge.document d where ${readable})`;

/** How many passages the reader may see, and how many terms are in them. */
export async function countReadable(em: EntityManager, reader: Reader): Promise<{ passages: number; terms: number }> {
  const [counts] = await em.execute<{ passages: number; terms: number }[]>(
    `select coalesce(sum(d.passage_count), 0)::float8 as passages, coalesce(sum(d.term_count), 0)::float8 as terms
     from knowledge.document d where ${readable}`,
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
    `with ${readableDocuments}
     select p.term, count(*)::int as passages
     from knowledge.posting p join readable on readable.id = p.document_id
     where p.term in (?)
     group by p.term`,
    [...readableBy(reader), [...terms]],
  );
  return new Map(rows.map(({ term, passages }) => [term, passages]));
}

/**
 * The passages with the best sums of weighted BM25 terms, best first, of those that the reader may see. The same as
 * `bm25` of ranking.ts, whose `idf` the caller has multiplied into the weights. A sum is taken in the order of the
 * terms, so that it comes out the same to the last bit each time and pages fit together.
 */
export async function lexicalCandidates(
  em: EntityManager,
  reader: Reader,
  weights: ReadonlyMap<string, number>,
  averageLength: number,
  limit: number,
): Promise<Candidate[]> {
  if (weights.size === 0) return [];
  return em.execute<Candidate[]>(
    `with ${readableDocuments}, query as (
       select term, weight from jsonb_to_recordset(?::jsonb) as query (term text, weight float8)
     )
     select p.passage_id as id,
       sum(query.weight * p.frequency * 2.2 / (p.frequency + 1.2 * (0.25 + 0.75 * p.passage_terms / ?::float8))
         order by query.term) as score
     from query
       join knowledge.posting p on p.term = query.term
       join readable on readable.id = p.document_id
     group by p.passage_id
     order by score desc, id
     limit ?`,
    [
      ...readableBy(reader),
      JSON.stringify([...weights].map(([term, weight]) => ({ term, weight }))),
      averageLength,
      limit,
    ],
  );
}

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
  return em.execute<Candidate[]>(
    `with ${readableDocuments}
     select p.id, knowledge.similarity(p.embedding, ?::real[]::knowledge.embedding) as score
     from knowledge.passage p join readable on readable.id = p.document_id
     where p.embedder = ? ${among ? 'and p.id in (?)' : ''}
     order by score desc, p.id
     limit ?`,
    [...readableBy(reader), arrayLiteral(vector), embedder, ...(among ? [[...among]] : []), limit],
  );
}
