import type { AnswerStatus } from './entities/answer.ts';
import type { AnswerAttempt } from './entities/route.ts';

/** Models, or compute here, were used to answer a question. Costs are this subgraph's own, at its dated price table. */
export interface InferenceUsed {
  readonly answerId: string;
  readonly status: `${AnswerStatus}`;
  readonly attempts: readonly Pick<
    AnswerAttempt,
    'tier' | 'provider' | 'model' | 'inputTokens' | 'outputTokens' | 'computeMs' | 'costUsd'
  >[];
}
