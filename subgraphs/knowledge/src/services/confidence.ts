import { idf } from './ranking.ts';

/**
 * How much of what a query asks for a passage speaks of, 0..1: the share of the query's terms that it holds, each
 * counted by how much it tells. A term that no passage holds counts the most, so what nobody wrote about scores low.
 */
export function coverage(
  query: ReadonlyMap<string, number>,
  passage: ReadonlyMap<string, number>,
  passages: number,
  passagesWithTerm: (term: string) => number,
): number {
  let asked = 0;
  let held = 0;
  for (const term of query.keys()) {
    const weight = idf(passages, passagesWithTerm(term));
    asked += weight;
    if (passage.has(term)) held += weight;
  }
  return asked === 0 ? 0 : held / asked;
}

/**
 * The probability, 0..1, that a passage with this coverage belongs to a collection that can answer the query at all.
 * A logistic curve fitted on the best coverage among the top ten passages of 225 Cranfield queries, and of 184 MMLU
 * questions that Cranfield knows nothing of, both sides weighted alike: 0.5 at a coverage of 0.42, AUC 0.97.
 */
export function confidenceOf(coverage: number): number {
  return 1 / (1 + Math.exp(7.14 - 16.83 * coverage));
}
