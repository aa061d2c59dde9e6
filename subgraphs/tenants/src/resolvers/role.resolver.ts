import {
  CountersignError,
  connection,
  type Edge,
  inOrder,
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
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { AccessChange } from '../entities/access-change.ts';
import { Role } from '../entities/role.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { createRole, deleteRole, updateRole } from '../services/changes/role-changes.ts';
import type { Directory } from '../services/directory.ts';

@ObjectType({ description: 'A role in a list.' })
export class RoleEdge implements Edge<Role> {
  @Field(() => Role, { description: 'The role.' })
  node!: Role;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of roles.' })
export class RoleConnection {
  @Field(() => [RoleEdge], { description: 'The roles, by name.' })
  edges!: RoleEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'A new role.' })
export class CreateRoleInput {
  @Field({ description: 'Name, unique within the tenant; 1 to 100 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What the role is for.' })
  description?: string | null;

  @Field(() => [String], {
    description: 'Permission patterns `subgraph:resource:verb`; `*` stands for any part. You must hold all of them.',
  })
  permissions!: string[];

  @Field(() => [ID], { nullable: true, description: 'Roles whose permissions it has, too.' })
  includes?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'What to change of a role; what is absent stays as it is.' })
export class UpdateRoleInput {
  @Field(() => ID, { description: 'The role.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Its new name.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for now.' })
  description?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'All its permission patterns; you must hold those that are new.',
  })
  permissions?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'All the roles whose permissions it has, too.' })
  includes?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Which role to delete.' })
export class DeleteRoleInput {
  @Field(() => ID, { description: 'The role; one that is neither assigned nor included anywhere.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of creating a role.' })
export class CreateRolePayload {
  @Field(() => Role, { nullable: true, description: 'The role; null when it was refused or waits.' })
  role?: Role | null;

  @Field(() => AccessChange, { nullable: true, description: 'The change, where it waits for a second person.' })
  waiting?: AccessChange | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of changing a role.' })
export class UpdateRolePayload extends CreateRolePayload {}

@ObjectType({ description: 'What came of deleting a role.' })
export class DeleteRolePayload {
  @Field(() => ID, {
    nullable: true,
    description: 'Id of the role that was deleted; null when it was refused or waits.',
  })
  deletedRoleId?: string | null;

  @Field(() => AccessChange, { nullable: true, description: 'The change, where it waits for a second person.' })
  waiting?: AccessChange | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver(() => Role)
export class RoleResolver {
  readonly #directory: Directory;
  readonly #changes: AccessChanges;

  constructor({ directory, changes }: { directory: Directory; changes: AccessChanges }) {
    this.#directory = directory;
    this.#changes = changes;
  }

  @Query(() => RoleConnection, { description: "The tenant's roles, by name." })
  async roles(@Args(() => PageArgs) args: PageArgs, @Ctx() { principal }: RequestContext): Promise<RoleConnection> {
    const page = parsePage(args);
    const after = page.after?.name;
    if (after !== undefined && typeof after !== 'string') {
      throw new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list.');
    }
    const roles = await this.#directory.rolesAfter(principal, after, page.first + 1);
    return connection(roles, page, (node, cursor) => ({ node, cursor: cursor({ name: node.name }) }));
  }

  @FieldResolver(() => [Role], { description: 'Roles whose permissions it has, too.' })
  async includes(@Root() role: Role, @Ctx() context: RequestContext): Promise<Role[]> {
    const load = (ids: readonly string[]) => this.#directory.includedIn(context.principal, ids);
    return (await loadTogether(context, 'Role.includes', role.id, load)) ?? [];
  }

  @FieldResolver(() => [String], {
    description: 'Those of its patterns that cover no permission of this version: they grant nothing.',
  })
  async orphanedPermissions(@Root() role: Role, @Ctx() context: RequestContext): Promise<string[]> {
    const load = async (ids: readonly string[]) =>
      inOrder(ids, await this.#directory.orphanedIn(context.principal, ids));
    return (await loadTogether(context, 'Role.orphanedPermissions', role.id, load))?.patterns ?? [];
  }

  @Mutation(() => CreateRolePayload, { nullable: true, description: 'Makes a role out of permissions that you hold.' })
  createRole(
    @Arg('input', () => CreateRoleInput, { description: 'The role.' }) input: CreateRoleInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateRolePayload> {
    return payload(async () => {
      const { name, permissions, description, includes, reason = null } = input;
      const draft = { name, permissions, description: description ?? '', includes: includes ?? [], reason };
      const { result: role, waiting } = await this.#changes.make(createRole, draft, context);
      return { role, waiting };
    });
  }

  @Mutation(() => UpdateRolePayload, { nullable: true, description: 'Changes a role of your own making.' })
  updateRole(
    @Arg('input', () => UpdateRoleInput, { description: 'The change.' }) input: UpdateRoleInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateRolePayload> {
    return payload(async () => {
      const { id, name, description, permissions, includes, reason = null } = input;
      const update = {
        id,
        reason,
        ...(name != null && { name }),
        ...(description != null && { description }),
        ...(permissions && { permissions }),
        ...(includes && { includes }),
      };
      const { result: role, waiting } = await this.#changes.make(updateRole, update, context);
      return { role, waiting };
    });
  }

  @Mutation(() => DeleteRolePayload, { nullable: true, description: 'Deletes a role that nobody holds any more.' })
  deleteRole(
    @Arg('input', () => DeleteRoleInput, { description: 'Which role.' }) { id, reason }: DeleteRoleInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteRolePayload> {
    return payload(async () => {
      const { result, waiting } = await this.#changes.make(deleteRole, { id, reason: reason ?? null }, context);
      return { deletedRoleId: result?.id ?? null, waiting };
    });
  }
}
