import { connection, type Edge, PageArgs, PageInfo, parsePage, type RequestContext } from '@countersign/kernel';
import { Arg, Args, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { LogKey } from '../entities/log-key.ts';
import { TreeHead } from '../entities/tree-head.ts';
import type { LogProofs } from '../services/log-proofs.ts';

@ObjectType({ description: 'A signed tree head in a list.' })
export class TreeHeadEdge implements Edge<TreeHead> {
  @Field(() => TreeHead, { description: 'The head.' })
  node!: TreeHead;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of signed tree heads.' })
export class TreeHeadConnection {
  @Field(() => [TreeHeadEdge], { description: 'The heads, newest first.' })
  edges!: TreeHeadEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'That an entry of the log is in the tree of a signed head (RFC 9162, section 2.1.3).' })
export class LogEntryProof {
  @Field(() => ID, { description: 'The entry.' })
  entryId!: string;

  @Field(() => Int, { description: 'Its number; its leaf has the index `seq - 1`.' })
  seq!: number;

  @Field({ description: "The entry's hash, which the leaf is made of, in hex." })
  hash!: string;

  @Field({ description: 'Its leaf in the tree: SHA-256 over a zero byte and the hash, in hex.' })
  leafHash!: string;

  @Field(() => [String], { description: "The siblings from the leaf up to the head's root, in hex." })
  proof!: readonly string[];
}

@ObjectType({ description: 'That what the log has of an action is in the tree of a signed head.' })
export class ActionProof {
  @Field(() => TreeHead, { description: 'The newest signed head.' })
  head!: TreeHead;

  @Field(() => [LogEntryProof], {
    description: 'One for each entry of the action and of its undo that the head covers, in the order of the log.',
  })
  entries!: readonly LogEntryProof[];
}

@ObjectType({ description: 'That the log only grew between two sizes (RFC 9162, section 2.1.4).' })
export class ConsistencyProof {
  @Field(() => Int, { description: 'The earlier size.' })
  from!: number;

  @Field(() => Int, { description: 'The later size.' })
  to!: number;

  @Field({ description: 'Root of the tree at the earlier size, in hex; compare it with the head that you kept.' })
  fromRoot!: string;

  @Field({ description: 'Root of the tree at the later size, in hex.' })
  toRoot!: string;

  @Field(() => [String], { description: 'The nodes that lead from the one root to the other, in hex.' })
  proof!: readonly string[];
}

@Resolver()
export class LogProofsResolver {
  readonly #proofs: LogProofs;

  constructor(proofs: LogProofs) {
    this.#proofs = proofs;
  }

  @Query(() => TreeHeadConnection, {
    description: 'What was signed about the decision log: one head for each batch that was sealed, newest first.',
  })
  async treeHeads(@Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext): Promise<TreeHeadConnection> {
    const page = parsePage(args);
    const heads = await this.#proofs.heads(context, page);
    return connection(heads, page, (node, cursor) => ({ node, cursor: cursor({ treeSize: node.treeSize }) }));
  }

  @Query(() => [LogKey], {
    description:
      'The public keys that tree heads are checked with, the oldest first. Get them once, and keep them elsewhere.',
  })
  logKeys(@Ctx() context: RequestContext): Promise<LogKey[]> {
    return this.#proofs.keys(context);
  }

  @Query(() => ActionProof, {
    nullable: true,
    description: 'Proves what the log has of an action to who does not trust the server; null while nothing is signed.',
  })
  actionProof(
    @Arg('actionId', () => ID, { description: 'The action.' }) actionId: string,
    @Ctx() context: RequestContext,
  ): Promise<ActionProof | null> {
    return this.#proofs.ofAction(context, actionId);
  }

  @Query(() => ConsistencyProof, {
    description: 'Proves that the log at one size is the beginning of the log at another.',
  })
  consistencyProof(
    @Arg('from', () => Int, { description: 'The earlier size, from 0.' }) from: number,
    @Arg('to', () => Int, { description: 'The later size, at most that of the log.' }) to: number,
    @Ctx() context: RequestContext,
  ): Promise<ConsistencyProof> {
    return this.#proofs.consistency(context, from, to);
  }
}
