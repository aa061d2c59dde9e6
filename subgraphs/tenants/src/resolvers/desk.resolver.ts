import { JsonScalar, type PrincipalKind, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Directive, Field, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { Directory } from '../services/directory.ts';
import type { IdentityProviders } from '../services/identity-providers.ts';
import type { Keys } from '../services/keys.ts';
import type { Operators } from '../services/operators.ts';
import type { Sessions } from '../services/sessions.ts';
import type { Entrance } from '../services/sign-in/entrance.ts';
import { asSignIn, SignIn } from './sign-in.resolver.ts';

@Directive('@inaccessible')
@ObjectType({ description: "An identity provider of any tenant's, as the gateway signs people in with it." })
export class SignInProvider {
  @Field(() => ID, { description: 'Id of the provider.' })
  id!: string;

  @Field(() => ID, { description: 'The tenant whose people it signs in.' })
  tenantId!: string;

  @Field({ description: "The tenant's name." })
  tenantName!: string;

  @Field({ description: 'Exactly as it stands in its tokens.' })
  issuer!: string;

  @Field({ description: 'What we are called there.' })
  clientId!: string;

  @Field(() => String, { nullable: true, description: 'Our secret there, where a sign-in needs it.' })
  clientSecret!: string | null;

  @Field({ description: 'Whom its bearer tokens must be meant for.' })
  audience!: string;

  @Field(() => [String], { description: 'What is asked for at a sign-in.' })
  scopes!: string[];

  @Field({ description: 'Whether people may sign in with it.' })
  active!: boolean;
}

interface Parts {
  readonly directory: Directory;
  readonly entrance: Entrance;
  readonly keys: Keys;
  readonly operators: Operators;
  readonly providers: IdentityProviders;
  readonly sessions: Sessions;
}

/** What the gateway asks before it knows who is asking: hidden from the graph's callers, and for services alone. */
@Resolver()
export class DeskResolver {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  @Directive('@inaccessible')
  @Query(() => [SignInProvider], { description: 'For the gateway alone: the providers of an issuer, of any tenant.' })
  providersByIssuer(
    @Arg('issuer', () => String, { description: 'As it stands in a token.' }) issuer: string,
  ): Promise<SignInProvider[]> {
    return this.#parts.providers.ofIssuer(issuer);
  }

  @Directive('@inaccessible')
  @Query(() => [SignInProvider], { description: 'For the gateway alone: how the people of a tenant sign in.' })
  providersOfTenant(
    @Arg('tenantName', () => String, { description: "The tenant's name." }) tenantName: string,
  ): Promise<SignInProvider[]> {
    return this.#parts.providers.ofTenant(tenantName);
  }

  @Directive('@inaccessible')
  @Query(() => SignIn, { nullable: true, description: 'For the gateway alone: whose session a token is.' })
  async sessionSignIn(
    @Arg('tokenHash', () => String, { description: 'SHA-256 of the token, base64url.' }) tokenHash: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<SignIn | null> {
    const found = await this.#parts.sessions.present(principal, tokenHash);
    return found && asSignIn(found);
  }

  @Directive('@inaccessible')
  @Query(() => SignIn, { nullable: true, description: 'For the gateway alone: what a platform operator may do here.' })
  async operatorSignIn(
    @Arg('operator', () => String, { description: 'Address of the operator, in small letters.' }) operator: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<SignIn | null> {
    const kind: PrincipalKind = 'platform_operator';
    const found = await this.#parts.directory.resolve(principal, { kind, id: operator });
    return found && asSignIn(found);
  }

  @Directive('@inaccessible')
  @Mutation(() => SignIn, {
    nullable: true,
    description: 'For the gateway alone: who it is that an identity provider vouches for, made or brought up to date.',
  })
  async enter(
    @Arg('providerId', () => ID, { description: 'The provider.' }) providerId: string,
    @Arg('subject', () => String, { description: "The provider's own id of the person." }) subject: string,
    @Arg('email', () => String, { nullable: true, description: 'Their address.' }) email: string | null,
    @Arg('emailVerified', () => Boolean, { description: 'Whether the provider has made sure of it.' })
    emailVerified: boolean,
    @Arg('name', () => String, { nullable: true, description: 'Their name.' }) name: string | null,
    @Arg('claims', () => JsonScalar, { description: 'All that was said.' }) claims: Record<string, unknown>,
    @Ctx() context: RequestContext,
  ): Promise<SignIn | null> {
    const said = { providerId, subject, email: email ?? null, emailVerified, name: name ?? null, claims };
    const found = await this.#parts.entrance.enter(said, context);
    return found && asSignIn(found);
  }

  @Directive('@inaccessible')
  @Mutation(() => SignIn, { nullable: true, description: 'For the gateway alone: who signs in with an API key.' })
  async presentApiKey(
    @Arg('keyId', () => ID, { description: 'The key.' }) keyId: string,
    @Arg('secretHash', () => String, { description: 'SHA-256 of the whole secret, base64url.' }) secretHash: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<SignIn | null> {
    const found = await this.#parts.keys.present(principal, keyId, secretHash);
    return found && asSignIn(found);
  }

  @Directive('@inaccessible')
  @Mutation(() => ID, { nullable: true, description: 'For the gateway alone: begins a session, and says its id.' })
  openSession(
    @Arg('userId', () => ID, { description: 'Who signed in.' }) userId: string,
    @Arg('tokenHash', () => String, { description: 'SHA-256 of its token, base64url.' }) tokenHash: string,
    @Arg('expiresAt', () => Date, { description: 'When it ends.' }) expiresAt: Date,
    @Arg('userAgent', () => String, { nullable: true, description: 'What the browser calls itself.' })
    userAgent: string | null,
    @Ctx() { principal }: RequestContext,
  ): Promise<string> {
    return this.#parts.sessions.open(principal, { userId, tokenHash, expiresAt, userAgent: userAgent ?? null });
  }

  @Directive('@inaccessible')
  @Mutation(() => Boolean, { nullable: true, description: 'For the gateway alone: ends a session, if it is open.' })
  async closeSession(
    @Arg('tokenHash', () => String, { description: 'SHA-256 of its token, base64url.' }) tokenHash: string,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    await this.#parts.sessions.close(context, tokenHash);
    return true;
  }

  @Directive('@inaccessible')
  @Mutation(() => Boolean, {
    nullable: true,
    description: 'For the gateway alone: writes down what a platform operator asks for, before it is done.',
  })
  async recordOperatorAccess(
    @Arg('operator', () => String, { description: 'Address of the operator, in small letters.' }) operator: string,
    @Arg('operation', () => String, { description: 'What is asked for.' }) operation: string,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    await this.#parts.operators.record(operator, operation, context);
    return true;
  }
}
