import { type Edge, JsonScalar, PageArgs, PageInfo, UserError } from '@countersign/kernel';
import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Bundle, BundleFailure, BundleStatusEnum } from '../entities/bundle.ts';
import type { BundleStatus } from '../services/bundles/index.ts';

@ObjectType({ description: 'A bundle in a list.' })
export class BundleEdge implements Edge<Bundle> {
  @Field(() => Bundle, { description: 'The bundle.' })
  node!: Bundle;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of bundles.' })
export class BundleConnection {
  @Field(() => [BundleEdge], { description: 'The bundles, newest first.' })
  edges!: BundleEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@ArgsType()
export class BundlesArgs extends PageArgs {
  @Field(() => [BundleStatusEnum], { nullable: true, description: 'Only bundles that stand at one of these.' })
  statuses?: BundleStatus[] | null;
}

@InputType({ description: 'One step of a bundle: the call of one tool.' })
export class BundleStepInput {
  @Field({ description: 'Its name within the bundle: a letter, then up to 63 letters, digits, - and _.' })
  key!: string;

  @Field({ description: 'Connector and tool, such as `fhir.createServiceRequest`.' })
  tool!: string;

  @Field(() => JsonScalar, {
    description:
      'What the tool is called with, as its schema has it. `{ "$from": "key", "pointer": "/output/id" }` stands for what another step gives; `/externalId` for how the other side names what was made.',
  })
  input!: object;

  @Field(() => [String], {
    nullable: true,
    description: 'Keys of steps that have to be done before it, beside those that it takes from.',
  })
  dependsOn?: string[] | null;
}

@InputType({ description: 'Which citations of an answer a bundle rests on.' })
export class BundleEvidenceInput {
  @Field(() => ID, { description: 'The answer; it is read again as the caller before it is believed.' })
  answerId!: string;

  @Field(() => [Int], { description: 'Numbers of its citations.' })
  markers!: number[];
}

@InputType({ description: 'What is proposed as one.' })
export class ProposeBundleInput {
  @Field({ description: 'What it is for; 1 to 200 characters.' })
  title!: string;

  @Field(() => [BundleStepInput], { description: 'Its steps, 1 to 50.' })
  steps!: BundleStepInput[];

  @Field(() => BundleFailure, { description: 'What happens when a step fails for good.' })
  onFailure!: BundleFailure;

  @Field(() => String, {
    nullable: true,
    description: 'Names the request: sent again with the same content it is answered with the same bundle.',
  })
  idempotencyKey?: string | null;

  @Field(() => [BundleEvidenceInput], { nullable: true, description: 'What each of its steps rests on.' })
  evidence?: BundleEvidenceInput[] | null;

  @Field(() => String, { nullable: true, description: 'The business process that it belongs to.' })
  workflow?: string | null;

  @Field(() => String, { nullable: true, description: 'Where it is proposed, such as `console` or `api`.' })
  surface?: string | null;
}

/** What an approval and a rejection have in common. */
@InputType()
abstract class BundleDecisionInput {
  @Field(() => ID, { description: 'The bundle.' })
  bundleId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log; at most 2000 characters.' })
  comment?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The plan that was looked at, as `Bundle.planHash` gave it; refused when another one stands now.',
  })
  planHash?: string | null;
}

@InputType({ description: "A checker's approval of a bundle." })
export class ApproveBundleInput extends BundleDecisionInput {}

@InputType({ description: "A checker's rejection of a bundle, or its maker's withdrawal." })
export class RejectBundleInput extends BundleDecisionInput {}

@InputType({ description: 'Which bundle to execute.' })
export class ExecuteBundleInput {
  @Field(() => ID, { description: 'The bundle.' })
  bundleId!: string;
}

/** What is done to a bundle for a reason. */
@InputType()
abstract class BundleReasonInput {
  @Field(() => ID, { description: 'The bundle.' })
  bundleId!: string;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@InputType({ description: 'Which running bundle to cancel, and why.' })
export class CancelBundleInput extends BundleReasonInput {}

@InputType({ description: 'Which bundle to undo, and why.' })
export class UndoBundleInput extends BundleReasonInput {}

@ObjectType({ description: 'What came of proposing a bundle.' })
export class ProposeBundlePayload {
  @Field(() => Bundle, { nullable: true, description: 'The bundle; null when it was refused, or is not yours to see.' })
  bundle?: Bundle | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of approving a bundle.' })
export class ApproveBundlePayload extends ProposeBundlePayload {}

@ObjectType({ description: 'What came of rejecting a bundle.' })
export class RejectBundlePayload extends ProposeBundlePayload {}

@ObjectType({ description: 'What came of executing a bundle, as far as it has come.' })
export class ExecuteBundlePayload extends ProposeBundlePayload {}

@ObjectType({ description: 'What came of cancelling a bundle.' })
export class CancelBundlePayload extends ProposeBundlePayload {}

@ObjectType({ description: 'What came of undoing a bundle, as far as it has come.' })
export class UndoBundlePayload extends ProposeBundlePayload {}
