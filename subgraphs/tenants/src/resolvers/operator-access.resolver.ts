import {
  connection,
  type Edge,
  PageArgs,
  PageInfo,
  parsePage,
  payload,
  type RequestContext,
  UserError,
} from '@countersign/kernel';
import { Arg, Args, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { OperatorAccess } from '../entities/operator-access.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { grantOperatorAccess, revokeOperatorAccess } from '../services/changes/operator-changes.ts';
import type { Operators } from '../services/operators.ts';
import { ChangePayload } from './change-payload.ts';
import { idAfter } from './id-cursor.ts';

@ObjectType({ description: "A platform operator's access in a list." })
export class OperatorAccessEdge implements Edge<OperatorAccess> {
  @Field(() => OperatorAccess, { description: 'The access.' })
  node!: OperatorAccess;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: "A page of platform operators' accesses." })
export class OperatorAccessConnection {
  @Field(() => [OperatorAccessEdge], { description: 'The accesses, the newest first, with those that have ended.' })
  edges!: OperatorAccessEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Which platform operator is let in, to do what and how long.' })
export class GrantOperatorAccessInput {
  @Field({ description: 'Address that the operator signs in to the platform with.' })
  operator!: string;

  @Field(() => [String], {
    description: 'Permission patterns `subgraph:resource:verb`; `*` stands for any part. You must hold all of them.',
  })
  permissions!: string[];

  @Field({ description: 'What it is for; 1 to 1,000 characters.' })
  reason!: string;

  @Field(() => Date, { description: 'When it ends; within 30 days.' })
  expiresAt!: Date;
}

@InputType({ description: 'Which access to take back.' })
export class RevokeOperatorAccessInput {
  @Field(() => ID, { description: 'The access.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of letting a platform operator in.' })
export class GrantOperatorAccessPayload extends ChangePayload {
  @Field(() => OperatorAccess, { nullable: true, description: 'The access; null when it was refused or waits.' })
  operatorAccess?: OperatorAccess | null;
}

@ObjectType({ description: "What came of taking a platform operator's access back." })
export class RevokeOperatorAccessPayload {
  @Field(() => OperatorAccess, { nullable: true, description: 'The access as it is now; null when it was refused.' })
  operatorAccess?: OperatorAccess | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver()
export class OperatorAccessResolver {
  readonly #changes: AccessChanges;
  readonly #operators: Operators;

  constructor({ changes, operators }: { changes: AccessChanges; operators: Operators }) {
    this.#changes = changes;
    this.#operators = operators;
  }

  @Query(() => OperatorAccessConnection, {
    description: "Which of the platform's operators the tenant lets in, or did, the newest first.",
  })
  async operatorAccess(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { principal }: RequestContext,
  ): Promise<OperatorAccessConnection> {
    const page = parsePage(args);
    const accesses = await this.#operators.listAfter(principal, idAfter(page), page.first + 1);
    return connection(accesses, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  @Mutation(() => GrantOperatorAccessPayload, {
    nullable: true,
    description: "Lets one of the platform's operators in. All that they then ask for stands in the tenant's log.",
  })
  grantOperatorAccess(
    @Arg('input', () => GrantOperatorAccessInput, { description: 'Who, what and how long.' })
    { operator, permissions, reason, expiresAt }: GrantOperatorAccessInput,
    @Ctx() context: RequestContext,
  ): Promise<GrantOperatorAccessPayload> {
    return payload(async () => {
      const grant = { operator, permissions, reason, expiresAt: expiresAt.toISOString() };
      const { result, waiting } = await this.#changes.make(grantOperatorAccess, grant, context);
      return { operatorAccess: result, waiting };
    });
  }

  @Mutation(() => RevokeOperatorAccessPayload, {
    nullable: true,
    description: "Takes a platform operator's access back at once.",
  })
  revokeOperatorAccess(
    @Arg('input', () => RevokeOperatorAccessInput, { description: 'Which access.' })
    { id, reason }: RevokeOperatorAccessInput,
    @Ctx() context: RequestContext,
  ): Promise<RevokeOperatorAccessPayload> {
    return payload(async () => {
      const input = { id, reason: reason ?? null };
      const { result: operatorAccess } = await this.#changes.make(revokeOperatorAccess, input, context);
      return { operatorAccess };
    });
  }
}
