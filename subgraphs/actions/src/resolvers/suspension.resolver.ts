import { payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { Suspension } from '../entities/suspension.ts';
import type { Suspensions } from '../services/suspensions.ts';

/** What both have in common. */
@InputType()
abstract class CoveredInput {
  @Field(() => String, { nullable: true, description: 'All tools of this connector, such as `fhir`.' })
  connector?: string | null;

  @Field(() => String, { nullable: true, description: 'This tool alone, such as `fhir.createServiceRequest`.' })
  tool?: string | null;

  @Field({ description: 'Why; kept in the log, and told to whoever is refused. 1 to 2000 characters.' })
  reason!: string;
}

@InputType({ description: 'What to stop: everything, where neither a connector nor a tool is named.' })
export class SuspendActionsInput extends CoveredInput {}

@InputType({ description: 'What goes on, named as it was when it was stopped.' })
export class ResumeActionsInput extends CoveredInput {}

@ObjectType({ description: 'What came of stopping.' })
export class SuspendActionsPayload {
  @Field(() => Suspension, { nullable: true, description: 'What stands now; null when it was refused.' })
  suspension?: Suspension | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of letting it go on.' })
export class ResumeActionsPayload {
  @Field(() => Boolean, { nullable: true, description: 'Whether it was stopped before; null when it was refused.' })
  resumed?: boolean | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver()
export class SuspensionResolver {
  readonly #suspensions: Suspensions;

  constructor(suspensions: Suspensions) {
    this.#suspensions = suspensions;
  }

  @Query(() => [Suspension], { description: 'What is stopped at this moment, the latest first.' })
  suspensions(@Ctx() { principal }: RequestContext): Promise<Suspension[]> {
    return this.#suspensions.all(principal);
  }

  @Mutation(() => SuspendActionsPayload, {
    nullable: true,
    description:
      'Stops everything, or a part of it, at once: nothing of it is executed, tried again or undone. What is under way is brought to its end; proposals and approvals go on.',
  })
  suspendActions(
    @Arg('input', () => SuspendActionsInput, { description: 'What, and why.' }) input: SuspendActionsInput,
    @Ctx() context: RequestContext,
  ): Promise<SuspendActionsPayload> {
    const { connector = null, tool = null, reason } = input;
    return payload(async () => ({ suspension: await this.#suspensions.suspend({ connector, tool }, reason, context) }));
  }

  @Mutation(() => ResumeActionsPayload, { nullable: true, description: 'Lets go on what was stopped.' })
  resumeActions(
    @Arg('input', () => ResumeActionsInput, { description: 'What, and why.' }) input: ResumeActionsInput,
    @Ctx() context: RequestContext,
  ): Promise<ResumeActionsPayload> {
    const { connector = null, tool = null, reason } = input;
    return payload(async () => ({ resumed: await this.#suspensions.resume({ connector, tool }, reason, context) }));
  }
}
