import { type Edge, PageInfo } from '@countersign/kernel';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Group, ManagedBy } from '../entities/group.ts';
import { ChangePayload } from './change-payload.ts';

@ObjectType({ description: 'A group in a list.' })
export class GroupEdge implements Edge<Group> {
  @Field(() => Group, { description: 'The group.' })
  node!: Group;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of groups.' })
export class GroupConnection {
  @Field(() => [GroupEdge], { description: 'The groups, by name.' })
  edges!: GroupEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'A new group.' })
export class CreateGroupInput {
  @Field({ description: 'Name, unique within the tenant in whatever case; 1 to 100 characters.' })
  name!: string;

  @Field(() => ManagedBy, { nullable: true, description: "Who says who is in it; the tenant's admins unless told." })
  managedBy?: ManagedBy | null;

  @Field(() => [ID], { nullable: true, description: 'Groups that are in it.' })
  children?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'What to change of a group; what is absent stays as it is.' })
export class UpdateGroupInput {
  @Field(() => ID, { description: 'The group.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Its new name.' })
  name?: string | null;

  @Field(() => ManagedBy, {
    nullable: true,
    description:
      'Who says who is in it from now on. To leave it to the directory you must hold all that the group hands on.',
  })
  managedBy?: ManagedBy | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'All the groups that are in it. To add one you must hold all that this group hands on.',
  })
  children?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Which group to delete.' })
export class DeleteGroupInput {
  @Field(() => ID, { description: 'The group; everybody in it loses what it hands on.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Whom to put into a group.' })
export class AddGroupMembersInput {
  @Field(() => ID, {
    description:
      'The group. You must hold all that it and the groups above it hand on, but where a directory manages it and you may provision for it.',
  })
  groupId!: string;

  @Field(() => [ID], { description: 'The people, at most 20,000; those who are in it stay.' })
  userIds!: string[];

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Whom to take out of a group.' })
export class RemoveGroupMembersInput {
  @Field(() => ID, { description: 'The group.' })
  groupId!: string;

  @Field(() => [ID], { description: 'The people, at most 20,000; those who are not in it are passed over.' })
  userIds!: string[];

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of making a group.' })
export class CreateGroupPayload extends ChangePayload {
  @Field(() => Group, { nullable: true, description: 'The group; null when it was refused or waits.' })
  group?: Group | null;
}

@ObjectType({ description: 'What came of changing a group.' })
export class UpdateGroupPayload extends CreateGroupPayload {}

@ObjectType({ description: 'What came of deleting a group.' })
export class DeleteGroupPayload extends ChangePayload {
  @Field(() => ID, {
    nullable: true,
    description: 'Id of the group that was deleted; null when it was refused or waits.',
  })
  deletedGroupId?: string | null;
}

@ObjectType({ description: 'What came of putting people into a group.' })
export class AddGroupMembersPayload extends CreateGroupPayload {
  @Field(() => Int, {
    nullable: true,
    description: 'How many were not in it before; null when it was refused or waits.',
  })
  added?: number | null;
}

@ObjectType({ description: 'What came of taking people out of a group.' })
export class RemoveGroupMembersPayload extends CreateGroupPayload {
  @Field(() => Int, { nullable: true, description: 'How many were in it; null when it was refused or waits.' })
  removed?: number | null;
}
