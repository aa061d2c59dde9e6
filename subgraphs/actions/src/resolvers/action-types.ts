import { type Edge, JsonScalar, PageArgs, PageInfo, UserError } from '@countersign/kernel';
import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { Action } from '../entities/action.ts';
import { ActionStatusEnum } from '../entities/action-status.ts';
import type { ActionStatus } from '../services/lifecycle/index.ts';
import { ConnectorStatus } from './connector-status.resolver.ts';

@ObjectType({ description: 'An action in a list.' })
export class ActionEdge implements Edge<Action> {
  @Field(() => Action, { description: 'The action.' })
  node!: Action;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of actions.' })
export class ActionConnection {
  @Field(() => [ActionEdge], { description: 'The actions, newest first.' })
  edges!: ActionEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@ArgsType()
export class ActionsArgs extends PageArgs {
  @Field(() => ActionStatusEnum, { nullable: true, description: 'Only actions that stand here.' })
  status?: ActionStatus;
}

/** What an approval and a rejection have in common. */
@InputType()
export abstract class DecisionInput {
  @Field(() => ID, { description: 'The action.' })
  actionId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log; at most 2000 characters.' })
  comment?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The plan that was looked at, as `Action.planHash` gave it; refused when another one stands now.',
  })
  planHash?: string | null;
}

@InputType({ description: "A checker's approval of an action." })
export class ApproveActionInput extends DecisionInput {}

@InputType({ description: "A checker's rejection of an action." })
export class RejectActionInput extends DecisionInput {}

@InputType({ description: 'Which action to execute.' })
export class ExecuteActionInput {
  @Field(() => ID, { description: 'The action.' })
  actionId!: string;
}

@InputType({ description: 'Which action to preview again.' })
export class PreviewActionInput {
  @Field(() => ID, { description: 'The action; not begun, and not over.' })
  actionId!: string;
}

@InputType({ description: 'An edit of an action that is not done yet.' })
export class ReviseActionInput {
  @Field(() => ID, { description: 'The action; not begun, and not over.' })
  actionId!: string;

  @Field(() => JsonScalar, {
    description: 'What the tool is to be called with instead, all of it, as its schema has it.',
  })
  input!: object;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@InputType({ description: 'Which failed action to try again, and why.' })
export class RequeueActionInput {
  @Field(() => ID, { description: 'The action; it has FAILED.' })
  actionId!: string;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@InputType({ description: 'Which failed action to give up, and why.' })
export class AbandonActionInput extends RequeueActionInput {}

@InputType({ description: 'Which action to undo, and why.' })
export class UndoActionInput {
  @Field(() => ID, { description: 'The action to undo.' })
  actionId!: string;

  @Field({ description: 'Why; kept in the log and told to the other side. 1 to 2000 characters.' })
  reason!: string;
}

@ObjectType({ description: 'What came of approving.' })
export class ApproveActionPayload {
  @Field(() => Action, { nullable: true, description: 'The action; null when it was refused, or is not yours to see.' })
  action?: Action | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of rejecting.' })
export class RejectActionPayload extends ApproveActionPayload {}

@ObjectType({ description: 'What came of executing.' })
export class ExecuteActionPayload {
  @Field(() => Action, {
    nullable: true,
    description: 'The action, also when the other side failed; null when it was refused, or is not yours to see.',
  })
  action?: Action | null;

  @Field(() => [UserError], {
    description: 'Why it was refused, or what went wrong on the other side; empty when it was done.',
  })
  userErrors!: UserError[];

  @Field(() => ConnectorStatus, {
    nullable: true,
    description:
      'Why its connector is left alone, and since when; null while it is well. Where the action is still APPROVED it waits (`waitingSince`), and goes by itself.',
  })
  degraded?: ConnectorStatus | null;
}

@ObjectType({ description: 'What came of previewing again.' })
export class PreviewActionPayload extends ApproveActionPayload {}

@ObjectType({ description: 'What came of an edit.' })
export class ReviseActionPayload extends ApproveActionPayload {}

@ObjectType({ description: 'What came of requeueing.' })
export class RequeueActionPayload extends ApproveActionPayload {}

@ObjectType({ description: 'What came of giving up.' })
export class AbandonActionPayload extends ApproveActionPayload {}

@ObjectType({ description: 'What came of undoing.' })
export class UndoActionPayload extends ExecuteActionPayload {}
