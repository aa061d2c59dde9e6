import { type Edge, JsonScalar, PageArgs, PageInfo } from '@countersign/kernel';
import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { User } from '../entities/user.ts';
import { ChangePayload } from './change-payload.ts';

@ObjectType({ description: 'A person in a list.' })
export class UserEdge implements Edge<User> {
  @Field(() => User, { description: 'The person.' })
  node!: User;

  @Field({ description: 'Where they stand in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of people.' })
export class UserConnection {
  @Field(() => [UserEdge], { description: 'The people, by name.' })
  edges!: UserEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@ArgsType()
export class UsersArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Part of their name, in whatever case, or of their address for who may see addresses; at most 200 characters.',
  })
  search?: string | null;

  @Field(() => ID, { nullable: true, description: 'Those alone who are in this group itself.' })
  groupId?: string | null;
}

@InputType({ description: 'A new person, who holds nothing yet.' })
export class CreateUserInput {
  @Field({ description: 'Address that they sign in with; nobody else has it, in whatever case.' })
  email!: string;

  @Field({ description: 'Name as they write it; 1 to 100 characters.' })
  name!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "Values of the tenant's attributes, by name; those that are required must be there.",
  })
  attributes?: unknown;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'What to change of a person; what is absent stays as it is.' })
export class UpdateUserInput {
  @Field(() => ID, { description: 'The person.' })
  userId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Their new address. Whoever receives it can sign in as them: you must hold all that they hold.',
  })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'Their new name.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Whose access to end.' })
export class DeactivateUserInput {
  @Field(() => ID, { description: 'The person; not the last admin.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Whom to give their access back.' })
export class ReactivateUserInput {
  @Field(() => ID, { description: 'The person; you must hold all that they get back.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'What policies see of a person from now on.' })
export class UpdateUserAttributesInput {
  @Field(() => ID, { description: 'The person.' })
  userId!: string;

  @Field(() => JsonScalar, {
    description: "Values of the tenant's attributes, by name; null removes one, what is not named stays.",
  })
  attributes!: unknown;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of adding a person.' })
export class CreateUserPayload extends ChangePayload {
  @Field(() => User, { nullable: true, description: 'The person; null when it was refused or waits.' })
  user?: User | null;
}

@ObjectType({ description: 'What came of changing a person.' })
export class UpdateUserPayload extends CreateUserPayload {}

@ObjectType({ description: "What came of ending a person's access." })
export class DeactivateUserPayload extends CreateUserPayload {}

@ObjectType({ description: 'What came of giving a person their access back.' })
export class ReactivateUserPayload extends CreateUserPayload {}

@ObjectType({ description: "What came of changing a person's attributes." })
export class UpdateUserAttributesPayload extends CreateUserPayload {}
