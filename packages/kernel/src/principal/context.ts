import type { Logger } from 'pino';
import { newId } from '../ids.ts';
import type { Principal } from './principal.ts';

/** What travels with one operation through every subgraph, and with every event that it causes. */
export interface RequestContext {
  readonly principal: Principal;
  /** One id for everything that a request sets in motion, across processes. */
  readonly correlationId: string;
  /** The business process that the caller is in, as the caller names it (`discharge`, `invoice-run`). */
  readonly workflow?: string;
  /** Where the request was made (`console`, `api`, `cli`, `mcp`). */
  readonly surface?: string;
  readonly log: Logger;
  /** Per-operation memory of the reference loaders; nothing in it outlives the operation. */
  readonly loaders: Map<string, unknown>;
}

export interface RequestOrigin {
  readonly correlationId?: string;
  readonly workflow?: string;
  readonly surface?: string;
}

export function requestContext(principal: Principal, log: Logger, origin: RequestOrigin = {}): RequestContext {
  const correlationId = origin.correlationId ?? newId();
  return {
    principal,
    correlationId,
    workflow: origin.workflow,
    surface: origin.surface,
    log: log.child({ correlationId, tenantId: principal.tenantId }),
    loaders: new Map(),
  };
}
