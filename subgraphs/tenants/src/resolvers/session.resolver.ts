import {
  CountersignError,
  connection,
  type Edge,
  loadTogether,
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
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Session } from '../entities/session.ts';
import { User } from '../entities/user.ts';
import type { Directory } from '../services/directory.ts';
import type { Sessions } from '../services/sessions.ts';
import { idAfter } from './id-cursor.ts';

@ObjectType({ description: 'A session in a list.' })
export class SessionEdge implements Edge<Session> {
  @Field(() => Session, { description: 'The session.' })
  node!: Session;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of sessions.' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions, the newest first.' })
  edges!: SessionEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Which session to end.' })
export class RevokeSessionInput {
  @Field(() => ID, { description: "The session: one's own, or another's with `tenants:identity:administer`." })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Whose sessions to end.' })
export class RevokeUserSessionsInput {
  @Field(() => ID, { description: 'The person: oneself, or another with `tenants:identity:administer`.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of ending a session.' })
export class RevokeSessionPayload {
  @Field(() => Session, { nullable: true, description: 'The session as it is now; null when it was refused.' })
  session?: Session | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: "What came of ending somebody's sessions." })
export class RevokeUserSessionsPayload {
  @Field(() => Int, { nullable: true, description: 'How many were ended; null when it was refused.' })
  revoked?: number | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver(() => Session)
export class SessionResolver {
  readonly #directory: Directory;
  readonly #sessions: Sessions;

  constructor({ directory, sessions }: { directory: Directory; sessions: Sessions }) {
    this.#directory = directory;
    this.#sessions = sessions;
  }

  @Query(() => SessionConnection, {
    description: "The open sessions of the person who is asking; another's with `tenants:identity:administer`.",
  })
  async sessions(
    @Args(() => PageArgs) args: PageArgs,
    @Arg('userId', () => ID, { nullable: true, description: 'Whose; your own unless told.' }) userId: string | null,
    @Ctx() { principal }: RequestContext,
  ): Promise<SessionConnection> {
    const page = parsePage(args);
    if (userId == null && principal.kind !== 'user') {
      throw new CountersignError('BAD_REQUEST', 'A machine has no sessions: say whose with `userId`.');
    }
    const whose = userId ?? principal.id;
    const sessions = await this.#sessions.openOnes(principal, whose, idAfter(page), page.first + 1);
    return connection(sessions, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who is signed in.' })
  user(@Root() session: Session, @Ctx() context: RequestContext): Promise<User | null> {
    const load = (ids: readonly string[]) => this.#directory.users(context.principal, ids);
    return loadTogether(context, 'Session.user', session.userId, load);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is the one that this is asked with.' })
  current(@Root() session: Session, @Ctx() { principal }: RequestContext): boolean {
    return principal.session === session.id;
  }

  @Mutation(() => RevokeSessionPayload, { nullable: true, description: 'Ends a session at once, everywhere.' })
  revokeSession(
    @Arg('input', () => RevokeSessionInput, { description: 'Which session.' }) { id, reason }: RevokeSessionInput,
    @Ctx() context: RequestContext,
  ): Promise<RevokeSessionPayload> {
    return payload(async () => ({ session: await this.#sessions.revoke(id, reason ?? null, context) }));
  }

  @Mutation(() => RevokeUserSessionsPayload, {
    nullable: true,
    description: 'Ends all sessions of a person at once, everywhere.',
  })
  revokeUserSessions(
    @Arg('input', () => RevokeUserSessionsInput, { description: 'Whose.' }) { userId, reason }: RevokeUserSessionsInput,
    @Ctx() context: RequestContext,
  ): Promise<RevokeUserSessionsPayload> {
    return payload(async () => ({ revoked: await this.#sessions.revokeAll(userId, reason ?? null, context) }));
  }
}
