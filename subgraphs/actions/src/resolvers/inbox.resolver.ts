import { connection, type Edge, PageArgs, PageInfo, parsePage, type RequestContext } from '@countersign/kernel';
import { Args, Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Action } from '../entities/action.ts';
import type { Inbox } from '../services/inbox.ts';

@ObjectType({ description: 'An action that waits for you.' })
export class InboxEdge implements Edge<Action> {
  @Field(() => Action, { description: 'The action.' })
  node!: Action;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;

  @Field(() => [String], { description: 'What approvals it still lacks, in words.' })
  missing!: string[];
}

@ObjectType({ description: 'A page of what waits for you.' })
export class InboxConnection {
  @Field(() => [InboxEdge], { description: 'What waits longest comes first. Every page is full, or the last one.' })
  edges!: InboxEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'How many there are in all; 100 where there are as many or more.' })
  count!: number;
}

@Resolver()
export class InboxResolver {
  readonly #inbox: Inbox;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  @Query(() => InboxConnection, {
    nullable: true,
    description:
      'What waits for your approval: what you may see and approve, did not make yourself, and would bring nearer.',
  })
  async inbox(@Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext): Promise<InboxConnection> {
    const page = parsePage(args);
    const { waiting, count } = await this.#inbox.page(context, page);
    const found = connection(waiting, page, ({ action, missing }, cursor) => ({
      node: action,
      cursor: cursor({ id: action.id }),
      missing: missing.map(({ reason }) => reason),
    }));
    return { ...found, count };
  }
}
