import {
  type Connection,
  CountersignError,
  connection,
  type Database,
  inOrder,
  isUuid,
  type Page,
  type Principal,
} from '@countersign/kernel';
import type { Document } from '../entities/document.ts';
import type { Passage } from '../entities/passage.ts';
import { documentsBefore, documentsByIds, documentTexts, passagesByIds } from '../statements/documents.ts';
import { readerOf } from './reader.ts';

/** The documents of a tenant, as far as the one who asks may read them. */
export class Documents {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Newest first. */
  async list(principal: Principal, page: Page): Promise<Connection<{ node: Document; cursor: string }>> {
    const after = page.after?.id;
    if (after !== undefined && !isUuid(after)) throw foreignCursor();
    const rows = await this.#database.read(principal, (em) =>
      documentsBefore(em, readerOf(principal), after, page.first + 1),
    );
    return connection(rows, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  /** Documents by id, in the order of the ids; null for those that are unknown or not the caller's to read. */
  async byIds(principal: Principal, ids: readonly string[]): Promise<(Document | null)[]> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return ids.map(() => null);
    const documents = await this.#database.read(principal, (em) => documentsByIds(em, readerOf(principal), known));
    return inOrder(ids, documents);
  }

  /** The texts of documents by id, in the order of the ids; null as with `byIds`. */
  async texts(principal: Principal, ids: readonly string[]): Promise<(string | null)[]> {
    const texts = await this.#database.read(principal, (em) => documentTexts(em, readerOf(principal), ids));
    return ids.map((id) => texts.get(id) ?? null);
  }

  /** Passages by id, in the order of the ids; null for those of documents as with `byIds`. */
  async passages(principal: Principal, ids: readonly string[]): Promise<(Passage | null)[]> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return ids.map(() => null);
    const passages = await this.#database.read(principal, (em) => passagesByIds(em, readerOf(principal), known));
    return ids.map((id) => passages.get(id)?.passage ?? null);
  }
}

/** What the kernel says of a cursor that it cannot read, for one that is readable but another list's. */
export const foreignCursor = (): CountersignError =>
  new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list; use an `endCursor` that it returned.');
