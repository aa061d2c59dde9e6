/** `BudgetChanged`: someone set the tenant's budget. Who it was stands in the event's principal. */
export interface BudgetChanged {
  readonly monthlyUsd: number;
}
