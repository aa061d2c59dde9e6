import type { EntityManager } from '@countersign/kernel';
import { countTerms } from '@countersign/kernel/text';
import { passagesByIds } from '../statements/documents.ts';
import { countReadable, documentFrequencies, lexicalCandidates, vectorCandidates } from '../statements/retrieval.ts';
import { expandQuery, feedbackPassages } from './feedback.ts';
import { searchableText } from './indexing.ts';
import { type Candidate, fuse, idf, type Ranked } from './ranking.ts';
import type { Reader } from './reader.ts';

export interface Question {
  readonly terms: ReadonlyMap<string, number>;
  readonly embedder: string;
  readonly vector: readonly number[];
}

export interface Retrieved {
  /** Best first, in a total order. */
  readonly ranked: readonly Ranked[];
  /** How many passages were searched, and how many of them hold a term of the question. */
  readonly passages: number;
  readonly passagesWithTerm: (term: string) => number;
}

/** What keeps a search short, since the embedded database answers nobody else meanwhile. */
const limits = {
  /** How many passages words and vectors each bring in. */
  candidates: 100,
  /** Up to so many passages terms are learnt from the best ones: it takes as long again as the search. */
  feedback: 5_000,
  /** Up to so many passages all embeddings are compared; of more, those that the words found. */
  exact: 20_000,
  /** Twice the standard deviation of the inner product of unrelated unit vectors with 384 dimensions, 1 / sqrt(384). */
  similarity: 0.1,
} as const;

/**
 * Hybrid search over what the reader may see, and nothing else: neither candidates nor the statistics that weigh them
 * know of other passages, so that not even a score tells of them.
 */
export async function retrieve(em: EntityManager, reader: Reader, question: Question): Promise<Retrieved> {
  const { passages, terms } = await countReadable(em, reader);
  if (passages === 0) return { ranked: [], passages: 0, passagesWithTerm: () => 0 };
  const search = new LexicalSearch(em, reader, passages, terms / passages);
  const first = await search.find(question.terms);
  const lexical = passages > limits.feedback ? first : await search.findWithFeedback(question.terms, first);
  const among = passages > limits.exact ? lexical.map(({ id }) => id) : undefined;
  const vector = await vectorCandidates(em, reader, { ...question, among }, limits.candidates);
  const alike = vector.filter(({ score }) => score >= limits.similarity);
  return { ranked: fuse(lexical, alike), passages, passagesWithTerm: search.passagesWithTerm };
}

class LexicalSearch {
  readonly #em: EntityManager;
  readonly #reader: Reader;
  readonly #passages: number;
  readonly #averageLength: number;
  readonly #passagesWithTerm = new Map<string, number>();

  constructor(em: EntityManager, reader: Reader, passages: number, averageLength: number) {
    this.#em = em;
    this.#reader = reader;
    this.#passages = passages;
    this.#averageLength = averageLength;
  }

  readonly passagesWithTerm = (term: string): number => this.#passagesWithTerm.get(term) ?? 0;

  /** `mostTelling` bounds how much any one term may tell. */
  async find(query: ReadonlyMap<string, number>, mostTelling = Number.POSITIVE_INFINITY): Promise<Candidate[]> {
    await this.#learnFrequencies(query.keys());
    const weights = new Map(
      [...query].map(([term, weight]) => [term, weight * Math.min(mostTelling, this.#telling(term))]),
    );
    return lexicalCandidates(this.#em, this.#reader, weights, this.#averageLength, limits.candidates);
  }

  /** Searches again with what the best passages of the first search are about. */
  async findWithFeedback(
    query: ReadonlyMap<string, number>,
    first: readonly Candidate[],
  ): Promise<readonly Candidate[]> {
    const best = first.slice(0, feedbackPassages(this.#passages));
    if (best.length === 0) return first;
    const texts = await passagesByIds(
      this.#em,
      this.#reader,
      best.map(({ id }) => id),
    );
    const learnFrom = best.map(({ id, score }) => {
      const found = texts.get(id);
      return { score, terms: countTerms(found ? searchableText(found.title, found.passage.quote) : '') };
    });
    await this.#learnFrequencies(learnFrom.flatMap(({ terms }) => [...terms.keys()]));
    // A rare word that the best passages happen to hold must not count for more than what was asked.
    const asked = [...query.keys()].filter((term) => this.passagesWithTerm(term) > 0);
    const mostTelling = Math.max(...asked.map((term) => this.#telling(term)));
    return this.find(expandQuery(query, learnFrom, this.#passages, this.passagesWithTerm), mostTelling);
  }

  #telling(term: string): number {
    return idf(this.#passages, this.passagesWithTerm(term));
  }

  async #learnFrequencies(terms: Iterable<string>): Promise<void> {
    const unknown = [...new Set(terms)].filter((term) => !this.#passagesWithTerm.has(term));
    const frequencies = await documentFrequencies(this.#em, this.#reader, unknown);
    for (const term of unknown) this.#passagesWithTerm.set(term, frequencies.get(term) ?? 0);
  }
}
