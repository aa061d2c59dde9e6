import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Attempt } from '../services/router.ts';

export enum AnswerTier {
  LOCAL = 'local',
  SMALL = 'small',
  LARGE = 'large',
}

registerEnumType(AnswerTier, {
  name: 'AnswerTier',
  description: 'How much model an answer takes.',
  valuesConfig: {
    LOCAL: { description: 'No model: sentences of the sources as they stand.' },
    SMALL: { description: 'A cheap model.' },
    LARGE: { description: 'A capable model.' },
  },
});

/** How an answer came about. Stored with its answer, in this shape. */
@ObjectType({ description: 'How an answer came about.' })
export class AnswerRoute {
  @Field(() => AnswerTier, { description: 'Tier that the answer is from.' })
  tier!: Attempt['tier'];

  @Field({ description: 'Provider that the answer is from: `local`, `openai` or `anthropic`.' })
  provider!: string;

  @Field({ description: 'Model that the answer is from.' })
  model!: string;

  @Field({ description: 'Why it was this tier and provider, in English.' })
  reason!: string;

  @Field(() => Float, { description: 'What all attempts together cost, in USD.' })
  costUsd!: number;

  @Field(() => Float, { description: 'How long all attempts together took, in milliseconds.' })
  latencyMs!: number;
}

/** One try at an answer, paid for whatever came of it. Stored with its answer, in this shape. */
@ObjectType({ description: 'One try at an answer, paid for whatever came of it.' })
export class AnswerAttempt {
  @Field(() => AnswerTier, { description: 'Tier that was tried.' })
  tier!: Attempt['tier'];

  @Field({ description: 'Provider that was tried: `local`, `openai` or `anthropic`.' })
  provider!: string;

  @Field({ description: 'Model that was tried.' })
  model!: string;

  @Field({ description: 'Why it was this tier and provider, in English.' })
  reason!: string;

  @Field(() => String, {
    description:
      'What came of it. `ANSWERED`, `LOW_CONFIDENCE`; refused: `NO_PASSAGES`, `LOW_COVERAGE`, `NOT_IN_PASSAGES`, `DECLINED`, `UNGROUNDED`; failed: `UNAVAILABLE`, `RATE_LIMITED`, `TIMEOUT`, `REJECTED`, `BAD_OUTPUT`.',
  })
  outcome!: Attempt['outcome'];

  @Field(() => Int, { description: 'Tokens that the model read.' })
  inputTokens!: number;

  @Field(() => Int, { description: 'Tokens that the model wrote, its thinking among them.' })
  outputTokens!: number;

  @Field(() => Float, { description: 'Compute time spent here, in milliseconds.' })
  computeMs!: number;

  @Field(() => Float, { description: 'What it cost, in USD.' })
  costUsd!: number;

  @Field(() => Float, { description: 'How long it took, in milliseconds.' })
  latencyMs!: number;
}
