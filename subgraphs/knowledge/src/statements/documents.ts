import type { EntityManager } from '@countersign/kernel';
import { Document } from '../entities/document.ts';
import { Passage } from '../entities/passage.ts';
import type { Reader } from '../services/reader.ts';
import { readable, readableBy } from './access.ts';

const columns = `d.id, d.tenant_id, d.source, d.title, d.roles, d.ingested_by, d.passage_count, d.term_count, d.created_at,
  d.classification, d.department, d.region`;

/** Those of the documents that the reader may see, in no order. */
export async function documentsByIds(em: EntityManager, reader: Reader, ids: readonly string[]): Promise<Document[]> {
  const sql = `select ${columns} from knowledge.document d where d.id in (?) and ${readable(reader)}`;
  const rows = await em.execute<object[]>(sql, [[...ids], ...readableBy(reader)]);
  return rows.map((row) => em.map(Document, row));
}

/** The reader's documents, newest first, from behind the document `after`. */
export async function documentsBefore(
  em: EntityManager,
  reader: Reader,
  after: string | undefined,
  limit: number,
): Promise<Document[]> {
  const rows = await em.execute<object[]>(
    `select ${columns} from knowledge.document d
     where ${readable(reader)} and (?::uuid is null or d.id < ?::uuid)
     order by d.id desc
     limit ?`,
    [...readableBy(reader), after ?? null, after ?? null, limit],
  );
  return rows.map((row) => em.map(Document, row));
}

/** Id -> text of those of the documents that the reader may see. */
export async function documentTexts(
  em: EntityManager,
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await em.execute<{ id: string; text: string }[]>(
    `select d.id, d.text from knowledge.document d where d.id in (?) and ${readable(reader)}`,
    [[...ids], ...readableBy(reader)],
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

export interface TitledPassage {
  readonly passage: Passage;
  /** The document's title, by which its passages are found too. */
  readonly title: string;
}

/** Id -> passage, of those whose document the reader may see. */
export async function passagesByIds(
  em: EntityManager,
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, TitledPassage>> {
  if (ids.length === 0) return new Map();
  const rows = await em.execute<{ id: string; title: string }[]>(
    `select p.id, p.tenant_id, p.document_id, p.ordinal, p.start_offset, p.end_offset, p.quote, d.title
     from knowledge.passage p join knowledge.document d on d.tenant_id = p.tenant_id and d.id = p.document_id
     where p.id in (?) and ${readable(reader)}`,
    [[...ids], ...readableBy(reader)],
  );
  return new Map(rows.map(({ title, ...row }) => [row.id, { passage: em.map(Passage, row), title }]));
}
