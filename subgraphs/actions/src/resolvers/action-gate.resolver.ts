import { JsonScalar, payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { ActionGate } from '../entities/action-gate.ts';
import type { ActionGates } from '../services/action-gates.ts';

@InputType({ description: 'A gate, whole: what is not said is not asked for.' })
export class SetActionGateInput {
  @Field(() => ID, { nullable: true, description: 'The gate that it replaces; none for a new one.' })
  id?: string | null;

  @Field({ description: 'Its name, which sentences about it give as their reason; nobody else has it.' })
  name!: string;

  @Field(() => JsonScalar, {
    description:
      'What it asks for: `tools`, and of `minRisk`, `approvals`, `noApproval`, `windows`, `freezes`, `limits`, `undos` and `undoWithinMinutes` what it takes.',
  })
  gate!: unknown;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@InputType({ description: 'Which gate to remove, and why.' })
export class RemoveActionGateInput {
  @Field(() => ID, { description: 'The gate.' })
  id!: string;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@ObjectType({ description: 'What came of setting a gate.' })
export class SetActionGatePayload {
  @Field(() => ActionGate, { nullable: true, description: 'The gate; null when it was refused.' })
  gate?: ActionGate | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of removing a gate.' })
export class RemoveActionGatePayload extends SetActionGatePayload {}

@Resolver()
export class ActionGateResolver {
  readonly #gates: ActionGates;

  constructor(gates: ActionGates) {
    this.#gates = gates;
  }

  @Query(() => [ActionGate], { description: 'What the tenant asks of actions, by name.' })
  actionGates(@Ctx() { principal }: RequestContext): Promise<ActionGate[]> {
    return this.#gates.all(principal);
  }

  @Mutation(() => SetActionGatePayload, {
    nullable: true,
    description:
      'Sets what actions of some tools need: approvals, change windows, freezes, limits. It holds from the next decision on, also for what was proposed before; of several gates all hold.',
  })
  setActionGate(
    @Arg('input', () => SetActionGateInput, { description: 'The gate.' }) input: SetActionGateInput,
    @Ctx() context: RequestContext,
  ): Promise<SetActionGatePayload> {
    const { id = null, name, gate: definition, reason } = input;
    return payload(async () => ({ gate: await this.#gates.set({ id, name, definition, reason }, context) }));
  }

  @Mutation(() => RemoveActionGatePayload, { nullable: true, description: 'Removes a gate: it asks for nothing more.' })
  removeActionGate(
    @Arg('input', () => RemoveActionGateInput, { description: 'Which one.' }) { id, reason }: RemoveActionGateInput,
    @Ctx() context: RequestContext,
  ): Promise<RemoveActionGatePayload> {
    return payload(async () => ({ gate: await this.#gates.remove(id, reason, context) }));
  }
}
