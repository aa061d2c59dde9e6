import { type Database, newId, publish, type RequestContext } from '@countersign/kernel';
import { Document } from '../entities/document.ts';
import type { DocumentIngested } from '../events.ts';
import { ensureSource, insertPassages, insertPostings } from '../statements/ingestion.ts';
import type { Embedder } from './embedder.ts';
import { batches, type IndexedText, indexText, passagesPerBatch } from './indexing.ts';
import { type NewDocument, parseDocument } from './new-document.ts';
import { principalName } from './reader.ts';

/** Takes documents in. */
export class Ingestion {
  readonly #database: Database;
  readonly #embedder: Embedder;
  readonly #now: () => Date;

  constructor(database: Database, embedder: Embedder, now: () => Date) {
    this.#database = database;
    this.#embedder = embedder;
    this.#now = now;
  }

  /**
   * Stores a document, cut into passages, indexed and embedded, in one transaction: it can be found once this returns.
   * Tells the other subgraphs with `DocumentIngested`. Throws a `UserProblem` for input that cannot be a document.
   */
  async ingest(context: RequestContext, input: NewDocument): Promise<Document> {
    const document = parseDocument(input);
    const indexed = await indexText(document.title, document.text, this.#embedder);
    return this.#store(context, document, indexed);
  }

  #store(context: RequestContext, document: NewDocument, { passages, computeMs }: IndexedText): Promise<Document> {
    const { principal } = context;
    const { tenantId } = principal;
    return this.#database.withTenant(principal, async (em) => {
      await ensureSource(em, tenantId, document.source);
      const stored = em.create(Document, {
        id: newId(),
        tenantId,
        source: document.source,
        title: document.title,
        text: document.text,
        roles: [...document.roles],
        classification: document.classification,
        department: document.department,
        region: document.region,
        ingestedBy: principalName(principal),
        passageCount: passages.length,
        termCount: passages.reduce((sum, { termCount }) => sum + termCount, 0),
        createdAt: this.#now(),
      });
      em.persist(stored);
      await em.flush();
      for (const batch of batches(passages, passagesPerBatch)) {
        const target = { id: stored.id, tenantId, embedder: this.#embedder.id };
        await insertPassages(em, target, batch);
        await insertPostings(em, target, batch);
      }
      const event: DocumentIngested = {
        documentId: stored.id,
        title: stored.title,
        passages: passages.length,
        computeMs,
      };
      await publish(em, context, 'DocumentIngested', event);
      return stored;
    });
  }
}
