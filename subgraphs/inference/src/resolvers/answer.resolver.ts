import { payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { Answer } from '../entities/answer.ts';
import type { AnswerRecords } from '../services/answer-records.ts';
import type { GroundedAnswers } from '../services/grounded-answers.ts';

@InputType({ description: 'What is asked.' })
export class AnswerInput {
  @Field({ description: 'The question, in any language that the sources are in; at most 4,000 characters.' })
  question!: string;
}

@ObjectType({ description: 'The answer, or what was wrong with the question.' })
export class AnswerPayload {
  @Field(() => Answer, {
    nullable: true,
    description: 'The answer or the refusal; null when there are user errors.',
  })
  answer?: Answer | null;

  @Field(() => [UserError], { description: 'What the caller can mend: `QUESTION_EMPTY`, `QUESTION_TOO_LONG`.' })
  userErrors!: UserError[];
}

@Resolver(() => Answer)
export class AnswerResolver {
  readonly #answers: GroundedAnswers;
  readonly #records: AnswerRecords;

  constructor(answers: GroundedAnswers, records: AnswerRecords) {
    this.#answers = answers;
    this.#records = records;
  }

  @Mutation(() => AnswerPayload, {
    name: 'answer',
    nullable: true,
    description: 'Answers a question from what the caller may read, with quotes, or refuses with a reason.',
  })
  ask(
    @Arg('input', () => AnswerInput, { description: 'What is asked.' }) input: AnswerInput,
    @Ctx() context: RequestContext,
  ): Promise<AnswerPayload> {
    return payload(async () => ({ answer: await this.#answers.answer(input.question, context) }));
  }

  @Query(() => Answer, {
    name: 'answer',
    nullable: true,
    description: 'An answer by its id; null unless the caller asked for it or may audit answers.',
  })
  find(
    @Arg('id', () => ID, { description: 'The id that the answer had when it was given.' }) id: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<Answer | null> {
    return this.#records.find(principal, id);
  }
}
