import { holds, payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { LogEntry } from '../entities/log-entry.ts';
import type { LogErasure } from '../services/log-erasure.ts';

@InputType({ description: 'Which values to erase from the decision log, and why.' })
export class EraseLogValuesInput {
  @Field(() => ID, { description: 'The entry that has them.' })
  entryId!: string;

  @Field(() => [String], { description: "Names of the entry's values, as in `LogEntry.valueDigests`." })
  fields!: string[];

  @Field({ description: 'Why; kept in the log for ever, so without personal data. 1 to 2000 characters.' })
  reason!: string;
}

@ObjectType({ description: 'What came of erasing.' })
export class EraseLogValuesPayload {
  @Field(() => LogEntry, {
    nullable: true,
    description: 'The entry without them; null when it was refused, or is not yours to read.',
  })
  entry?: LogEntry | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver()
export class LogErasureResolver {
  readonly #erasure: LogErasure;

  constructor(erasure: LogErasure) {
    this.#erasure = erasure;
  }

  @Mutation(() => EraseLogValuesPayload, {
    nullable: true,
    description:
      'Erases values and their salts from one entry of the decision log, for good; an entry of its own records it. The log still verifies. What actions and other subgraphs keep is not touched.',
  })
  eraseLogValues(
    @Arg('input', () => EraseLogValuesInput, { description: 'Which values, and why.' }) input: EraseLogValuesInput,
    @Ctx() context: RequestContext,
  ): Promise<EraseLogValuesPayload> {
    return payload(async () => {
      const entry = await this.#erasure.erase(input, context);
      return { entry: holds(context.principal, 'actions:log:read') ? entry : null };
    });
  }
}
