import { connection, holds, parsePage, payload, type RequestContext, type UserError } from '@countersign/kernel';
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { Action } from '../entities/action.ts';
import { isOpen, seesActionData } from '../sensitive-data.ts';
import type { ActionReader } from '../services/action-reader.ts';
import type { Approvals } from '../services/approvals.ts';
import type { ConnectorStatuses } from '../services/connector-statuses.ts';
import type { DeadLetters } from '../services/dead-letters.ts';
import type { JsonObject } from '../services/decision-log/index.ts';
import type { Executions } from '../services/executions.ts';
import type { Revisions } from '../services/revisions.ts';
import { callerCode } from '../services/tool-calls.ts';
import type { Undos } from '../services/undos.ts';
import {
  AbandonActionInput,
  AbandonActionPayload,
  ActionConnection,
  ActionsArgs,
  ApproveActionInput,
  ApproveActionPayload,
  type DecisionInput,
  ExecuteActionInput,
  ExecuteActionPayload,
  PreviewActionInput,
  PreviewActionPayload,
  RejectActionInput,
  RejectActionPayload,
  RequeueActionInput,
  RequeueActionPayload,
  ReviseActionInput,
  ReviseActionPayload,
  UndoActionInput,
  UndoActionPayload,
} from './action-types.ts';

@Resolver(() => Action)
export class ActionResolver {
  readonly #reader: ActionReader;
  readonly #approvals: Approvals;
  readonly #executions: Executions;
  readonly #undos: Undos;
  readonly #revisions: Revisions;
  readonly #deadLetters: DeadLetters;
  readonly #statuses: Pick<ConnectorStatuses, 'degraded'>;

  constructor(parts: {
    reader: ActionReader;
    approvals: Approvals;
    executions: Executions;
    undos: Undos;
    revisions: Revisions;
    deadLetters: DeadLetters;
    connectorStatuses: Pick<ConnectorStatuses, 'degraded'>;
  }) {
    this.#reader = parts.reader;
    this.#approvals = parts.approvals;
    this.#executions = parts.executions;
    this.#undos = parts.undos;
    this.#revisions = parts.revisions;
    this.#deadLetters = parts.deadLetters;
    this.#statuses = parts.connectorStatuses;
  }

  @Query(() => Action, { nullable: true, description: 'An action; null when there is none, or none that you may see.' })
  action(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Action | null> {
    return this.#reader.one(context, id);
  }

  @Query(() => ActionConnection, { description: 'Actions, newest first.' })
  async actions(@Args(() => ActionsArgs) args: ActionsArgs, @Ctx() context: RequestContext): Promise<ActionConnection> {
    const page = parsePage(args);
    const rows = await this.#reader.page(context, page, args.status);
    return connection(rows, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  @Mutation(() => ApproveActionPayload, { nullable: true, description: 'Approves what someone else proposed.' })
  approveAction(
    @Arg('input', () => ApproveActionInput, { description: 'The decision.' }) input: ApproveActionInput,
    @Ctx() context: RequestContext,
  ): Promise<ApproveActionPayload> {
    return this.#answer(context, () => this.#approvals.approve(decisionOf(input), context));
  }

  @Mutation(() => RejectActionPayload, {
    nullable: true,
    description: 'Rejects what someone else proposed, or takes back what one proposed oneself, before it is executed.',
  })
  rejectAction(
    @Arg('input', () => RejectActionInput, { description: 'The decision.' }) input: RejectActionInput,
    @Ctx() context: RequestContext,
  ): Promise<RejectActionPayload> {
    return this.#answer(context, () => this.#approvals.reject(decisionOf(input), context));
  }

  @Mutation(() => ExecuteActionPayload, {
    nullable: true,
    description:
      'Executes what was approved, once, however often it is called; answers the outcome when it was executed before.',
  })
  executeAction(
    @Arg('input', () => ExecuteActionInput, { description: 'Which action.' }) { actionId }: ExecuteActionInput,
    @Ctx() context: RequestContext,
  ): Promise<ExecuteActionPayload> {
    return this.#answer(
      context,
      () => this.#executions.execute(actionId, context),
      (action) => action,
    );
  }

  @Mutation(() => PreviewActionPayload, {
    nullable: true,
    description:
      'Asks the tool again what it would do. Where that has changed it is a new plan, which needs new approvals. Takes leave to propose with the tool.',
  })
  previewAction(
    @Arg('input', () => PreviewActionInput, { description: 'Which action.' }) { actionId }: PreviewActionInput,
    @Ctx() context: RequestContext,
  ): Promise<PreviewActionPayload> {
    return this.#answer(context, () => this.#revisions.previewAgain(actionId, context));
  }

  @Mutation(() => ReviseActionPayload, {
    nullable: true,
    description:
      'Changes what an action is to do, before it is done: a new plan, which needs new approvals, and not from who made the change. Takes leave to propose with the tool.',
  })
  reviseAction(
    @Arg('input', () => ReviseActionInput, { description: 'The edit.' }) { actionId, input, reason }: ReviseActionInput,
    @Ctx() context: RequestContext,
  ): Promise<ReviseActionPayload> {
    // Whatever JSON it is, the tool's schema says whether it does.
    return this.#answer(context, () =>
      this.#revisions.revise(actionId, { input: input as JsonObject, reason }, context),
    );
  }

  @Mutation(() => RequeueActionPayload, {
    nullable: true,
    description: 'Gives a failed action a new budget of tries, the first of them at once. Takes leave to execute it.',
  })
  requeueAction(
    @Arg('input', () => RequeueActionInput, { description: 'Which action, and why.' }) input: RequeueActionInput,
    @Ctx() context: RequestContext,
  ): Promise<RequeueActionPayload> {
    return this.#answer(context, () => this.#deadLetters.requeue(input.actionId, input.reason, context));
  }

  @Mutation(() => AbandonActionPayload, {
    nullable: true,
    description: 'Gives a failed action up, for good. Takes leave to execute it.',
  })
  abandonAction(
    @Arg('input', () => AbandonActionInput, { description: 'Which action, and why.' }) input: AbandonActionInput,
    @Ctx() context: RequestContext,
  ): Promise<AbandonActionPayload> {
    return this.#answer(context, () => this.#deadLetters.abandon(input.actionId, input.reason, context));
  }

  @Mutation(() => UndoActionPayload, {
    nullable: true,
    description: 'Undoes what was done, by an action of its own; answers the first action.',
  })
  undoAction(
    @Arg('input', () => UndoActionInput, { description: 'Which action, and why.' }) {
      actionId,
      reason,
    }: UndoActionInput,
    @Ctx() context: RequestContext,
  ): Promise<UndoActionPayload> {
    return this.#answer(
      context,
      () => this.#undos.undo(actionId, reason, context),
      (action) => action.undo ?? null,
    );
  }

  /** What came of it, the action being shown as far as the caller may see it by now. */
  async #answer(
    context: RequestContext,
    work: () => Promise<Action>,
    atWork: (action: Action) => Action | null = () => null,
  ): Promise<ExecuteActionPayload> {
    const { action, userErrors } = await payload(async () => ({ action: await work() }));
    if (!action) return { action: null, userErrors };
    const worked = atWork(action);
    const errors = worked ? outcomeErrors(shownTo(context, worked)) : [];
    const degraded = this.#statuses.degraded(context.principal.tenantId, action.tool);
    return { action: await this.#reader.one(context, action.id), userErrors: errors, degraded };
  }
}

/** What the other side says may be about persons, in an error's message, too; its code says what went wrong anyway. */
function shownTo(context: RequestContext, action: Action): Pick<Action, 'id' | 'status' | 'outcome'> {
  const { id, status, outcome } = action;
  const open = isOpen(action) || holds(context.principal, seesActionData);
  return { id, status, outcome: outcome && !open ? { ...outcome, errorMessage: null } : outcome };
}

const decisionOf = ({ actionId, comment, planHash }: DecisionInput) => ({
  actionId,
  comment: comment ?? null,
  planHash: planHash ?? null,
});

/** What went wrong on the other side stands in the action's outcome, and beside it, where clients look. */
function outcomeErrors({ id: actionId, status, outcome }: Pick<Action, 'id' | 'status' | 'outcome'>): UserError[] {
  const { errorCode, errorMessage } = outcome ?? {};
  if (status === 'STALE') {
    const why = errorMessage ?? (errorCode ? `${errorCode}.` : 'What would happen now is not what was approved.');
    const message = `${why} Nothing was done; see \`drift\`, and use previewAction to plan it anew.`;
    return [{ code: 'PLAN_CHANGED', message, path: null, params: { actionId, status } }];
  }
  const differing = outcome?.deviations?.length ?? 0;
  if (differing > 0 && (status === 'SUCCEEDED' || status === 'PARTIALLY_SUCCEEDED')) {
    const message = `It was done, and differs from what was previewed in ${differing} places: see \`outcome.deviations\`; undoAction takes it back.`;
    return [{ code: 'RESULT_DIFFERS', message, path: null, params: { actionId, status } }];
  }
  if (!errorCode || (status !== 'FAILED' && status !== 'UNKNOWN')) return [];
  const message = `${errorMessage ?? `${errorCode}.`} The action is ${status}; it may be tried again.`;
  return [{ code: callerCode(errorCode), message, path: null, params: { actionId, status } }];
}
