/** What BM25 knows of one term in one passage. */
export interface TermStatistics {
  /** Passages that are searched, and how many of them hold the term. */
  readonly passages: number;
  readonly passagesWithTerm: number;
  /** How often the term occurs in this passage. */
  readonly frequency: number;
  /** Terms in this passage, and in the average one. */
  readonly length: number;
  readonly averageLength: number;
}

/** BM25 of one term (Robertson and Zaragoza, 2009); a passage scores the sum over the terms of the query. */
export function bm25(term: TermStatistics, { k1 = 1.2, b = 0.75 } = {}): number {
  const saturation = k1 * (1 - b + b * (term.length / term.averageLength));
  const weight = idf(term.passages, term.passagesWithTerm);
  return weight * ((term.frequency * (k1 + 1)) / (term.frequency + saturation));
}

/** How much a term tells: the most for one that occurs nowhere, never negative (Lucene's form of idf). */
export function idf(passages: number, passagesWithTerm: number): number {
  return Math.log(1 + (passages - passagesWithTerm + 0.5) / (passagesWithTerm + 0.5));
}

export interface Candidate {
  readonly id: string;
  /** Higher is better. BM25 for lexical candidates, the inner product for those found by vector. */
  readonly score: number;
}

export interface Ranked extends Candidate {
  /** 0..1: 1 for what leads both lists. */
  readonly score: number;
  /** Place in each list, from 1; absent where the list does not have it. */
  readonly lexicalRank?: number;
  readonly vectorRank?: number;
}

/**
 * The weight of the vectors in the hybrid score, for our own embedder. It knows little that the words do not, so it
 * breaks near ties and finds misspelt words; on Cranfield more of it does harm. A trained embedder deserves more.
 */
export const defaultVectorWeight = 0.1;

/**
 * One ranking out of two: each list's scores are divided by its best one and added by weight. The order is total (ties
 * go by id), so that pages of it fit together.
 */
export function fuse(
  lexical: readonly Candidate[],
  vector: readonly Candidate[],
  vectorWeight: number = defaultVectorWeight,
): Ranked[] {
  const fused = new Map<string, Ranked>();
  inOrder(lexical).forEach(({ id, score }, index, [best]) => {
    fused.set(id, { id, score: (1 - vectorWeight) * share(score, best), lexicalRank: index + 1 });
  });
  inOrder(vector).forEach(({ id, score }, index, [best]) => {
    const known = fused.get(id);
    const total = (known?.score ?? 0) + vectorWeight * share(score, best);
    fused.set(id, { id, score: total, lexicalRank: known?.lexicalRank, vectorRank: index + 1 });
  });
  return inOrder([...fused.values()]);
}

function inOrder<T extends Candidate>(candidates: readonly T[]): T[] {
  return candidates.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : Number(a.id > b.id)));
}

function share(score: number, best: Candidate | undefined): number {
  return best === undefined || best.score <= 0 ? 0 : Math.max(0, score / best.score);
}
