import { followed, payload, type RequestContext, UserError } from '@countersign/kernel';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { Action } from '../entities/action.ts';
import { type ActionChangeKind, ActionChangeKindEnum } from '../entities/action-change-kind.ts';
import { ActionStatusEnum } from '../entities/action-status.ts';
import type { Changed, WantedChanges } from '../services/action-changes.ts';
import type { ActionReader } from '../services/action-reader.ts';
import type { Inbox } from '../services/inbox.ts';
import type { ActionStatus } from '../services/lifecycle/index.ts';
import type { Reminders } from '../services/reminders.ts';

@ArgsType()
export class ActionChangedArgs implements WantedChanges {
  @Field(() => ID, { nullable: true, description: 'This action alone.' })
  actionId?: string | null;

  @Field(() => String, { nullable: true, description: 'Actions of this tool, such as `fhir.createServiceRequest`.' })
  tool?: string | null;

  @Field(() => [ActionStatusEnum], { nullable: true, description: 'Changes after which it stands at one of these.' })
  statuses?: ActionStatus[] | null;
}

@ObjectType({ description: 'Something that happened to an action.' })
export class ActionChange {
  @Field(() => ActionChangeKindEnum, { description: 'What happened.' })
  kind!: ActionChangeKind;

  @Field(() => Date, { description: 'When.' })
  at!: Date;

  @Field(() => ActionStatusEnum, { description: 'Where it stood then; `action.status` says where it stands by now.' })
  status!: ActionStatus;

  @Field(() => Action, { description: 'The action as it is now, as far as you may see it.' })
  action!: Action;
}

@ObjectType({ description: 'An action that asks for your approval.' })
export class ApprovalRequest {
  @Field(() => Action, { description: 'The action as it is now, as far as you may see it.' })
  action!: Action;

  @Field(() => [String], { description: 'What approvals it still lacks, in words.' })
  missing!: string[];

  @Field(() => Date, { description: 'When it asked.' })
  at!: Date;

  @Field({ description: 'Whether it asked before, and somebody reminds you.' })
  reminder!: boolean;

  @Field(() => String, { nullable: true, description: 'What was written with the reminder.' })
  comment!: string | null;
}

@InputType({ description: 'Of which action to remind.' })
export class RemindApproversInput {
  @Field(() => ID, { description: 'The action.' })
  actionId!: string;

  @Field(() => String, { nullable: true, description: 'What to tell them, and the log; at most 2000 characters.' })
  comment?: string | null;
}

@ObjectType({ description: 'What came of reminding.' })
export class RemindApproversPayload {
  @Field(() => Action, { nullable: true, description: 'The action; null when it was refused.' })
  action?: Action | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

/** An event that answers null concerns what the caller may not see, or need not: it is not told. */
@Resolver()
export class LiveResolver {
  readonly #reader: ActionReader;
  readonly #inbox: Inbox;
  readonly #reminders: Reminders;

  constructor(parts: { reader: ActionReader; inbox: Inbox; reminders: Reminders }) {
    this.#reader = parts.reader;
    this.#inbox = parts.inbox;
    this.#reminders = parts.reminders;
  }

  @Subscription(() => ActionChange, {
    nullable: true,
    subscribe: followed,
    description: 'What happens to actions that you may see, from now on. What happened before is not told.',
  })
  async actionChanged(
    @Root() { actionId, kind, at, status }: Changed,
    @Args(() => ActionChangedArgs) _wanted: ActionChangedArgs,
    @Ctx() context: RequestContext,
  ): Promise<ActionChange | null> {
    const action = await this.#reader.one(context, actionId);
    return action && { kind, at, status, action };
  }

  @Subscription(() => ApprovalRequest, {
    nullable: true,
    subscribe: followed,
    description: 'Actions that begin to wait for your approval, as `inbox` has them, and reminders of those that do.',
  })
  async approvalRequested(
    @Root() { actionId, kind, at }: Changed,
    @Ctx() context: RequestContext,
  ): Promise<ApprovalRequest | null> {
    const waiting = await this.#inbox.one(context, actionId);
    if (!waiting) return null;
    const reminder = kind === 'REMINDED';
    const comment = reminder ? await this.#reminders.lastComment(actionId, context) : null;
    const missing = waiting.missing.map(({ reason }) => reason);
    return { action: waiting.action, missing, at, reminder, comment };
  }

  @Mutation(() => RemindApproversPayload, {
    nullable: true,
    description: 'Tells those again who could approve an action that waits for it, at most once an hour.',
  })
  remindApprovers(
    @Arg('input', () => RemindApproversInput, { description: 'Of what.' }) { actionId, comment }: RemindApproversInput,
    @Ctx() context: RequestContext,
  ): Promise<RemindApproversPayload> {
    return payload(async () => {
      await this.#reminders.remind(actionId, comment ?? null, context);
      return { action: await this.#reader.one(context, actionId) };
    });
  }
}
