import type { PrincipalKind } from '@countersign/kernel';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Citation } from './citation.ts';
import { AnswerAttempt, AnswerRoute } from './route.ts';

export enum AnswerStatus {
  ANSWERED = 'ANSWERED',
  REFUSED = 'REFUSED',
}

registerEnumType(AnswerStatus, {
  name: 'AnswerStatus',
  description: 'Whether a question was answered.',
  valuesConfig: {
    ANSWERED: { description: 'There is a text, and every sentence of it is borne out by a quote.' },
    REFUSED: { description: 'There is no answer, and a reason why.' },
  },
});

export enum RefusalCode {
  NOT_IN_SOURCES = 'NOT_IN_SOURCES',
  UNGROUNDED = 'UNGROUNDED',
  LOW_CONFIDENCE = 'LOW_CONFIDENCE',
  DECLINED = 'DECLINED',
}

registerEnumType(RefusalCode, {
  name: 'RefusalCode',
  description: 'Why a question was not answered.',
  valuesConfig: {
    NOT_IN_SOURCES: { description: 'What the asker may read does not say.' },
    UNGROUNDED: { description: 'An answer was written, but no quote of it stands in the sources.' },
    LOW_CONFIDENCE: { description: 'An answer was written, but it is more likely wrong than right.' },
    DECLINED: { description: "The model's provider does not let it answer such a question." },
  },
});

/** A question and what came of it. Never changed once it is there: actions rest on it as evidence. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'A question, and an answer in the words of what the asker may read, or a refusal.' })
@Entity({ schema: 'inference', tableName: 'answer' })
export class Answer {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'text' })
  askedByKind!: PrincipalKind;

  @Property({ type: 'text' })
  askedById!: string;

  @Field({ description: 'The question, as it was asked.' })
  @Property({ type: 'text' })
  question!: string;

  @Field(() => AnswerStatus, { description: 'Whether the question was answered.' })
  @Property({ type: 'text' })
  status!: AnswerStatus;

  @Field(() => String, {
    nullable: true,
    description: 'The answer, in which `[n]` stands for the citation with marker n; null when refused.',
  })
  @Property({ type: 'text', nullable: true })
  text!: string | null;

  @Field(() => Float, { nullable: true, description: 'How likely the answer is right, 0 to 1; null when refused.' })
  @Property({ type: 'double', nullable: true })
  confidence!: number | null;

  @Field(() => RefusalCode, { nullable: true, description: 'Why there is no answer; null when there is one.' })
  @Property({ type: 'text', nullable: true })
  refusalCode!: RefusalCode | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why there is no answer, for a reader, in English; null when there is one.',
  })
  @Property({ type: 'text', nullable: true })
  refusalReason!: string | null;

  @Field(() => [Citation], { description: 'What bears the answer out, by marker; empty when refused.' })
  @Property({ type: 'jsonb' })
  citations!: Citation[];

  @Field(() => AnswerRoute, { description: 'How the answer, or the refusal, came about.' })
  @Property({ type: 'jsonb' })
  route!: AnswerRoute;

  @Field(() => [AnswerAttempt], { description: 'Every try, in order.' })
  @Property({ type: 'jsonb' })
  attempts!: AnswerAttempt[];

  @Property({ type: 'text' })
  correlationId!: string;

  @Property({ type: 'text', nullable: true })
  workflow!: string | null;

  @Property({ type: 'text', nullable: true })
  surface!: string | null;

  @Field(() => Date, { description: 'When it was answered.' })
  @Property({ type: 'datetime' })
  createdAt!: Date;
}
