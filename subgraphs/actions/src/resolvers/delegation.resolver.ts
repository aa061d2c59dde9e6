import { payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { Delegation } from '../entities/delegation.ts';
import type { Delegations } from '../services/delegations.ts';

@InputType({ description: 'To whom you give your place as an approver, and until when.' })
export class DelegateApprovalsInput {
  @Field(() => ID, { description: 'The user who approves instead; they may approve actions themselves.' })
  to!: string;

  @Field(() => Date, { nullable: true, description: 'From when on; at once where it is left out.' })
  since?: Date | null;

  @Field(() => Date, { description: 'Until when: at most 90 days after it begins.' })
  until!: Date;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@InputType({ description: 'Which delegation to end, and why.' })
export class EndDelegationInput {
  @Field(() => ID, { description: 'The delegation.' })
  id!: string;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@ObjectType({ description: 'What came of giving away a place.' })
export class DelegateApprovalsPayload {
  @Field(() => Delegation, { nullable: true, description: 'The delegation; null when it was refused.' })
  delegation?: Delegation | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of ending a delegation.' })
export class EndDelegationPayload extends DelegateApprovalsPayload {}

@Resolver()
export class DelegationResolver {
  readonly #delegations: Delegations;

  constructor(delegations: Delegations) {
    this.#delegations = delegations;
  }

  @Query(() => [Delegation], { description: 'Who approves in whose place, now or later; the first to end first.' })
  delegations(@Ctx() context: RequestContext): Promise<Delegation[]> {
    return this.#delegations.all(context);
  }

  @Mutation(() => DelegateApprovalsPayload, {
    nullable: true,
    description:
      "Lets somebody's approvals count as yours, too, where gates ask for your roles, groups or name. They still count as one person, and for nothing that you made.",
  })
  delegateApprovals(
    @Arg('input', () => DelegateApprovalsInput, { description: 'To whom, and until when.' })
    { to, since, until, reason }: DelegateApprovalsInput,
    @Ctx() context: RequestContext,
  ): Promise<DelegateApprovalsPayload> {
    return payload(async () => ({
      delegation: await this.#delegations.give({ to, since: since ?? null, until, reason }, context),
    }));
  }

  @Mutation(() => EndDelegationPayload, { nullable: true, description: 'Ends a delegation before its time.' })
  endDelegation(
    @Arg('input', () => EndDelegationInput, { description: 'Which one.' }) { id, reason }: EndDelegationInput,
    @Ctx() context: RequestContext,
  ): Promise<EndDelegationPayload> {
    return payload(async () => ({ delegation: await this.#delegations.end(id, reason, context) }));
  }
}
