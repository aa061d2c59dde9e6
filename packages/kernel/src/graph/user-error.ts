import { Directive, Field, ObjectType } from 'type-graphql';
import { JsonScalar } from './json-scalar.ts';

@Directive('@shareable')
@ObjectType({ description: 'Something that the caller can mend.' })
export class UserError {
  @Field({ description: 'Stable code, in capitals.' })
  code!: string;

  @Field({ description: 'What was wrong and what would be right, in English.' })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Where in the input, from the outside in; null when it is not one place.',
  })
  path?: string[] | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The values that the message names, for texts in other languages.',
  })
  params?: Record<string, unknown> | null;
}

/** Thrown by services; becomes `userErrors` in the mutation's payload. */
export class UserProblem extends Error {
  readonly errors: readonly UserError[];

  constructor(...errors: readonly UserError[]) {
    super(errors.map((error) => error.message).join(' '));
    this.name = 'UserProblem';
    this.errors = errors;
  }
}

/** A refusal that the caller can mend: `throw problem('PATIENT_NOT_FOUND', 'There is no ...', ['input', 'patient'])`. */
export const problem = (
  code: string,
  message: string,
  path?: string[],
  params?: Record<string, unknown>,
): UserProblem => new UserProblem({ code, message, path: path ?? null, params: params ?? null });

/** Runs a mutation's work and turns what the caller can mend into `userErrors`; everything else is thrown on. */
export async function payload<T extends object>(
  work: () => Promise<T>,
): Promise<Partial<T> & { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (error instanceof UserProblem)
      return { userErrors: [...error.errors] } as Partial<T> & { userErrors: UserError[] };
    throw error;
  }
}
