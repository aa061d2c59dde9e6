import { JsonScalar, payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Directive, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import {
  scimChangeGroup,
  scimCreateGroup,
  scimDeleteGroup,
  scimReplaceGroup,
} from '../services/changes/scim-group-changes.ts';
import { scimCreateUser, scimDeleteUser, scimReplaceUser } from '../services/changes/scim-user-changes.ts';
import type { ScimReading } from '../services/scim/reading.ts';
import {
  groupChangeShape,
  groupInputShape,
  parseScim,
  queryShape,
  type ScimGroup,
  type ScimUser,
  userInputShape,
} from '../services/scim/shapes.ts';

@Directive('@inaccessible')
@ObjectType({ description: 'What came of a change that a directory made.' })
export class DirectoryPayload {
  @Field(() => JsonScalar, { nullable: true, description: 'The person as they are now.' })
  user?: ScimUser | null;

  @Field(() => JsonScalar, { nullable: true, description: 'The group as it is now.' })
  group?: ScimGroup | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

const hidden = "For the gateway's SCIM service alone: ";
const query = { description: 'Filter, page and order.' };
const idOf = { description: 'Id.' };
const input = { description: 'All of it.' };
const membersToo = { description: 'Whether to answer its members, too.' };
const version = { nullable: true, description: 'The version that it must be at; null: whichever.' };

/** The port of `gateway/src/scim/directory.ts`, in its own shapes. What changes here waits for no second person. */
@Resolver()
export class DirectoryResolver {
  readonly #reading: ScimReading;
  readonly #changes: AccessChanges;

  constructor({ reading, changes }: { reading: ScimReading; changes: AccessChanges }) {
    this.#reading = reading;
    this.#changes = changes;
  }

  @Directive('@inaccessible')
  @Query(() => JsonScalar, { description: `${hidden}a page of people, and how many there are.` })
  directoryUsers(@Arg('query', () => JsonScalar, query) wanted: unknown, @Ctx() { principal }: RequestContext) {
    return this.#reading.findUsers(principal, parseScim(queryShape, wanted));
  }

  @Directive('@inaccessible')
  @Query(() => JsonScalar, { nullable: true, description: `${hidden}one person; null when there is none.` })
  directoryUser(@Arg('id', () => ID, idOf) id: string, @Ctx() { principal }: RequestContext) {
    return this.#reading.user(principal, id);
  }

  @Directive('@inaccessible')
  @Query(() => JsonScalar, { description: `${hidden}a page of groups, and how many there are.` })
  directoryGroups(
    @Arg('query', () => JsonScalar, query) wanted: unknown,
    @Arg('members', () => Boolean, membersToo) members: boolean,
    @Ctx() { principal }: RequestContext,
  ) {
    return this.#reading.findGroups(principal, parseScim(queryShape, wanted), members);
  }

  @Directive('@inaccessible')
  @Query(() => JsonScalar, { nullable: true, description: `${hidden}one group; null when there is none.` })
  directoryGroup(
    @Arg('id', () => ID, idOf) id: string,
    @Arg('members', () => Boolean, membersToo) members: boolean,
    @Ctx() { principal }: RequestContext,
  ) {
    return this.#reading.group(principal, id, members);
  }

  @Directive('@inaccessible')
  @Mutation(() => DirectoryPayload, { nullable: true, description: `${hidden}adds a person.` })
  directoryCreateUser(
    @Arg('input', () => JsonScalar, input) user: unknown,
    @Ctx() context: RequestContext,
  ): Promise<DirectoryPayload> {
    return payload(async () => {
      const draft = { input: parseScim(userInputShape, user) };
      return { user: (await this.#changes.make(scimCreateUser, draft, context)).result };
    });
  }

  @Directive('@inaccessible')
  @Mutation(() => DirectoryPayload, { nullable: true, description: `${hidden}writes a person anew.` })
  directoryReplaceUser(
    @Arg('id', () => ID, idOf) id: string,
    @Arg('input', () => JsonScalar, input) user: unknown,
    @Arg('expectedVersion', () => Int, version) expectedVersion: number | undefined,
    @Ctx() context: RequestContext,
  ): Promise<DirectoryPayload> {
    return payload(async () => {
      const draft = { ...at(id, expectedVersion), input: parseScim(userInputShape, user) };
      return { user: (await this.#changes.make(scimReplaceUser, draft, context)).result };
    });
  }

  @Directive('@inaccessible')
  @Mutation(() => DirectoryPayload, { nullable: true, description: `${hidden}takes a person away for good.` })
  directoryDeleteUser(
    @Arg('id', () => ID, idOf) id: string,
    @Arg('expectedVersion', () => Int, version) expectedVersion: number | undefined,
    @Ctx() context: RequestContext,
  ): Promise<DirectoryPayload> {
    return payload(async () => {
      await this.#changes.make(scimDeleteUser, at(id, expectedVersion), context);
      return {};
    });
  }

  @Directive('@inaccessible')
  @Mutation(() => DirectoryPayload, { nullable: true, description: `${hidden}adds a group.` })
  directoryCreateGroup(
    @Arg('input', () => JsonScalar, input) group: unknown,
    @Arg('members', () => Boolean, membersToo) members: boolean,
    @Ctx() context: RequestContext,
  ): Promise<DirectoryPayload> {
    return payload(async () => {
      const draft = { input: parseScim(groupInputShape, group), reading: { members } };
      return { group: (await this.#changes.make(scimCreateGroup, draft, context)).result };
    });
  }

  @Directive('@inaccessible')
  @Mutation(() => DirectoryPayload, { nullable: true, description: `${hidden}writes a group anew.` })
  directoryReplaceGroup(
    @Arg('id', () => ID, idOf) id: string,
    @Arg('input', () => JsonScalar, input) group: unknown,
    @Arg('members', () => Boolean, membersToo) members: boolean,
    @Arg('expectedVersion', () => Int, version) expectedVersion: number | undefined,
    @Ctx() context: RequestContext,
  ): Promise<DirectoryPayload> {
    return payload(async () => {
      const draft = { ...at(id, expectedVersion), input: parseScim(groupInputShape, group), reading: { members } };
      return { group: (await this.#changes.make(scimReplaceGroup, draft, context)).result };
    });
  }

  @Directive('@inaccessible')
  @Mutation(() => DirectoryPayload, {
    nullable: true,
    description: `${hidden}changes what is named of a group; answers without its members.`,
  })
  directoryChangeGroup(
    @Arg('id', () => ID, idOf) id: string,
    @Arg('change', () => JsonScalar, { description: 'What to change.' }) change: unknown,
    @Arg('expectedVersion', () => Int, version) expectedVersion: number | undefined,
    @Ctx() context: RequestContext,
  ): Promise<DirectoryPayload> {
    return payload(async () => {
      const draft = { ...at(id, expectedVersion), change: parseScim(groupChangeShape, change) };
      return { group: (await this.#changes.make(scimChangeGroup, draft, context)).result };
    });
  }

  @Directive('@inaccessible')
  @Mutation(() => DirectoryPayload, { nullable: true, description: `${hidden}deletes a group.` })
  directoryDeleteGroup(
    @Arg('id', () => ID, idOf) id: string,
    @Arg('expectedVersion', () => Int, version) expectedVersion: number | undefined,
    @Ctx() context: RequestContext,
  ): Promise<DirectoryPayload> {
    return payload(async () => {
      await this.#changes.make(scimDeleteGroup, at(id, expectedVersion), context);
      return {};
    });
  }
}

const at = (id: string, expectedVersion: number | null | undefined) => ({
  id,
  expectedVersion: expectedVersion ?? null,
});
