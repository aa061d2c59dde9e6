import { UserError } from '@countersign/kernel';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Role } from '../entities/role.ts';
import { ChangePayload } from './change-payload.ts';

@ObjectType({ description: 'That one value of a claim gives a role.' })
export class RoleFromClaim {
  @Field({ description: 'The value.' })
  value!: string;

  @Field(() => Role, { nullable: true, description: 'The role that it gives; null when it was deleted since.' })
  role!: Role | null;
}

@ObjectType({ description: 'Which claim says which roles somebody holds.' })
export class RolesFromClaim {
  @Field({ description: 'The claim: one text, or a list of texts. Dots lead into nested claims.' })
  claim!: string;

  @Field(() => [RoleFromClaim], { description: 'Which of its values give which role.' })
  mapping!: RoleFromClaim[];
}

@ObjectType({ description: 'That a claim says what an attribute is.' })
export class AttributeFromClaim {
  @Field({ description: 'The claim.' })
  claim!: string;

  @Field({ description: "The attribute, as the tenant's attribute schema calls it." })
  attribute!: string;
}

@ObjectType({ description: "What an identity provider's claims say of a person." })
export class IdentityProviderClaims {
  @Field(() => String, { nullable: true, description: 'The claim with the address; null for `email`.' })
  email!: string | null;

  @Field(() => String, { nullable: true, description: 'The claim with the name; null for `name`.' })
  name!: string | null;

  @Field(() => RolesFromClaim, { nullable: true, description: 'Roles that hold for as long as the claim says so.' })
  roles!: RolesFromClaim | null;

  @Field(() => [AttributeFromClaim], { description: 'Attributes, brought up to date at each sign-in.' })
  attributes!: AttributeFromClaim[];
}

@ObjectType({ description: "An OpenID Connect provider that the tenant's people sign in with." })
export class IdentityProvider {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;

  @Field({ description: 'Name, unique within the tenant.' })
  name!: string;

  @Field({ description: 'Exactly as it stands in its tokens.' })
  issuer!: string;

  @Field({ description: 'What we are called there.' })
  clientId!: string;

  @Field({ description: 'Whether we have a secret there. It is shown to nobody.' })
  hasClientSecret!: boolean;

  @Field({ description: 'Whom its bearer tokens must be meant for.' })
  audience!: string;

  @Field(() => [String], { description: 'What is asked for at a sign-in.' })
  scopes!: readonly string[];

  @Field({ description: 'Whether somebody who is not known yet is made at their first sign-in.' })
  justInTime!: boolean;

  @Field({ description: 'Whether its addresses count as verified although it does not say so.' })
  trustEmail!: boolean;

  @Field(() => [Role], { description: 'The roles that somebody begins with who is made at their first sign-in.' })
  defaultRoles!: Role[];

  @Field(() => IdentityProviderClaims, { description: 'What its claims say of a person.' })
  claims!: IdentityProviderClaims;

  @Field(() => Date, { description: 'When it was connected.' })
  createdAt!: Date;
}

@InputType({ description: 'That one value of a claim gives a role.' })
export class RoleFromClaimInput {
  @Field({ description: 'The value.' })
  value!: string;

  @Field(() => ID, { description: 'The role; you must hold all that it holds.' })
  roleId!: string;
}

@InputType({ description: 'Which claim says which roles somebody holds.' })
export class RolesFromClaimInput {
  @Field({ description: 'The claim: one text, or a list of texts. Dots lead into nested claims.' })
  claim!: string;

  @Field(() => [RoleFromClaimInput], { description: 'Which of its values give which role; at most 200.' })
  mapping!: RoleFromClaimInput[];
}

@InputType({ description: 'That a claim says what an attribute is.' })
export class AttributeFromClaimInput {
  @Field({ description: 'The claim.' })
  claim!: string;

  @Field({ description: "The attribute, as the tenant's attribute schema calls it." })
  attribute!: string;
}

@InputType({ description: "What an identity provider's claims say of a person." })
export class IdentityProviderClaimsInput {
  @Field(() => String, { nullable: true, description: 'The claim with the address; `email` unless told.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'The claim with the name; `name` unless told.' })
  name?: string | null;

  @Field(() => RolesFromClaimInput, {
    nullable: true,
    description: 'Roles that hold for as long as the claim says so: given and taken back at each sign-in.',
  })
  roles?: RolesFromClaimInput | null;

  @Field(() => [AttributeFromClaimInput], {
    nullable: true,
    description: 'Attributes, brought up to date at each sign-in where what is said fits; at most 50.',
  })
  attributes?: AttributeFromClaimInput[] | null;
}

@InputType({ description: "An OpenID Connect provider for the tenant's people: a new one, or one of that name anew." })
export class ConfigureIdentityProviderInput {
  @Field({ description: 'Name, unique within the tenant; 1 to 100 characters.' })
  name!: string;

  @Field({ description: 'Exactly as it stands in its tokens: `https`, or `http` on this machine alone.' })
  issuer!: string;

  @Field({ description: 'What we are called there.' })
  clientId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Our secret there; null for none. When it is not given, the one that is there stays.',
  })
  clientSecret?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Whom its bearer tokens must be meant for; the client id unless told.',
  })
  audience?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'What to ask for at a sign-in; `openid`, `email` and `profile` unless told.',
  })
  scopes?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to make somebody who is not known yet, at their first sign-in with a verified address.',
  })
  justInTime?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether its addresses count as verified although it does not say so. Only for a directory whose addresses your own people administer: whoever can write an address there can sign in as its owner.',
  })
  trustEmail?: boolean | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Roles that somebody begins with who is made at their first sign-in. You must hold all that they hold.',
  })
  defaultRoles?: string[] | null;

  @Field(() => IdentityProviderClaimsInput, { nullable: true, description: 'What its claims say of a person.' })
  claims?: IdentityProviderClaimsInput | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Which identity provider to remove.' })
export class RemoveIdentityProviderInput {
  @Field(() => ID, { description: 'The provider.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of configuring an identity provider.' })
export class ConfigureIdentityProviderPayload extends ChangePayload {
  @Field(() => IdentityProvider, { nullable: true, description: 'The provider; null when it was refused or waits.' })
  identityProvider?: IdentityProvider | null;
}

@ObjectType({ description: 'What came of removing an identity provider.' })
export class RemoveIdentityProviderPayload {
  @Field(() => ID, { nullable: true, description: 'Id of the provider that was removed; null when it was refused.' })
  removedIdentityProviderId?: string | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}
