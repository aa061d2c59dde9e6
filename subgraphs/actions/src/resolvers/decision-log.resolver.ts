import { connection, type Edge, PageArgs, PageInfo, parsePage, type RequestContext } from '@countersign/kernel';
import { Args, ArgsType, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { LogEntry } from '../entities/log-entry.ts';
import type { LogReader } from '../services/log-reader.ts';

@ObjectType({ description: 'An entry in a list.' })
export class LogEntryEdge implements Edge<LogEntry> {
  @Field(() => LogEntry, { description: 'The entry.' })
  node!: LogEntry;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of the decision log.' })
export class DecisionLogConnection {
  @Field(() => [LogEntryEdge], {
    description: 'The entries in the order of the log; those that are not sealed yet come last.',
  })
  edges!: LogEntryEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  @Field({
    description:
      'For an action: all that happened to it and its undo is sealed, and every hash, link and proof holds. Without one: so do the hashes and links of this page.',
  })
  verified!: boolean;
}

@ArgsType()
export class DecisionLogArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only what is about this action and its undo.' })
  actionId?: string;
}

@Resolver(() => LogEntry)
export class DecisionLogResolver {
  readonly #reader: LogReader;

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  @Query(() => DecisionLogConnection, {
    description:
      'What was asked, what it rests on, what was decided and what came of it, of the actions that you may see. 100 entries unless told.',
  })
  async decisionLog(
    @Args(() => DecisionLogArgs) { actionId, first = 100, after }: DecisionLogArgs,
    @Ctx() context: RequestContext,
  ): Promise<DecisionLogConnection> {
    const page = parsePage({ first, after });
    const read = actionId ? this.#reader.ofAction(context, actionId, page) : this.#reader.all(context, page);
    const { entries, verified } = await read;
    const edges = connection(entries, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
    return { ...edges, verified };
  }
}
