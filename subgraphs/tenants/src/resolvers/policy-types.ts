import { type Edge, PageArgs, PageInfo } from '@countersign/kernel';
import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { AccessPolicy, AccessPolicyVersion } from '../entities/access-policy.ts';
import { ChangePayload } from './change-payload.ts';

@ArgsType()
export class PoliciesArgs extends PageArgs {
  @Field(() => Boolean, { nullable: true, description: 'Whether to show those that were retired, too.' })
  includeRetired?: boolean | null;
}

@ObjectType({ description: 'A policy in a list.' })
export class AccessPolicyEdge implements Edge<AccessPolicy> {
  @Field(() => AccessPolicy, { description: 'The policy.' })
  node!: AccessPolicy;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of policies.' })
export class AccessPolicyConnection {
  @Field(() => [AccessPolicyEdge], { description: 'The policies, by name.' })
  edges!: AccessPolicyEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'A version of a policy in a list.' })
export class AccessPolicyVersionEdge implements Edge<AccessPolicyVersion> {
  @Field(() => AccessPolicyVersion, { description: 'The version.' })
  node!: AccessPolicyVersion;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of versions of a policy.' })
export class AccessPolicyVersionConnection {
  @Field(() => [AccessPolicyVersionEdge], { description: 'The versions, the newest first.' })
  edges!: AccessPolicyVersionEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'What a policy must not refuse anew.' })
export class RequireNoNewDenialsInput {
  @Field(() => Date, { description: 'The decisions since then are decided again under the policy.' })
  since!: Date;
}

@InputType({ description: 'A policy, or a new version of one.' })
export class PublishPolicyInput {
  @Field({
    description: 'Its name, 1 to 100 characters: a new one makes a policy, that of a policy its next version.',
  })
  name!: string;

  @Field({
    description:
      'One or several statements in Cedar, at most 64 KiB. What it permits, you must hold yourself. `policyTemplates` has some to begin with.',
  })
  source!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What there is to say about this version; at most 2,000 characters.',
  })
  note?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;

  @Field(() => RequireNoNewDenialsInput, {
    nullable: true,
    description: 'Refuse it if it would have refused what was allowed; absent: publish it whatever it refuses.',
  })
  requireNoNewDenials?: RequireNoNewDenialsInput | null;
}

@InputType({ description: 'Which policy to retire.' })
export class RetirePolicyInput {
  @Field(() => ID, { description: 'The policy.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of publishing a policy.' })
export class PublishPolicyPayload extends ChangePayload {
  @Field(() => AccessPolicy, { nullable: true, description: 'The policy; null when it was refused or waits.' })
  policy?: AccessPolicy | null;
}

@ObjectType({ description: 'What came of retiring a policy.' })
export class RetirePolicyPayload extends PublishPolicyPayload {}
