import type { Principal } from './principal.ts';

/** Where a request came from, as far as the caller said. */
export interface RequestOrigin {
  readonly correlationId?: string;
  /** The business process that the caller is in, as the caller names it (`discharge`, `invoice-run`). */
  readonly workflow?: string;
  /** Where the request was made (`console`, `api`, `cli`, `mcp`). */
  readonly surface?: string;
}

/** Who does something, and in which request: what events and records are signed with. */
export interface Caller {
  readonly principal: Principal;
  /** One id for everything that a request sets in motion, across processes. */
  readonly correlationId: string;
  readonly workflow?: string;
  readonly surface?: string;
}
