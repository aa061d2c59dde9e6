import { connection, loadTogether, parsePage, type RequestContext } from '@countersign/kernel';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Assignment } from '../entities/assignment.ts';
import { Group } from '../entities/group.ts';
import { User } from '../entities/user.ts';
import type { People } from '../services/people.ts';
import { textIn } from './positions.ts';
import { UserConnection, UsersArgs } from './user-types.ts';

@Resolver(() => User)
export class UserResolver {
  readonly #people: People;

  constructor(people: People) {
    this.#people = people;
  }

  @Query(() => UserConnection, { description: "The tenant's people, also those who are not active, by name." })
  async users(
    @Args(() => UsersArgs) { search, groupId, ...args }: UsersArgs,
    @Ctx() { principal }: RequestContext,
  ): Promise<UserConnection> {
    const page = parsePage(args);
    const wanted = { search: search?.trim() || null, groupId: groupId ?? null, after: textIn(page, 'person') };
    const found = await this.#people.users(principal, { ...wanted, limit: page.first + 1 });
    return connection(found, page, ({ user, position }, cursor) => ({
      node: user,
      cursor: cursor({ person: position }),
    }));
  }

  @Query(() => User, { nullable: true, description: 'A person by id; null when there is none.' })
  user(
    @Arg('id', () => ID, { description: 'Their id.' }) id: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<User | null> {
    return this.#people.user(principal, id);
  }

  @FieldResolver(() => [Assignment], {
    nullable: true,
    description: 'The roles that the person was assigned by name, not through a group; also those that have ended.',
  })
  async assignments(@Root() { id }: User, @Ctx() context: RequestContext): Promise<Assignment[]> {
    const load = (ids: readonly string[]) => this.#people.assignmentsOf(context.principal, ids);
    return (await loadTogether(context, 'User.assignments', id, load)) ?? [];
  }

  @FieldResolver(() => [Group], {
    nullable: true,
    description: 'The groups that the person is in, directly or through other groups, by name.',
  })
  async groups(@Root() { id }: User, @Ctx() context: RequestContext): Promise<Group[]> {
    const load = (ids: readonly string[]) => this.#people.groupsOf(context.principal, ids);
    return (await loadTogether(context, 'User.groups', id, load)) ?? [];
  }
}
