import type { EntityManager } from '@countersign/kernel';
import type { IndexedPassage } from '../services/indexing.ts';

/** Makes the source known, if it is not yet. */
export async function ensureSource(em: EntityManager, tenantId: string, name: string): Promise<void> {
  await em.execute('insert into knowledge.source (tenant_id, name) values (?, ?) on conflict do nothing', [
    tenantId,
    name,
  ]);
}

export interface StoredDocument {
  readonly id: string;
  readonly tenantId: string;
  readonly embedder: string;
}

/** Stores passages with their embeddings, in one statement. */
export async function insertPassages(
  em: EntityManager,
  document: StoredDocument,
  passages: readonly IndexedPassage[],
): Promise<void> {
  const rows = passages.map(({ id, ordinal, start, end, text, embedding }) => ({
    id,
    ordinal,
    start_offset: start,
    end_offset: end,
    quote: text,
    embedding: arrayLiteral(embedding),
  }));
  await em.execute(
    `insert into knowledge.passage
       (id, tenant_id, document_id, ordinal, start_offset, end_offset, quote, embedder, embedding)
     select id, ?, ?, ordinal, start_offset, end_offset, quote, ?, embedding::real[]::knowledge.embedding
     from jsonb_to_recordset(?::jsonb)
       as passage (id uuid, ordinal int, start_offset int, end_offset int, quote text, embedding text)`,
    [document.tenantId, document.id, document.embedder, JSON.stringify(rows)],
  );
}

/** Stores which terms the passages hold, in one statement. */
export async function insertPostings(
  em: EntityManager,
  document: StoredDocument,
  passages: readonly IndexedPassage[],
): Promise<void> {
  const rows = passages.map(({ id, terms, termCount }) => ({ id, termCount, terms: Object.fromEntries(terms) }));
  await em.execute(
    `insert into knowledge.posting (tenant_id, term, passage_id, document_id, frequency, passage_terms)
     select ?, term.key, passage.id, ?, term.value::int, passage."termCount"
     from jsonb_to_recordset(?::jsonb) as passage (id uuid, "termCount" int, terms jsonb),
       jsonb_each_text(passage.terms) as term`,
    [document.tenantId, document.id, JSON.stringify(rows)],
  );
}

/** Seven digits are what a `real` keeps. */
export const arrayLiteral = (vector: readonly number[]): string =>
  `{${vector.map((value) => Number(value.toPrecision(7))).join(',')}}`;
