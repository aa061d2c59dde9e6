import {
  connection,
  type Edge,
  JsonScalar,
  PageArgs,
  PageInfo,
  parsePage,
  payload,
  type RequestContext,
  UserError,
} from '@countersign/kernel';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { AccessChange, AccessChangeStatus } from '../entities/access-change.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { idAfter } from './id-cursor.ts';

@ArgsType()
export class AccessChangesArgs extends PageArgs {
  @Field(() => AccessChangeStatus, { nullable: true, description: 'Only those that stand so.' })
  status?: AccessChangeStatus | null;
}

@ObjectType({ description: 'A change of permissions in a list.' })
export class AccessChangeEdge implements Edge<AccessChange> {
  @Field(() => AccessChange, { description: 'The change.' })
  node!: AccessChange;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of changes of permissions.' })
export class AccessChangeConnection {
  @Field(() => [AccessChangeEdge], { description: 'The changes, the newest first.' })
  edges!: AccessChangeEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Which change to approve.' })
export class ApproveAccessChangeInput {
  @Field(() => ID, { description: 'The change.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'What you have to say about it; at most 2,000 characters.' })
  comment?: string | null;
}

@InputType({ description: 'Which change to reject.' })
export class RejectAccessChangeInput extends ApproveAccessChangeInput {}

@ObjectType({ description: 'What came of approving a change of permissions.' })
export class ApproveAccessChangePayload {
  @Field(() => AccessChange, { nullable: true, description: 'The change; null when deciding on it was refused.' })
  change?: AccessChange | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of rejecting a change of permissions.' })
export class RejectAccessChangePayload extends ApproveAccessChangePayload {}

@Resolver(() => AccessChange)
export class AccessChangeResolver {
  readonly #changes: AccessChanges;

  constructor(changes: AccessChanges) {
    this.#changes = changes;
  }

  @Query(() => AccessChangeConnection, {
    description: 'Changes of permissions that wait, or waited, for a second person; the newest first.',
  })
  async accessChanges(
    @Args(() => AccessChangesArgs) args: AccessChangesArgs,
    @Ctx() { principal }: RequestContext,
  ): Promise<AccessChangeConnection> {
    const page = parsePage(args);
    const wanted = { status: args.status, after: idAfter(page) };
    const changes = await this.#changes.listAfter(principal, wanted, page.first + 1);
    return connection(changes, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description: 'The input that it was asked for with, but for its secrets.',
  })
  input(@Root() change: AccessChange): Record<string, unknown> {
    return this.#changes.inputShown(change);
  }

  @Mutation(() => ApproveAccessChangePayload, {
    nullable: true,
    description:
      'Makes a change that waits, as who asked for it stands now. It takes the permission that the change takes, and another person.',
  })
  approveAccessChange(
    @Arg('input', () => ApproveAccessChangeInput, { description: 'Which one.' }) input: ApproveAccessChangeInput,
    @Ctx() context: RequestContext,
  ): Promise<ApproveAccessChangePayload> {
    return payload(async () => ({ change: await this.#changes.approve(input.id, input.comment ?? null, context) }));
  }

  @Mutation(() => RejectAccessChangePayload, {
    nullable: true,
    description:
      'Rejects a change that waits, or takes back one of your own. It takes the permission that the change takes.',
  })
  rejectAccessChange(
    @Arg('input', () => RejectAccessChangeInput, { description: 'Which one.' }) input: RejectAccessChangeInput,
    @Ctx() context: RequestContext,
  ): Promise<RejectAccessChangePayload> {
    return payload(async () => ({ change: await this.#changes.reject(input.id, input.comment ?? null, context) }));
  }
}
