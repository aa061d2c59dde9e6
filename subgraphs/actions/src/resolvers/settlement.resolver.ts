import { payload, type RequestContext, type UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import { Action } from '../entities/action.ts';
import { ItemStatus } from '../entities/plan.ts';
import type { ActionReader } from '../services/action-reader.ts';
import type { Settlements } from '../services/settlements.ts';
import { ApproveActionPayload } from './action-types.ts';

export enum SettlementResult {
  DONE = 'DONE',
  REFUSED = 'REFUSED',
}

registerEnumType(SettlementResult, {
  name: 'SettlementResult',
  description: 'What became of the whole.',
  valuesConfig: {
    DONE: { description: 'All of it is done.' },
    REFUSED: { description: 'Nothing of it was done.' },
  },
});

@InputType({ description: 'What became of one item.' })
export class SettledItemInput {
  @Field({ description: 'Which, as `Outcome.items` names it.' })
  item!: string;

  @Field(() => ItemStatus, { description: 'How the other side judged it.' })
  status!: ItemStatus;

  @Field(() => String, { nullable: true, description: 'How the other side names what was made of it.' })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: "Why it was refused: the other side's code." })
  code?: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was refused, in words.' })
  message?: string | null;
}

@InputType({ description: 'What the other side answered later.' })
export class SettleActionInput {
  @Field(() => ID, { description: 'The action; it is SUBMITTED, UNKNOWN or EXECUTING.' })
  actionId!: string;

  @Field(() => SettlementResult, { nullable: true, description: 'Of the whole; left out where the items say it.' })
  result?: SettlementResult | null;

  @Field(() => [SettledItemInput], { nullable: true, description: 'Of items of it; those left out stay as they are.' })
  items?: SettledItemInput[] | null;

  @Field(() => String, { nullable: true, description: 'How the other side names what was made.' })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: "Why the whole was refused: the other side's code." })
  code?: string | null;

  @Field(() => String, { nullable: true, description: 'Why the whole was refused, in words.' })
  message?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'How the other side names this answer, such as the id of its message; kept in the log for ever. At most 200 characters.',
  })
  reference?: string | null;
}

@ObjectType({ description: 'What came of settling.' })
export class SettleActionPayload extends ApproveActionPayload {}

/** What the other side answers later to what it has taken. */
@Resolver()
export class SettlementResolver {
  readonly #settlements: Settlements;
  readonly #reader: ActionReader;

  constructor({ settlements, reader }: { settlements: Settlements; reader: ActionReader }) {
    this.#settlements = settlements;
    this.#reader = reader;
  }

  @Mutation(() => SettleActionPayload, {
    nullable: true,
    description:
      'Brings in what the other side answered later: of the whole, or item by item. The same answer once more changes nothing.',
  })
  async settleAction(
    @Arg('input', () => SettleActionInput, { description: 'The answer.' }) input: SettleActionInput,
    @Ctx() context: RequestContext,
  ): Promise<{ action: Action | null; userErrors: UserError[] }> {
    const { actionId, result = null, items, externalId = null, code = null, message = null, reference = null } = input;
    const answer = { actionId, result, externalId, code, message, reference, items: (items ?? []).map(asItem) };
    const { action, userErrors } = await payload(async () => ({
      action: await this.#settlements.settle(answer, context),
    }));
    return { action: action ? await this.#reader.one(context, action.id) : null, userErrors };
  }
}

const asItem = ({ item, status, externalId, code, message }: SettledItemInput) => ({
  item,
  status,
  externalId: externalId ?? null,
  errorCode: status === ItemStatus.REFUSED ? (code ?? 'REFUSED') : null,
  errorMessage: status === ItemStatus.REFUSED ? (message ?? null) : null,
});
