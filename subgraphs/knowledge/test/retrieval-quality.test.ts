import { existsSync, readFileSync } from 'node:fs';
import { countTerms } from '@countersign/kernel/text';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { chunk } from '../src/services/chunker.ts';
import { confidenceOf, coverage } from '../src/services/confidence.ts';
import { hashingEmbedder } from '../src/services/embedder.ts';
import { expandQuery, feedbackPassages } from '../src/services/feedback.ts';
import { bm25, type Candidate, fuse } from '../src/services/ranking.ts';

/** The Cranfield collection: abstracts on aerodynamics, questions, and who judged what relevant. */
const folder = new URL('../../../../shared/data/retrieval/cranfield/', import.meta.url);
const foreignQuestions = new URL('../../../../shared/data/routing/mmlu-half.jsonl', import.meta.url);
const present = existsSync(new URL('docs.jsonl', folder)) && existsSync(foreignQuestions);
if (!present) console.warn('Skipped: the Cranfield collection is not at ../shared/data.');

interface Query {
  readonly id: string;
  readonly text: string;
}

(present ? describe : describe.skip)('search quality on Cranfield', () => {
  let collection: Collection;
  let queries: Query[];
  let judged: Map<string, Set<string>>;
  const quality = {
    bm25: 0,
    bm25WithFeedback: 0,
    vectors: 0,
    hybrid: 0,
    misspeltBm25: 0,
    misspeltWithFeedback: 0,
    misspeltHybrid: 0,
  };

  beforeAll(async () => {
    collection = new Collection();
    await collection.load(read<{ id: string; title: string; text: string }>('docs.jsonl'));
    queries = read<Query>('queries.jsonl');
    const relevant = read<{ query: string; doc: string; grade: number }>('qrels.jsonl').filter(
      ({ grade }) => grade > 0,
    );
    judged = new Map(
      [...Map.groupBy(relevant, ({ query }) => query)].map(([query, rows]) => [
        query,
        new Set(rows.map(({ doc }) => doc)),
      ]),
    );
    quality.bm25 = await ndcg((query) => collection.lexical(countTerms(query)));
    quality.bm25WithFeedback = await ndcg((query) => collection.withFeedback(query));
    quality.vectors = await ndcg((query) => collection.vector(query));
    quality.hybrid = await ndcg((query) => collection.hybrid(query));
    quality.misspeltWithFeedback = await ndcg((query) => collection.withFeedback(misspell(query)));
    quality.misspeltHybrid = await ndcg((query) => collection.hybrid(misspell(query)));
    quality.misspeltBm25 = await ndcg((query) => collection.lexical(countTerms(misspell(query))));
    console.info('nDCG@10', quality);
  }, 120_000);

  it('ranks far better than plain BM25, which reaches 0.338', () => {
    expect(quality.hybrid).toBeGreaterThan(0.41);
  });

  it('ranks better by words and vectors together than by either alone', () => {
    expect(quality.hybrid).toBeGreaterThan(quality.bm25WithFeedback);
    expect(quality.hybrid).toBeGreaterThan(quality.vectors);
  });

  it('ranks better with terms learnt from the best passages than without', () => {
    expect(quality.bm25WithFeedback).toBeGreaterThan(quality.bm25 + 0.02);
  });

  it('ranks misspelt questions better than words alone do', () => {
    expect(quality.misspeltHybrid).toBeGreaterThan(0.33);
    expect(quality.misspeltHybrid).toBeGreaterThan(quality.misspeltWithFeedback);
    expect(quality.misspeltHybrid).toBeGreaterThan(quality.misspeltBm25 + 0.02);
  });

  it('is confident about what the collection is about, and not about anything else', async () => {
    const known = await shareOfConfident(queries.map(({ text }) => text));
    const foreign = await shareOfConfident(readForeignQuestions().slice(0, 60));
    console.info('confident', { known, foreign });
    expect(known).toBeGreaterThan(0.85);
    expect(foreign).toBeLessThan(0.15);
  });

  async function ndcg(search: (query: string) => Candidate[] | Promise<Candidate[]>): Promise<number> {
    let sum = 0;
    for (const { id, text } of queries) {
      const relevant = judged.get(id) ?? new Set();
      const found = [...new Set((await search(text)).map((passage) => collection.documentOf(passage.id)))].slice(0, 10);
      const gain = found.reduce((total, document, rank) => total + (relevant.has(document) ? discount(rank) : 0), 0);
      sum +=
        gain / Array.from({ length: Math.min(10, relevant.size) }, (_, rank) => discount(rank)).reduce((a, b) => a + b);
    }
    return Number((sum / queries.length).toFixed(4));
  }

  async function shareOfConfident(questions: string[]): Promise<number> {
    let confident = 0;
    for (const question of questions) {
      const best = (await collection.hybrid(question))
        .slice(0, 10)
        .map(({ id }) => collection.confidence(question, id));
      if (Math.max(0, ...best) >= 0.5) confident += 1;
    }
    return Number((confident / questions.length).toFixed(3));
  }
});

/** What the database does in the product, in memory: an inverted index and a table of vectors. */
class Collection {
  readonly #passages: { document: string; terms: Map<string, number>; length: number; vector: number[] }[] = [];
  readonly #index = new Map<string, number[]>();
  #averageLength = 0;
  readonly #feedbackResults = new Map<string, Candidate[]>();
  readonly #vectorResults = new Map<string, Candidate[]>();

  async load(documents: readonly { id: string; title: string; text: string }[]): Promise<void> {
    for (const { id, title, text } of documents) {
      for (const passage of chunk(text)) {
        // A passage from the middle of a document is found by the document's title too.
        const indexed = passage.text.startsWith(title) ? passage.text : `${title}\n${passage.text}`;
        const terms = countTerms(indexed);
        const length = [...terms.values()].reduce((sum, frequency) => sum + frequency, 0);
        const [vector = []] = await hashingEmbedder.embed([indexed], 'passage');
        for (const term of terms.keys()) {
          const postings = this.#index.get(term);
          if (postings) postings.push(this.#passages.length);
          else this.#index.set(term, [this.#passages.length]);
        }
        this.#passages.push({ document: id, terms, length, vector });
      }
    }
    this.#averageLength = this.#passages.reduce((sum, { length }) => sum + length, 0) / this.#passages.length;
  }

  documentOf(passage: string): string {
    return this.#passages[Number(passage)]?.document ?? '';
  }

  lexical(query: ReadonlyMap<string, number>): Candidate[] {
    const scores = new Map<number, number>();
    for (const [term, weight] of query) {
      for (const at of this.#index.get(term) ?? []) {
        const passage = this.#passages[at];
        if (!passage) continue;
        const score = bm25({
          passages: this.#passages.length,
          passagesWithTerm: this.#passagesWithTerm(term),
          frequency: passage.terms.get(term) ?? 0,
          length: passage.length,
          averageLength: this.#averageLength,
        });
        scores.set(at, (scores.get(at) ?? 0) + weight * score);
      }
    }
    return best(scores);
  }

  withFeedback(query: string): Candidate[] {
    const known = this.#feedbackResults.get(query);
    if (known) return known;
    const terms = countTerms(query);
    const learnFrom = this.lexical(terms)
      .slice(0, feedbackPassages(this.#passages.length))
      .map(({ id, score }) => ({ score, terms: this.#passages[Number(id)]?.terms ?? new Map() }));
    const found = this.lexical(
      expandQuery(terms, learnFrom, this.#passages.length, (term) => this.#passagesWithTerm(term)),
    );
    this.#feedbackResults.set(query, found);
    return found;
  }

  async vector(query: string): Promise<Candidate[]> {
    const known = this.#vectorResults.get(query);
    if (known) return known;
    const [asked = []] = await hashingEmbedder.embed([query], 'query');
    const products = this.#passages.map(({ vector }, at): [number, number] => [at, innerProduct(vector, asked)]);
    const found = best(products);
    this.#vectorResults.set(query, found);
    return found;
  }

  async hybrid(query: string): Promise<Candidate[]> {
    return fuse(this.withFeedback(query), await this.vector(query));
  }

  confidence(query: string, passage: string): number {
    const terms = this.#passages[Number(passage)]?.terms ?? new Map<string, number>();
    return confidenceOf(
      coverage(countTerms(query), terms, this.#passages.length, (term) => this.#passagesWithTerm(term)),
    );
  }

  #passagesWithTerm(term: string): number {
    return this.#index.get(term)?.length ?? 0;
  }
}

function best(scores: Iterable<[number, number]>): Candidate[] {
  return [...scores]
    .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || a - b)
    .slice(0, 100)
    .map(([at, score]) => ({ id: String(at), score }));
}

function innerProduct(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

const discount = (rank: number): number => 1 / Math.log2(rank + 2);

/** Swaps the two middle letters of every other long word. */
function misspell(query: string): string {
  let longWords = 0;
  return query.replace(/\S{6,}/g, (word) => {
    longWords += 1;
    const middle = word.length >> 1;
    if (longWords % 2 === 1)
      return `${word.slice(0, middle)}${word[middle + 1] ?? ''}${word[middle]}${word.slice(middle + 2)}`;
    return word;
  });
}

function read<Row>(file: string): Row[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  return lines.map((line): Row => JSON.parse(line));
}

function readForeignQuestions(): string[] {
  return readFileSync(foreignQuestions, 'utf8')
    .trim()
    .split('\n')
    .filter((_, index) => index % 30 === 0)
    .map((line): { prompt: string } => JSON.parse(line))
    .map(({ prompt }) => prompt.split('\n')[0] ?? '')
    .filter((question) => question.length > 30 && question.length < 250);
}
