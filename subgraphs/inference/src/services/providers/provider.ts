import type { TokenPrices, Usage } from '../cost.ts';

export type { Usage } from '../cost.ts';

export type ProviderId = 'local' | 'openai' | 'anthropic';

/** `local` needs no model; `small` and `large` are a provider's cheap and capable models. */
export type Tier = 'local' | 'small' | 'large';

/** Answers a question from passages, with the words of the passages that bear each sentence out. */
export interface AnswerProvider {
  readonly id: ProviderId;
  readonly tiers: Readonly<Partial<Record<Tier, Model>>>;
  /** Throws a `ProviderError` where there is no answer to be had, and the signal's reason where the caller gave up. */
  answer(request: AnswerRequest): Promise<ProviderAnswer>;
}

export interface Model {
  readonly name: string;
  readonly prices: TokenPrices;
}

export interface AnswerRequest {
  readonly question: string;
  /** Best first. Their text is material: it is quoted, never obeyed. */
  readonly passages: readonly AnswerPassage[];
  readonly tier: Tier;
  readonly signal?: AbortSignal;
}

export interface AnswerPassage {
  readonly id: string;
  readonly text: string;
  readonly documentTitle: string;
}

/** What a provider claims; `ground` checks it before anybody believes it. */
export interface ProviderAnswer {
  readonly status: 'ANSWERED' | 'REFUSED';
  /** The answer, where `[n]` cites `quotes[n - 1]`; or why there is none. */
  readonly text: string;
  readonly refusalReason?: RefusalReason;
  readonly quotes: readonly Quote[];
  /** The provider's own estimate, 0..1. */
  readonly confidence: number;
  readonly usage: Usage;
}

/**
 * `NO_PASSAGES`: nothing to answer from. `LOW_COVERAGE`: the passages hold too little of what is asked. `NOT_IN_PASSAGES`:
 * a model read them and found no answer. `DECLINED`: the model will not answer such a question. `UNGROUNDED`: nothing
 * of the answer stands in the passages.
 */
export type RefusalReason = 'NO_PASSAGES' | 'LOW_COVERAGE' | 'NOT_IN_PASSAGES' | 'DECLINED' | 'UNGROUNDED';

export interface Quote {
  readonly passageId: string;
  readonly quote: string;
}

/**
 * `UNAVAILABLE`: no connection, or a fault of theirs. `RATE_LIMITED`: too many requests, or no credit. `TIMEOUT`: no
 * answer in time. `REJECTED`: they take our key, model or request for wrong. `BAD_OUTPUT`: an answer not as asked for.
 */
export type ProviderErrorCode = 'UNAVAILABLE' | 'RATE_LIMITED' | 'TIMEOUT' | 'REJECTED' | 'BAD_OUTPUT';

export class ProviderError extends Error {
  readonly code: ProviderErrorCode;
  readonly provider: ProviderId;
  /** What the failure costs all the same. */
  readonly usage: Usage;

  constructor(provider: ProviderId, code: ProviderErrorCode, message: string, options: ProviderErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'ProviderError';
    this.provider = provider;
    this.code = code;
    this.usage = options.usage ?? { inputTokens: 0, outputTokens: 0, computeMs: 0 };
  }
}

interface ProviderErrorOptions {
  readonly cause?: unknown;
  readonly usage?: Usage;
}

/** The code for an HTTP status; none stands for a connection that failed. */
export function errorCodeOf(status: number | undefined): ProviderErrorCode {
  if (status === undefined || status >= 500) return 'UNAVAILABLE';
  if (status === 408) return 'TIMEOUT';
  return status === 429 ? 'RATE_LIMITED' : 'REJECTED';
}
