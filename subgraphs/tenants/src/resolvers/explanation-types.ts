import { type Edge, JsonScalar, PageInfo } from '@countersign/kernel';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AccessPolicyEffect } from '../entities/access-policy.ts';
import { Role } from '../entities/role.ts';
import { User } from '../entities/user.ts';

export enum AccessPrincipalKind {
  USER = 'USER',
  API_KEY = 'API_KEY',
  CONNECTOR = 'CONNECTOR',
}

registerEnumType(AccessPrincipalKind, {
  name: 'AccessPrincipalKind',
  description: 'Who can be asked about.',
  valuesConfig: {
    USER: { description: 'A person.' },
    API_KEY: { description: "A machine with a key: its owner's permissions, within the key's own." },
    CONNECTOR: { description: 'A connector with a key of its own.' },
  },
});

export enum AccessDecidedBy {
  ROLES = 'ROLES',
  POLICY = 'POLICY',
  NOTHING = 'NOTHING',
  ERROR = 'ERROR',
}

registerEnumType(AccessDecidedBy, {
  name: 'AccessDecidedBy',
  description: 'What a decision rests on.',
  valuesConfig: {
    ROLES: { description: 'Roles and grants allow it, and no policy forbids it.' },
    POLICY: { description: 'A policy forbids it, or permits what no role does.' },
    NOTHING: { description: 'Nothing permits it.' },
    ERROR: { description: 'A policy could not be worked out, and so refuses.' },
  },
});

@InputType({ description: 'What is asked: whether somebody may do something.' })
export class ExplainAccessInput {
  @Field(() => ID, { nullable: true, description: 'Whom it is about; yourself unless told.' })
  principalId?: string | null;

  @Field(() => AccessPrincipalKind, { nullable: true, description: 'What the id is the id of; a user unless told.' })
  principalKind?: AccessPrincipalKind | null;

  @Field({ description: 'The permission, `subgraph:resource:verb`.' })
  permission!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The type of the object; the one that the permission is decided on unless told.',
  })
  objectType?: string | null;

  @Field(() => ID, { nullable: true, description: 'The object; without one, what roles say of it at all.' })
  objectId?: string | null;
}

@ObjectType({ description: 'A permission pattern that somebody holds, and how they came to it.' })
export class RoleGrant {
  @Field(() => Role, { description: 'The role that has the pattern.' })
  role!: Role;

  @Field({ description: 'The pattern, `subgraph:resource:verb` with `*` for any part.' })
  pattern!: string;

  @Field(() => [String], {
    description: 'From the person to the role: `group ICU`, `role night shift`; empty where they hold the role itself.',
  })
  through!: readonly string[];

  @Field(() => Date, { nullable: true, description: 'When it ends by itself; null: when it is revoked.' })
  expiresAt!: Date | null;
}

@ObjectType({ description: 'A statement of a policy that had a say.' })
export class DecidingPolicy {
  @Field(() => ID, { description: 'The policy.' })
  id!: string;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => Int, { description: 'The version that is in force.' })
  version!: number;

  @Field(() => AccessPolicyEffect, { description: 'What the statement does.' })
  effect!: AccessPolicyEffect;

  @Field({ description: 'The clause that decided, in Cedar.' })
  clause!: string;

  @Field({ description: "Whether it is one of the product's own rules, which hold in every tenant." })
  builtIn!: boolean;
}

@ObjectType({ description: 'A policy that could not be worked out.' })
export class PolicyFailure {
  @Field({ description: 'The name of the policy.' })
  policy!: string;

  @Field(() => Int, { description: 'The version that is in force.' })
  version!: number;

  @Field({ description: 'Why.' })
  message!: string;
}

@ObjectType({ description: 'An attribute that the policies of a permission name.' })
export class AttributeLookedAt {
  @Field({ description: 'Such as `principal.department` or `resource.classification`.' })
  path!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What it was; null where there was none.' })
  value!: unknown;
}

@ObjectType({ description: 'Why somebody may or may not do something.' })
export class AccessExplanation {
  @Field({ description: 'Whether they may.' })
  allowed!: boolean;

  @Field(() => AccessDecidedBy, { description: 'What that rests on.' })
  decidedBy!: AccessDecidedBy;

  @Field({ description: 'The same in a sentence, in English.' })
  summary!: string;

  @Field({ description: 'The permission that was asked about.' })
  permission!: string;

  @Field(() => [RoleGrant], { description: 'The roles that give the permission, the nearest first.' })
  roles!: RoleGrant[];

  @Field(() => [DecidingPolicy], { description: 'The policies that decided.' })
  policies!: DecidingPolicy[];

  @Field(() => [PolicyFailure], { description: 'The policies that could not be worked out.' })
  errors!: PolicyFailure[];

  @Field(() => [AttributeLookedAt], { description: 'What the policies looked at.' })
  lookedAt!: AttributeLookedAt[];

  @Field(() => [String], { description: 'What would permit it, where nothing does, in English.' })
  wouldPermit!: readonly string[];

  @Field({ description: 'Whether there is such an object, as far as you may know.' })
  objectKnown!: boolean;
}

@ObjectType({ description: 'Somebody who may.' })
export class WhoCanEdge implements Edge<User> {
  @Field(() => User, { description: 'The person.' })
  node!: User;

  @Field({ description: 'Where they stand in the list.' })
  cursor!: string;

  @Field({ description: 'Why they may, in English.' })
  summary!: string;

  @Field(() => [RoleGrant], { description: 'The roles that give them the permission, the nearest first.' })
  roles!: RoleGrant[];
}

@ObjectType({ description: 'A page of those who may.' })
export class WhoCanConnection {
  @Field(() => [WhoCanEdge], { description: 'The people, by name.' })
  edges!: WhoCanEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;

  @Field({ description: 'Whether there is such an object, as far as you may know; where not, nobody is listed.' })
  objectKnown!: boolean;
}

@ObjectType({ description: 'A permission that somebody holds.' })
export class EffectivePermission {
  @Field({ description: 'The permission, as the catalogue has it.' })
  permission!: string;

  @Field({ description: 'What it allows.' })
  description!: string;

  @Field(() => [String], { description: 'The patterns held that cover it.' })
  patterns!: readonly string[];

  @Field(() => [String], { description: 'Names of the roles that it comes from.' })
  viaRoles!: readonly string[];

  @Field(() => [String], { description: 'Names of the policies that can refuse it all the same.' })
  restrictedBy!: readonly string[];

  @Field(() => Date, { nullable: true, description: 'When it ends by itself; null: when it is revoked.' })
  until!: Date | null;
}

@ObjectType({ description: 'A permission that somebody does not hold, and may get for some objects.' })
export class PermissionExtension {
  @Field({ description: 'The permission.' })
  permission!: string;

  @Field(() => [String], { description: 'Names of the policies that permit it to some.' })
  policies!: readonly string[];
}

@ObjectType({ description: "What somebody's roles and groups add up to." })
export class EffectivePermissions {
  @Field(() => User, { nullable: true, description: 'The person; null for a machine.' })
  user!: User | null;

  @Field(() => [Role], { description: 'The roles held, directly, through groups and through roles; by name.' })
  roles!: readonly Role[];

  @Field(() => [String], { description: 'Names of the groups, directly and through others.' })
  groups!: readonly string[];

  @Field(() => [EffectivePermission], { description: 'The permissions held, by name.' })
  permissions!: readonly EffectivePermission[];

  @Field(() => [String], { description: 'Patterns that cover no permission of this version: they grant nothing.' })
  orphaned!: readonly string[];

  @Field(() => [PermissionExtension], { description: 'What policies may give beyond that, for some objects.' })
  extendedBy!: readonly PermissionExtension[];
}
