import {
  type Access,
  type Connection,
  CountersignError,
  connection,
  type Database,
  isUuid,
  type Page,
  type RequestContext,
} from '@countersign/kernel';
import { countTerms } from '@countersign/kernel/text';
import type { Passage } from '../entities/passage.ts';
import { passagesByIds } from '../statements/documents.ts';
import { confidenceOf, coverage } from './confidence.ts';
import { foreignCursor } from './documents.ts';
import type { Embedder } from './embedder.ts';
import { searchableText } from './indexing.ts';
import type { Ranked } from './ranking.ts';
import { readerIn } from './reader.ts';
import { type Question, type Retrieved, retrieve } from './retrieval.ts';

export interface SearchHit {
  readonly cursor: string;
  readonly node: Passage;
  /** 0..1: how it ranks beside the others of the same search. */
  readonly score: number;
  /** 0..1: how likely the query is about what this passage is about. */
  readonly confidence: number;
}

/** The longest query, in UTF-16 code units. */
export const longestQuery = 2_000;

/** Finds passages by words and by likeness, among those that the caller may read. */
export class Search {
  readonly #database: Database;
  readonly #access: Access;
  readonly #embedder: Embedder;

  constructor(parts: { database: Database; access: Access; embedder: Embedder }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#embedder = parts.embedder;
  }

  /** Throws `BAD_REQUEST` for a query that is empty or too long, or a cursor of another list. */
  async find(context: RequestContext, query: string, page: Page): Promise<Connection<SearchHit>> {
    assertQuery(query);
    const after = parsePosition(page.after);
    const [vector = []] = await this.#embedder.embed([query], 'query');
    const question = { terms: countTerms(query), embedder: this.#embedder.id, vector };
    return this.#database.read(context.principal, async (em) => {
      const reader = await readerIn(em, this.#access, context);
      const retrieved = await retrieve(em, reader, question);
      const ranked = retrieved.ranked.filter((hit) => !after || isBehind(hit, after)).slice(0, page.first + 1);
      const found = await passagesByIds(
        em,
        reader,
        ranked.map(({ id }) => id),
      );
      const hits = ranked.flatMap(({ id, score }) => {
        const hit = found.get(id);
        return hit ? [{ id, score, ...hit }] : [];
      });
      return connection(hits, page, ({ id, score, passage, title }, cursor) => ({
        cursor: cursor({ score, id }),
        node: passage,
        score,
        confidence: confidenceIn(passage, title, question, retrieved),
      }));
    });
  }
}

function assertQuery(query: string): void {
  if (query.trim() === '') throw new CountersignError('BAD_REQUEST', '`query` is empty; it needs at least one word.');
  if (query.length > longestQuery) {
    throw new CountersignError(
      'BAD_REQUEST',
      `\`query\` has ${query.length} characters; it may have at most ${longestQuery}.`,
    );
  }
}

type Position = Pick<Ranked, 'score' | 'id'>;

function parsePosition(after: Page['after']): Position | undefined {
  if (!after) return undefined;
  const { score, id } = after;
  if (typeof score !== 'number' || !isUuid(id)) throw foreignCursor();
  return { score, id };
}

/** In the order of `fuse`. */
const isBehind = (hit: Position, position: Position): boolean =>
  hit.score < position.score || (hit.score === position.score && hit.id > position.id);

function confidenceIn(passage: Passage, title: string, { terms }: Question, retrieved: Retrieved): number {
  const held = countTerms(searchableText(title, passage.quote));
  return confidenceOf(coverage(terms, held, retrieved.passages, retrieved.passagesWithTerm));
}
