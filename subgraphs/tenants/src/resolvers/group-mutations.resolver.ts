import { payload, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ManagedBy } from '../entities/group.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { createGroup, deleteGroup, updateGroup } from '../services/changes/group-changes.ts';
import { addGroupMembers, removeGroupMembers } from '../services/changes/group-member-changes.ts';
import {
  AddGroupMembersInput,
  AddGroupMembersPayload,
  CreateGroupInput,
  CreateGroupPayload,
  DeleteGroupInput,
  DeleteGroupPayload,
  RemoveGroupMembersInput,
  RemoveGroupMembersPayload,
  UpdateGroupInput,
  UpdateGroupPayload,
} from './group-types.ts';

@Resolver()
export class GroupMutations {
  readonly #changes: AccessChanges;

  constructor(changes: AccessChanges) {
    this.#changes = changes;
  }

  @Mutation(() => CreateGroupPayload, { nullable: true, description: 'Makes a group, which hands on nothing yet.' })
  createGroup(
    @Arg('input', () => CreateGroupInput, { description: 'The group.' }) input: CreateGroupInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateGroupPayload> {
    return payload(async () => {
      const { name, managedBy, children, reason = null } = input;
      const draft = { name, managedBy: managedBy ?? ManagedBy.TENANT, children: children ?? [], reason };
      const { result: group, waiting } = await this.#changes.make(createGroup, draft, context);
      return { group, waiting };
    });
  }

  @Mutation(() => UpdateGroupPayload, {
    nullable: true,
    description: "Changes a group's name, the groups in it, or who says who is in it.",
  })
  updateGroup(
    @Arg('input', () => UpdateGroupInput, { description: 'The change.' }) input: UpdateGroupInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateGroupPayload> {
    return payload(async () => {
      const { id, name, managedBy, children, reason = null } = input;
      const update = {
        id,
        reason,
        ...(name != null && { name }),
        ...(managedBy != null && { managedBy }),
        ...(children && { children }),
      };
      const { result: group, waiting } = await this.#changes.make(updateGroup, update, context);
      return { group, waiting };
    });
  }

  @Mutation(() => DeleteGroupPayload, {
    nullable: true,
    description: 'Deletes a group: everybody in it loses what it hands on.',
  })
  deleteGroup(
    @Arg('input', () => DeleteGroupInput, { description: 'Which group.' }) { id, reason }: DeleteGroupInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteGroupPayload> {
    return payload(async () => {
      const { result, waiting } = await this.#changes.make(deleteGroup, { id, reason: reason ?? null }, context);
      return { deletedGroupId: result?.id ?? null, waiting };
    });
  }

  @Mutation(() => AddGroupMembersPayload, {
    nullable: true,
    description: 'Puts people into a group, which hands on to them every role of it and of the groups above it.',
  })
  addGroupMembers(
    @Arg('input', () => AddGroupMembersInput, { description: 'Who.' }) input: AddGroupMembersInput,
    @Ctx() context: RequestContext,
  ): Promise<AddGroupMembersPayload> {
    return payload(async () => {
      const { groupId, userIds, reason = null } = input;
      const { result, waiting } = await this.#changes.make(addGroupMembers, { groupId, userIds, reason }, context);
      return { group: result?.group ?? null, added: result?.changed ?? null, waiting };
    });
  }

  @Mutation(() => RemoveGroupMembersPayload, { nullable: true, description: 'Takes people out of a group.' })
  removeGroupMembers(
    @Arg('input', () => RemoveGroupMembersInput, { description: 'Who.' }) input: RemoveGroupMembersInput,
    @Ctx() context: RequestContext,
  ): Promise<RemoveGroupMembersPayload> {
    return payload(async () => {
      const { groupId, userIds, reason = null } = input;
      const { result, waiting } = await this.#changes.make(removeGroupMembers, { groupId, userIds, reason }, context);
      return { group: result?.group ?? null, removed: result?.changed ?? null, waiting };
    });
  }
}
