import { connection, loadTogether, PageArgs, parsePage, type RequestContext } from '@countersign/kernel';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Group } from '../entities/group.ts';
import { Role } from '../entities/role.ts';
import type { People } from '../services/people.ts';
import type { MemberPage } from '../statements/user-lists.ts';
import { GroupConnection } from './group-types.ts';
import { textIn } from './positions.ts';
import { UserConnection } from './user-types.ts';

@Resolver(() => Group)
export class GroupResolver {
  readonly #people: People;

  constructor(people: People) {
    this.#people = people;
  }

  @Query(() => GroupConnection, { description: "The tenant's groups, by name." })
  async groups(@Args(() => PageArgs) args: PageArgs, @Ctx() { principal }: RequestContext): Promise<GroupConnection> {
    const page = parsePage(args);
    const found = await this.#people.groups(principal, textIn(page, 'name'), page.first + 1);
    return connection(found, page, ({ group, position }, cursor) => ({
      node: group,
      cursor: cursor({ name: position }),
    }));
  }

  @Query(() => Group, { nullable: true, description: 'A group by id; null when there is none.' })
  async group(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<Group | null> {
    const [group] = await this.#people.groupsById(principal, [id]);
    return group ?? null;
  }

  @FieldResolver(() => UserConnection, {
    nullable: true,
    description: 'The people who are in the group itself, not through another, by name.',
  })
  async members(
    @Root() { id: groupId }: Group,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<UserConnection> {
    const page = parsePage(args);
    const wanted = { groupId, after: textIn(page, 'person'), limit: page.first + 1 };
    const load = (pages: readonly MemberPage[]) => this.#people.membersOf(context.principal, pages);
    const found = (await loadTogether(context, 'Group.members', wanted, load)) ?? [];
    return connection(found, page, ({ user, position }, cursor) => ({
      node: user,
      cursor: cursor({ person: position }),
    }));
  }

  @FieldResolver(() => [Group], { description: 'The groups that are in this one itself, by name.' })
  async children(@Root() { id }: Group, @Ctx() context: RequestContext): Promise<Group[]> {
    const load = (ids: readonly string[]) => this.#people.childrenOf(context.principal, ids);
    return (await loadTogether(context, 'Group.children', id, load)) ?? [];
  }

  @FieldResolver(() => [Role], {
    description: 'The roles that being in the group hands on, with those of the groups that it is in, by name.',
  })
  async roles(@Root() { id }: Group, @Ctx() context: RequestContext): Promise<Role[]> {
    const load = (ids: readonly string[]) => this.#people.rolesOfGroups(context.principal, ids);
    return (await loadTogether(context, 'Group.roles', id, load)) ?? [];
  }
}
