import { costUsd } from './cost.ts';
import { type Citation, ground, type SourcePassage } from './grounding.ts';
import { localProvider } from './providers/local.ts';
import {
  type AnswerPassage,
  type AnswerProvider,
  type ProviderAnswer,
  ProviderError,
  type ProviderErrorCode,
  type ProviderId,
  type RefusalReason,
  type Tier,
  type Usage,
} from './providers/provider.ts';
import { difficultiesOf } from './question-features.ts';

export interface RoutedQuestion {
  readonly question: string;
  readonly passages: readonly (AnswerPassage & SourcePassage)[];
  /** 0..1: how sure the search is that the passages are about the question. */
  readonly retrievalConfidence: number;
  readonly signal?: AbortSignal;
}

/** One try at an answer, paid for whatever came of it. */
export interface Attempt {
  readonly tier: Tier;
  readonly provider: ProviderId;
  readonly model: string;
  /** Why this tier and provider, for a reader. */
  readonly reason: string;
  readonly usage: Usage;
  readonly costUsd: number;
  readonly latencyMs: number;
  readonly outcome: 'ANSWERED' | 'LOW_CONFIDENCE' | RefusalReason | ProviderErrorCode;
}

export interface RoutedAnswer {
  readonly status: 'ANSWERED' | 'REFUSED';
  /** The answer with its markers, or why there is none. */
  readonly text: string;
  readonly citations: readonly Citation[];
  /** 0..1. */
  readonly confidence: number;
  readonly refusalReason?: RefusalReason;
  /** The attempt that this answer is from, with the cost and time of all attempts together. */
  readonly route: Omit<Attempt, 'outcome' | 'usage'>;
  readonly attempts: readonly Attempt[];
}

export interface RouterOptions {
  /** Model providers in order of preference; empty: the local provider answers alone. */
  readonly providers?: readonly AnswerProvider[];
  /** Below this an answer of a small model is tried again with a large one. */
  readonly leastConfidence?: number;
  readonly computeUsdPerSecond?: number;
}

/** An answer is worth at most so many calls of models; the local provider may then still speak. */
const mostRemoteAttempts = 4;
/** Below this the passages are hardly about the question, and a large model would only refuse at a higher price. */
const leastRetrievalConfidence = 0.2;

/**
 * Answers by the cheapest way that will do. A small model first, unless the question is hard; a large one where the small
 * one refuses, quotes what is not there or is unsure; the next provider where one fails; the local provider at last. What
 * is returned as `ANSWERED` is grounded. Throws only what is not a provider's failure: the caller's own abort.
 */
export function createRouter(options: RouterOptions = {}): (question: RoutedQuestion) => Promise<RoutedAnswer> {
  const providers = options.providers ?? [];
  return async (question) => {
    const results: Result[] = [];
    for (let step: Step | undefined = firstStep(question, providers); step; ) {
      results.push(await attempt(step, question, options));
      step = nextStep(results, question, providers);
    }
    return conclude(results);
  };
}

interface Step {
  readonly provider: AnswerProvider;
  readonly tier: Tier;
  readonly reason: string;
}

interface Result {
  readonly step: Step;
  readonly attempt: Attempt;
  /** Absent where the provider failed. */
  readonly answer?: Pick<RoutedAnswer, 'status' | 'text' | 'citations' | 'confidence' | 'refusalReason'>;
}

function firstStep(question: RoutedQuestion, providers: readonly AnswerProvider[]): Step {
  const [provider] = providers;
  if (question.passages.length === 0) return local('No passage was found, so no model is asked.');
  if (!provider) return local('No model provider is configured.');
  const difficulties = difficultiesOf(question.question);
  if (difficulties.length >= 2 && question.retrievalConfidence >= leastRetrievalConfidence) {
    return { provider, tier: 'large', reason: `Large model at once: the question ${difficulties.join(' and ')}.` };
  }
  const why = difficulties.length > 0 ? `the question ${difficulties[0]}, nothing more` : 'a plain question';
  return { provider, tier: 'small', reason: `Small model first: ${why}.` };
}

function local(reason: string): Step {
  return { provider: localProvider, tier: 'local', reason };
}

async function attempt(step: Step, question: RoutedQuestion, options: RouterOptions): Promise<Result> {
  const { provider, tier, reason } = step;
  const model = provider.tiers[tier];
  if (!model) throw new TypeError(`${provider.id} has no model of tier ${tier}.`);
  const started = performance.now();
  const record = (outcome: Attempt['outcome'], usage: Usage): Attempt => ({
    tier,
    provider: provider.id,
    model: model.name,
    reason,
    usage,
    costUsd: costUsd(usage, model.prices, options.computeUsdPerSecond),
    latencyMs: performance.now() - started,
    outcome,
  });
  try {
    const claimed = await provider.answer({ ...question, tier });
    const answer = check(claimed, question.passages);
    const unsure = tier !== 'local' && answer.confidence < (options.leastConfidence ?? 0.5);
    const outcome = answer.refusalReason ?? (unsure ? 'LOW_CONFIDENCE' : 'ANSWERED');
    return { step, answer, attempt: record(outcome, claimed.usage) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { step, attempt: record(error.code, error.usage) };
  }
}

/** What of a provider's answer can be believed. */
function check(claimed: ProviderAnswer, passages: readonly SourcePassage[]): NonNullable<Result['answer']> {
  if (claimed.status === 'REFUSED') {
    const { status, text, confidence, refusalReason = 'NOT_IN_PASSAGES' } = claimed;
    return { status, text, citations: [], confidence, refusalReason };
  }
  const grounded = ground(claimed, passages);
  if (grounded.status === 'ANSWERED') return { ...grounded, confidence: claimed.confidence };
  return { ...grounded, text: 'An answer was written, but nothing of it stands in the passages.', confidence: 0 };
}

function nextStep(
  results: readonly Result[],
  question: RoutedQuestion,
  providers: readonly AnswerProvider[],
): Step | undefined {
  const last = results.at(-1);
  if (!last || last.step.tier === 'local') return undefined;
  const { provider, tier } = last.step;
  const { outcome } = last.attempt;
  const remaining = results.length < mostRemoteAttempts;
  if (!last.answer) {
    const other = providers.find(({ id }) => !results.some(({ step, answer }) => step.provider.id === id && !answer));
    if (remaining && other)
      return { provider: other, tier, reason: `${provider.id} failed (${outcome}): ${other.id} instead.` };
    return decisive(results) ? undefined : local(`${provider.id} failed (${outcome}) and no other provider is left.`);
  }
  if (tier === 'small' && remaining && deservesLarge(outcome, question)) {
    return {
      provider,
      tier: 'large',
      reason: `Escalated to the large model: the small one's answer was ${inWords(outcome)}.`,
    };
  }
  if (outcome === 'UNGROUNDED' && !decisive(results))
    return local('The models quoted what does not stand in the passages.');
  return undefined;
}

function deservesLarge(outcome: Attempt['outcome'], { retrievalConfidence }: RoutedQuestion): boolean {
  if (outcome === 'LOW_CONFIDENCE' || outcome === 'UNGROUNDED') return true;
  return outcome === 'NOT_IN_PASSAGES' && retrievalConfidence >= leastRetrievalConfidence;
}

function inWords(outcome: Attempt['outcome']): string {
  return outcome === 'NOT_IN_PASSAGES' ? 'a refusal' : outcome.toLowerCase().replace('_', ' ');
}

/** The last answer or refusal to go by: one of the later, larger model before one of the earlier. */
function decisive(results: readonly Result[]): Result | undefined {
  return results.findLast(({ answer }) => answer && answer.refusalReason !== 'UNGROUNDED');
}

function conclude(results: readonly Result[]): RoutedAnswer {
  const result = decisive(results) ?? results.findLast(({ answer }) => answer);
  // The local provider never fails and comes last, so there is always an answer or a refusal.
  if (!result?.answer) throw new TypeError('No provider gave an answer or a refusal.');
  const { outcome: _outcome, usage: _usage, ...route } = result.attempt;
  const attempts = results.map(({ attempt }) => attempt);
  return {
    ...result.answer,
    route: { ...route, costUsd: sum(attempts, 'costUsd'), latencyMs: sum(attempts, 'latencyMs') },
    attempts,
  };
}

function sum(attempts: readonly Attempt[], key: 'costUsd' | 'latencyMs'): number {
  return attempts.reduce((total, attempt) => total + attempt[key], 0);
}
