import {
  connection,
  type Edge,
  loadTogether,
  PageArgs,
  PageInfo,
  parsePage,
  payload,
  type RequestContext,
} from '@countersign/kernel';
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import { Assignment } from '../entities/assignment.ts';
import { Group } from '../entities/group.ts';
import { Role } from '../entities/role.ts';
import { User } from '../entities/user.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { assignRole, revokeRole } from '../services/changes/assignment-changes.ts';
import type { Directory } from '../services/directory.ts';
import type { People } from '../services/people.ts';
import type { AssignmentPage } from '../statements/assignment-lists.ts';
import { ChangePayload } from './change-payload.ts';
import { idAfter } from './id-cursor.ts';

@ObjectType({ description: 'An assignment of a role in a list.' })
export class RoleAssignmentEdge implements Edge<Assignment> {
  @Field(() => Assignment, { description: 'The assignment.' })
  node!: Assignment;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of assignments of a role.' })
export class RoleAssignmentConnection {
  @Field(() => [RoleAssignmentEdge], { description: 'The assignments, the oldest first.' })
  edges!: RoleAssignmentEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Which role to revoke, and from whom: from a person or from a group.' })
export class RevokeRoleInput {
  @Field(() => ID, { description: 'The role.' })
  roleId!: string;

  @Field(() => ID, { nullable: true, description: 'The person; null where it is a group.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The group; null where it is a person.' })
  groupId?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({
  description: 'Which role to assign, and to whom: to a person or to a group. You must hold all its permissions.',
})
export class AssignRoleInput extends RevokeRoleInput {
  @Field(() => Date, { nullable: true, description: 'When it ends by itself; null: when it is revoked.' })
  expiresAt?: Date | null;
}

@ObjectType({ description: 'What came of assigning a role.' })
export class AssignRolePayload extends ChangePayload {
  @Field(() => Assignment, { nullable: true, description: 'The assignment; null when it was refused or waits.' })
  assignment?: Assignment | null;
}

@ObjectType({ description: 'What came of revoking a role.' })
export class RevokeRolePayload extends ChangePayload {
  @Field(() => ID, {
    nullable: true,
    description: 'Id of the assignment that was revoked; null when it was refused or waits.',
  })
  revokedAssignmentId?: string | null;
}

interface Parts {
  readonly directory: Directory;
  readonly people: People;
  readonly changes: AccessChanges;
}

@Resolver(() => Assignment)
export class AssignmentResolver {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  @FieldResolver(() => Role, { description: 'The role.' })
  async role(@Root() { roleId }: Assignment, @Ctx() context: RequestContext): Promise<Role> {
    const load = (ids: readonly string[]) => this.#parts.directory.roles(context.principal, ids);
    const role = await loadTogether(context, 'RoleAssignment.role', roleId, load);
    if (!role) throw new Error('An assignment of an unknown role.');
    return role;
  }

  @FieldResolver(() => User, { nullable: true, description: 'The person who holds it; null where it is a group.' })
  async user(@Root() { userId }: Assignment, @Ctx() context: RequestContext): Promise<User | null> {
    if (userId === null) return null;
    const load = (ids: readonly string[]) => this.#parts.directory.users(context.principal, ids);
    return loadTogether(context, 'RoleAssignment.user', userId, load);
  }

  @FieldResolver(() => Group, { nullable: true, description: 'The group that holds it; null where it is a person.' })
  async group(@Root() { groupId }: Assignment, @Ctx() context: RequestContext): Promise<Group | null> {
    if (groupId === null) return null;
    const load = (ids: readonly string[]) => this.#parts.people.groupsById(context.principal, ids);
    return loadTogether(context, 'RoleAssignment.group', groupId, load);
  }

  @Mutation(() => AssignRolePayload, {
    nullable: true,
    description: 'Gives a person or a group a role; where they have it already, its end and reason are changed.',
  })
  assignRole(
    @Arg('input', () => AssignRoleInput, { description: 'What to whom.' }) input: AssignRoleInput,
    @Ctx() context: RequestContext,
  ): Promise<AssignRolePayload> {
    return payload(async () => {
      const draft = { ...whatToWhom(input), expiresAt: input.expiresAt?.toISOString() ?? null };
      const { result: assignment, waiting } = await this.#parts.changes.make(assignRole, draft, context);
      return { assignment, waiting };
    });
  }

  @Mutation(() => RevokeRolePayload, { nullable: true, description: 'Takes a role from a person or a group, at once.' })
  revokeRole(
    @Arg('input', () => RevokeRoleInput, { description: 'What from whom.' }) input: RevokeRoleInput,
    @Ctx() context: RequestContext,
  ): Promise<RevokeRolePayload> {
    return payload(async () => {
      const { result, waiting } = await this.#parts.changes.make(revokeRole, whatToWhom(input), context);
      return { revokedAssignmentId: result?.id ?? null, waiting };
    });
  }
}

/** The assignments of a role, beside the role's own resolver. */
@Resolver(() => Role)
export class RoleAssignmentsResolver {
  readonly #people: People;

  constructor(people: People) {
    this.#people = people;
  }

  @FieldResolver(() => RoleAssignmentConnection, {
    nullable: true,
    description: 'To whom the role is assigned itself, not through a role that includes it; also what has ended.',
  })
  async assignments(
    @Root() { id: roleId }: Role,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<RoleAssignmentConnection> {
    const page = parsePage(args);
    const wanted = { roleId, after: idAfter(page) ?? null, limit: page.first + 1 };
    const load = (pages: readonly AssignmentPage[]) => this.#people.assignmentsOfRoles(context.principal, pages);
    const found = (await loadTogether(context, 'Role.assignments', wanted, load)) ?? [];
    return connection(found, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }
}

const whatToWhom = ({ roleId, userId, groupId, reason }: RevokeRoleInput) => ({
  roleId,
  userId: userId ?? null,
  groupId: groupId ?? null,
  reason: reason ?? null,
});
