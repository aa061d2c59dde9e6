import { UserError } from '@countersign/kernel';
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { UntriedReason } from '../services/simulation/untried.ts';

const untriedReasons: Record<UntriedReason, UntriedReason> = {
  NEVER_OCCURRED: 'NEVER_OCCURRED',
  ONLY_LISTS: 'ONLY_LISTS',
  OBJECT_GONE: 'OBJECT_GONE',
  PRINCIPAL_GONE: 'PRINCIPAL_GONE',
  PERMISSION_GONE: 'PERMISSION_GONE',
};

registerEnumType(untriedReasons, {
  name: 'UntriedReason',
  description: 'Why something was not tried.',
  valuesConfig: {
    NEVER_OCCURRED: { description: 'Nobody asked for the permission in the period.' },
    ONLY_LISTS: { description: 'It was asked for lists alone, whose filters are not replayed.' },
    OBJECT_GONE: { description: 'The objects are gone, and the records do not say what they were.' },
    PRINCIPAL_GONE: { description: 'Who asked may not come in any more.' },
    PERMISSION_GONE: { description: 'The permission is not declared any more, or is decided on another type.' },
  },
});

@InputType({ description: 'A policy that would be published.' })
export class ProposedPolicyInput {
  @Field({ description: 'Its name; where there is a policy of that name, it would be its next version.' })
  name!: string;

  @Field({ description: 'Its text in Cedar.' })
  source!: string;
}

@InputType({ description: 'A role with other permissions.' })
export class ProposedRoleInput {
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;

  @Field(() => [String], { description: 'All its own permission patterns.' })
  permissions!: string[];
}

@InputType({ description: 'A role that a person would hold, or not hold any more.' })
export class ProposedAssignmentInput {
  @Field(() => ID, { description: 'The person.' })
  userId!: string;

  @Field(() => ID, { description: 'The role.' })
  roleId!: string;
}

@InputType({ description: 'A change that nobody has made yet, and the period to try it on.' })
export class SimulatePolicyChangeInput {
  @Field(() => Date, { description: 'Where the period begins; the hour that it is in counts whole.' })
  since!: Date;

  @Field(() => Date, { nullable: true, description: 'Where it ends; now unless told.' })
  until?: Date | null;

  @Field(() => [ProposedPolicyInput], { nullable: true, description: 'Policies that would be published.' })
  publish?: ProposedPolicyInput[] | null;

  @Field(() => [ID], { nullable: true, description: 'Policies that would be retired.' })
  retire?: string[] | null;

  @Field(() => [ProposedRoleInput], { nullable: true, description: 'Roles that would be changed.' })
  roles?: ProposedRoleInput[] | null;

  @Field(() => [ProposedAssignmentInput], { nullable: true, description: 'Roles that would be assigned.' })
  assign?: ProposedAssignmentInput[] | null;

  @Field(() => [ProposedAssignmentInput], { nullable: true, description: 'Assignments that would be revoked.' })
  revoke?: ProposedAssignmentInput[] | null;
}

@ObjectType({ description: 'Something that somebody could do and could not do any more, or the other way round.' })
export class AccessFlip {
  @Field({ description: 'Whom it is about, as `kind:id`.' })
  principal!: string;

  @Field({ description: 'The permission.' })
  permission!: string;

  @Field(() => String, { nullable: true, description: 'The type of the object; null where it was about none.' })
  objectType!: string | null;

  @Field(() => ID, { nullable: true, description: 'The object; null, too, where you may not know of it.' })
  objectId!: string | null;

  @Field(() => Float, { description: 'How often it was decided in the period.' })
  times!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The policy that makes the difference, as `name version`; null where roles do.',
  })
  policy!: string | null;

  @Field(() => String, { nullable: true, description: 'The clause of it that decides, in Cedar.' })
  clause!: string | null;
}

@ObjectType({ description: 'What flips for somebody.' })
export class AccessFlipsOfPrincipal {
  @Field({ description: 'Who, as `kind:id`.' })
  principal!: string;

  @Field(() => Int, { description: 'How many permissions on how many objects: each pair once.' })
  total!: number;

  @Field(() => Float, { description: 'How often they were decided in the period.' })
  times!: number;
}

@ObjectType({ description: 'What flips of a permission.' })
export class AccessFlipsOfPermission {
  @Field({ description: 'The permission.' })
  permission!: string;

  @Field(() => Int, { description: 'For how many principals on how many objects: each pair once.' })
  total!: number;

  @Field(() => Float, { description: 'How often they were decided in the period.' })
  times!: number;
}

@ObjectType({
  description: 'What flips one way. Totals are exact; lists have a hundred entries at most, the most frequent first.',
})
export class AccessFlips {
  @Field(() => Int, { description: 'Who, which permission, on which object: each once.' })
  total!: number;

  @Field(() => Float, { description: 'How often they were decided in the period.' })
  times!: number;

  @Field(() => Int, { description: 'For how many principals something flips.' })
  principals!: number;

  @Field(() => Int, { description: 'Of how many permissions something flips.' })
  permissions!: number;

  @Field(() => [AccessFlipsOfPrincipal], { description: 'By principal.' })
  byPrincipal!: AccessFlipsOfPrincipal[];

  @Field(() => [AccessFlipsOfPermission], { description: 'By permission.' })
  byPermission!: AccessFlipsOfPermission[];

  @Field(() => [AccessFlip], { description: 'Examples.' })
  examples!: AccessFlip[];
}

@ObjectType({ description: 'How much was tried.' })
export class DecisionsTried {
  @Field(() => Int, { description: 'Records; what was decided alike within an hour is one.' })
  records!: number;

  @Field(() => Float, { description: 'The decisions that they stand for.' })
  times!: number;
}

@ObjectType({ description: 'Something that the change may change, and that was not tried.' })
export class UntriedPermission {
  @Field({ description: 'The permission.' })
  permission!: string;

  @Field(() => untriedReasons, { description: 'Why it was not tried.' })
  reason!: UntriedReason;

  @Field(() => Float, { description: 'How many decisions could not be tried.' })
  times!: number;
}

@ObjectType({ description: 'What a change would have meant in a period of the past.' })
export class PolicySimulation {
  @Field(() => [UserError], { description: 'What has to be mended first; then nothing was tried.' })
  problems!: UserError[];

  @Field(() => AccessFlips, { description: 'What is allowed now and would be refused.' })
  newlyDenied!: AccessFlips;

  @Field(() => AccessFlips, { description: 'What is refused now and would be allowed.' })
  newlyAllowed!: AccessFlips;

  @Field(() => DecisionsTried, { description: 'How much was tried.' })
  tried!: DecisionsTried;

  @Field(() => Int, { description: 'Records that were decided otherwise than the rules of today decide them.' })
  drifted!: number;

  @Field(() => [UntriedPermission], { description: 'What was not tried, by permission.' })
  untried!: UntriedPermission[];
}
