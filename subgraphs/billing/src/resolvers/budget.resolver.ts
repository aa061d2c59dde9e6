import { payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, FieldResolver, Float, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import { Budget } from '../entities/budget.ts';
import { Tenant } from '../entities/references.ts';
import type { Budgets } from '../services/budgets.ts';

@InputType({ description: "The organisation's new budget." })
export class SetBudgetInput {
  @Field(() => Float, {
    description:
      'What may be spent in a calendar month (UTC), in USD and whole cents, 0 to 1,000,000,000; 0 stops all spending.',
  })
  monthlyUsd!: number;
}

@ObjectType({ description: 'What came of setting the budget.' })
export class SetBudgetPayload {
  @Field(() => Budget, { nullable: true, description: 'The budget as it is now; null when it was not set.' })
  budget?: Budget | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when the budget was set.' })
  userErrors!: UserError[];
}

@Resolver(() => Tenant)
export class BudgetResolver {
  readonly #budgets: Budgets;

  constructor(budgets: Budgets) {
    this.#budgets = budgets;
  }

  @FieldResolver(() => Budget, {
    nullable: true,
    description: 'What it may spend in a month and has spent; null before it has a budget.',
  })
  async budget(@Root() tenant: Tenant, @Ctx() context: RequestContext): Promise<Budget | null> {
    return tenant.id === context.principal.tenantId ? this.#ownBudget(context) : null;
  }

  @Mutation(() => SetBudgetPayload, {
    nullable: true,
    description: "Sets the organisation's monthly budget, from this month on.",
  })
  setBudget(
    @Arg('input', () => SetBudgetInput, { description: 'The new budget.' }) { monthlyUsd }: SetBudgetInput,
    @Ctx() context: RequestContext,
  ): Promise<SetBudgetPayload> {
    return payload(async () => ({ budget: await this.#budgets.set(context, monthlyUsd) }));
  }

  /** A caller sees one tenant's budget, their own: it is read once for an operation, however often it is asked for. */
  #ownBudget({ principal, loaders }: RequestContext): Promise<Budget | null> {
    const known = loaders.get('Tenant.budget') as Promise<Budget | null> | undefined; // Put there just below.
    const budget = known ?? this.#budgets.current(principal);
    loaders.set('Tenant.budget', budget);
    return budget;
  }
}
