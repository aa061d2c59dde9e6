import { sentencesOf, termsOf } from '@countersign/kernel/text';
import { compose } from './claims.ts';
import type { AnswerPassage, AnswerProvider, ProviderAnswer } from './provider.ts';

/**
 * Answers without a model: the sentences that together hold the most of what is asked, as they stand. Refuses where
 * they hold too little. The same question and passages give the same answer.
 */
export const localProvider: AnswerProvider = {
  id: 'local',
  // Its work is priced by compute time; it reads no tokens.
  tiers: { local: { name: 'extractive-v1', prices: { input: 0, output: 0 } } },
  async answer({ question, passages, signal }) {
    signal?.throwIfAborted();
    const started = performance.now();
    const answer = extract(question, passages);
    return { ...answer, usage: { inputTokens: 0, outputTokens: 0, computeMs: performance.now() - started } };
  },
};

// A passage that holds half of what is asked tells about it; three sentences are read, ten are skipped.
const limits = { leastCoverage: 0.5, leastGain: 0.1, sentences: 3, elsewhereInPassage: 0.5 } as const;

interface Candidate {
  readonly passage: AnswerPassage;
  readonly sentence: string;
  readonly terms: ReadonlySet<string>;
  /** What the passage and its title hold besides: it says what the sentence is about. */
  readonly context: ReadonlySet<string>;
}

function extract(question: string, passages: readonly AnswerPassage[]): Omit<ProviderAnswer, 'usage'> {
  const asked = new Set(termsOf(question).filter((term) => !questionTerms.has(term)));
  if (passages.length === 0) return refuse('NO_PASSAGES', 'There is no passage to answer from.', 0);
  if (asked.size === 0) return refuse('LOW_COVERAGE', 'The question holds no word that can be looked for.', 0);
  const candidates = candidatesOf(passages);
  const weights = weigh(asked, candidates);
  const chosen = choose(candidates, weights);
  const coverage = coverageOf(chosen, weights);
  if (coverage < limits.leastCoverage) {
    const missing = [...asked].filter(
      (term) => !chosen.some(({ terms, context }) => terms.has(term) || context.has(term)),
    );
    const what = missing.length > 0 ? `; nothing is said of: ${missing.join(', ')}` : '';
    const share = Math.round(coverage * 100);
    return refuse(
      'LOW_COVERAGE',
      `The passages hold ${share}% of what is asked, which is too little${what}.`,
      coverage,
    );
  }
  const claims = chosen.map(({ passage, sentence }) => ({
    sentence,
    quotes: [{ passageId: passage.id, quote: sentence }],
  }));
  return { status: 'ANSWERED', ...compose(claims), confidence: coverage };
}

// They ask for an answer of some kind and stand in no answer.
const questionTerms = new Set(termsOf('many much often long soon tell explain describe list give show find please'));

function refuse(
  refusalReason: 'NO_PASSAGES' | 'LOW_COVERAGE',
  text: string,
  confidence: number,
): Omit<ProviderAnswer, 'usage'> {
  return { status: 'REFUSED', refusalReason, text, quotes: [], confidence };
}

function candidatesOf(passages: readonly AnswerPassage[]): Candidate[] {
  return passages.flatMap((passage) => {
    const context = new Set(termsOf(`${passage.documentTitle}\n${passage.text}`));
    return sentencesOf(passage.text)
      .map(({ start, end }) => passage.text.slice(start, end))
      .filter((sentence) => !isHeadingOrBare(sentence))
      .map((sentence) => ({ passage, sentence, terms: new Set(termsOf(sentence)), context }));
  });
}

const isHeadingOrBare = (sentence: string): boolean =>
  /^#{1,6}\s/.test(sentence) || !/\p{L}.*\s.*[\p{L}\p{N}]/su.test(sentence);

/**
 * What each term of the question counts: the rarer among the sentences, the more. One that stands in none counts like
 * the average of the others, since it may only be another word for what is said.
 */
function weigh(asked: ReadonlySet<string>, candidates: readonly Candidate[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const term of asked) {
    const holding = candidates.filter(({ terms, context }) => terms.has(term) || context.has(term)).length;
    if (holding > 0) weights.set(term, Math.log(2 + candidates.length / holding));
  }
  const known = [...weights.values()];
  const average = known.length === 0 ? 1 : known.reduce((a, b) => a + b) / known.length;
  for (const term of asked) if (!weights.has(term)) weights.set(term, average);
  return weights;
}

/** Takes the sentence that adds the most, again and again, then puts those taken in the order of the passages. */
function choose(candidates: readonly Candidate[], weights: ReadonlyMap<string, number>): Candidate[] {
  const chosen: Candidate[] = [];
  while (chosen.length < limits.sentences) {
    const covered = coverageOf(chosen, weights);
    let best: Candidate | undefined;
    let bestGain: number = limits.leastGain;
    for (const candidate of candidates) {
      const gain = coverageOf([...chosen, candidate], weights) - covered;
      if (gain > bestGain) [best, bestGain] = [candidate, gain];
    }
    if (!best) break;
    chosen.push(best);
  }
  return candidates.filter((candidate) => chosen.includes(candidate));
}

function coverageOf(sentences: readonly Candidate[], weights: ReadonlyMap<string, number>): number {
  let total = 0;
  let covered = 0;
  for (const [term, weight] of weights) {
    total += weight;
    if (sentences.some(({ terms }) => terms.has(term))) covered += weight;
    else if (sentences.some(({ context }) => context.has(term))) covered += weight * limits.elsewhereInPassage;
  }
  return total === 0 ? 0 : covered / total;
}
