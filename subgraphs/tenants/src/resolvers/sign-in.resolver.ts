import { JsonScalar, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { Directory } from '../services/directory.ts';

@Directive('@inaccessible')
@ObjectType({ description: 'What the gateway makes a principal of.' })
export class SignIn {
  @Field(() => ID, { description: "The user's id." })
  userId!: string;

  @Field({ description: 'Address that the person signs in with.' })
  email!: string;

  @Field(() => [String], { description: 'Names of the roles held.' })
  roles!: string[];

  @Field(() => [String], { description: 'Permission patterns that the roles add up to.' })
  permissions!: string[];

  @Field(() => JsonScalar, { description: 'Attributes that policies look at.' })
  attributes!: Record<string, string | number | boolean>;
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
    if (!found) return null;
    const { user, roles } = found;
    return {
      userId: user.id,
      email: user.email,
      roles: roles.map((role) => role.name),
      permissions: [...new Set(roles.flatMap((role) => role.permissions))].sort(),
      attributes: user.attributes,
    };
  }
}
