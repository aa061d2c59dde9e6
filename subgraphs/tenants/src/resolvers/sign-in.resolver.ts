import { JsonScalar, type Principal, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Directive, Field, Float, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { Directory } from '../services/directory.ts';

@Directive('@inaccessible')
@ObjectType({ description: 'What the gateway makes a principal of.' })
export class SignIn {
  @Field({ description: 'What kind of principal it is: `user`, `api_key`, `connector` or `platform_operator`.' })
  kind!: string;

  @Field(() => ID, { description: 'Id of the user, key or operator.' })
  id!: string;

  @Field(() => ID, { nullable: true, description: 'The user behind it.' })
  person?: string | null;

  @Field(() => String, { nullable: true, description: 'Address that the person signs in with.' })
  email?: string | null;

  @Field(() => [String], { description: 'Names of the roles held.' })
  roles!: readonly string[];

  @Field(() => [String], { description: 'Names of the groups that the person is in.' })
  groups!: readonly string[];

  @Field(() => [String], { description: 'Permission patterns that all of it adds up to.' })
  permissions!: readonly string[];

  @Field(() => JsonScalar, { description: 'Attributes that policies look at.' })
  attributes!: Principal['attributes'];

  @Field(() => Float, { description: "The tenant's access revision that this was read at." })
  revision!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'When the first of it ends by itself, in milliseconds since 1970.',
  })
  until?: number | null;

  @Field(() => ID, { nullable: true, description: 'The sign-in session that it came with.' })
  session?: string | null;

  @Field(() => String, { nullable: true, description: 'How much of the schema it sees: `PERMITTED`, or null for all.' })
  schema?: string | null;
}

/** A principal as the gateway reads it. */
export function asSignIn({ groups = [], revision = 0, ...principal }: Principal): SignIn {
  return { ...principal, groups, revision };
}

@Resolver()
export class SignInResolver {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  @Directive('@inaccessible')
  @Query(() => SignIn, {
    nullable: true,
    description: 'For the gateway alone: who signs in; null for an unknown address.',
  })
  async signIn(
    @Arg('email', () => String, { description: 'Address that the token names.' }) email: string,
    @Ctx() { principal }: RequestContext,
  ): Promise<SignIn | null> {
    const found = await this.#directory.signIn(principal, email);
    return found && asSignIn(found);
  }
}
