import { JsonScalar } from '@countersign/kernel';
import type { JsonValue } from '@countersign/plugin-sdk';
import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';

@ObjectType({ description: 'One change that executing would make on the other side.' })
export class Change {
  @Field({ description: 'Where, in the words of the other side: `ServiceRequest.status`.' })
  path!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What is there now; null where there is nothing.' })
  before!: JsonValue;

  @Field(() => JsonScalar, { nullable: true, description: 'What would be there; null where nothing would be left.' })
  after!: JsonValue;
}

@ObjectType({ description: 'What executing would do, as the tool said before anything was done.' })
export class Preview {
  @Field({ description: 'One sentence that a person decides by.' })
  summary!: string;

  @Field(() => [Change], { description: 'Each change on the other side.' })
  changes!: Change[];

  @Field(() => Float, {
    nullable: true,
    description: 'What it will cost on the other side, in US dollars; null when nothing is said.',
  })
  costUsd?: number | null;

  /** Differs when what the preview relied on has changed since. */
  fingerprint?: string;
}

export enum PolicyDecision {
  PERMIT = 'PERMIT',
  REQUIRE_APPROVAL = 'REQUIRE_APPROVAL',
  DENY = 'DENY',
}

registerEnumType(PolicyDecision, {
  name: 'PolicyDecision',
  description: 'What the policies decided about an action.',
  valuesConfig: {
    PERMIT: { description: 'It may be executed, and nobody need be asked.' },
    REQUIRE_APPROVAL: { description: 'It may be executed once someone other than its maker approves.' },
    DENY: { description: 'It may not be executed.' },
  },
});

@ObjectType({ description: 'What the policies decided about an action, and why.' })
export class Policy {
  @Field(() => PolicyDecision, { description: 'The decision.' })
  decision!: PolicyDecision;

  @Field(() => [String], { description: 'The reasons, in words.' })
  reasons!: string[];
}

export enum ItemStatus {
  DONE = 'DONE',
  REFUSED = 'REFUSED',
  PENDING = 'PENDING',
}

registerEnumType(ItemStatus, {
  name: 'ItemStatus',
  description: 'How the other side judged one item of a batch.',
  valuesConfig: {
    DONE: { description: 'It is done.' },
    REFUSED: { description: 'It was refused, and nothing was done of it.' },
    PENDING: { description: 'The other side has it and answers later.' },
  },
});

@ObjectType({ description: 'One item of a batch, judged for itself.' })
export class OutcomeItem {
  @Field({ description: 'Which, as the tool names it, such as `payments/0`.' })
  item!: string;

  @Field(() => ItemStatus, { description: 'How it was judged.' })
  status!: `${ItemStatus}`;

  @Field(() => String, { nullable: true, description: 'How the other side names what was made of it.' })
  externalId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why it was refused: the other side's code; null unless it was.",
  })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was refused, in words; null unless it was.' })
  errorMessage!: string | null;
}

@ObjectType({ description: 'Something that was done otherwise than it was previewed.' })
export class Deviation {
  @Field({ description: 'Where, in the words of the other side.' })
  path!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What the preview said would be there; null for nothing.' })
  planned!: JsonValue;

  @Field(() => JsonScalar, { nullable: true, description: 'What is there; null for nothing.' })
  actual!: JsonValue;
}

@ObjectType({ description: 'What came of an action.' })
export class Outcome {
  @Field(() => String, {
    nullable: true,
    description: 'How the other side names what was made, such as `ServiceRequest/17`.',
  })
  externalId!: string | null;

  @Field(() => JsonScalar, { nullable: true, description: "The tool's output, as its output schema has it." })
  output!: JsonValue;

  @Field(() => String, { nullable: true, description: 'What was done, in one sentence, where the tool says so.' })
  summary!: string | null;

  @Field(() => String, { nullable: true, description: 'Stable code of what went wrong; null when nothing did.' })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong, in English; null when nothing did.' })
  errorMessage!: string | null;

  @Field(() => [OutcomeItem], {
    nullable: true,
    description: 'Each item of a batch, where the other side judges them one by one; null where it judges all as one.',
  })
  items?: OutcomeItem[] | null;

  @Field(() => [Deviation], {
    nullable: true,
    description:
      'Where what was done differs from what was previewed; empty where it does not, null where the tool does not say what it did.',
  })
  deviations?: Deviation[] | null;
}
