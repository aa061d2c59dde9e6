/** `BudgetChanged`: someone set the tenant's budget. Who it was stands in the event's principal. */
export interface BudgetChanged {
  readonly monthlyUsd: number;
}

/** `BudgetExceeded`: what the month has cost has reached the budget. Told once for each month and budget. */
export interface BudgetExceeded {
  readonly monthlyUsd: number;
  /** Such as `2026-11`, UTC. */
  readonly month: string;
}
