import {
  type Access,
  type Connection,
  CountersignError,
  connection,
  type Database,
  type EntityManager,
  inOrder,
  isUuid,
  type Page,
  type RequestContext,
} from '@countersign/kernel';
import type { Document } from '../entities/document.ts';
import type { Passage } from '../entities/passage.ts';
import { documentsBefore, documentsByIds, documentTexts, passagesByIds } from '../statements/documents.ts';
import { type Reader, readerIn } from './reader.ts';

/** The documents of a tenant, as far as the one who asks may read them. */
export class Documents {
  readonly #database: Database;
  readonly #access: Access;

  constructor({ database, access }: { database: Database; access: Access }) {
    this.#database = database;
    this.#access = access;
  }

  /** Newest first. */
  async list(context: RequestContext, page: Page): Promise<Connection<{ node: Document; cursor: string }>> {
    const after = page.after?.id;
    if (after !== undefined && !isUuid(after)) throw foreignCursor();
    const rows = await this.#asReader(context, (em, reader) => documentsBefore(em, reader, after, page.first + 1));
    return connection(rows, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  /** Documents by id, in the order of the ids; null for those that are unknown or not the caller's to read. */
  async byIds(context: RequestContext, ids: readonly string[]): Promise<(Document | null)[]> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return ids.map(() => null);
    const documents = await this.#asReader(context, (em, reader) => documentsByIds(em, reader, known));
    return inOrder(ids, documents);
  }

  /** The texts of documents by id, in the order of the ids; null as with `byIds`. */
  async texts(context: RequestContext, ids: readonly string[]): Promise<(string | null)[]> {
    const texts = await this.#asReader(context, (em, reader) => documentTexts(em, reader, ids));
    return ids.map((id) => texts.get(id) ?? null);
  }

  /** Passages by id, in the order of the ids; null for those of documents as with `byIds`. */
  async passages(context: RequestContext, ids: readonly string[]): Promise<(Passage | null)[]> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return ids.map(() => null);
    const passages = await this.#asReader(context, (em, reader) => passagesByIds(em, reader, known));
    return ids.map((id) => passages.get(id)?.passage ?? null);
  }

  #asReader<T>(context: RequestContext, work: (em: EntityManager, reader: Reader) => Promise<T>): Promise<T> {
    return this.#database.read(context.principal, async (em) => work(em, await readerIn(em, this.#access, context)));
  }
}

/** What the kernel says of a cursor that it cannot read, for one that is readable but another list's. */
export const foreignCursor = (): CountersignError =>
  new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list; use an `endCursor` that it returned.');
