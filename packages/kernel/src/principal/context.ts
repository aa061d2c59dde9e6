import type { Logger } from 'pino';
import { newId } from '../ids.ts';
import type { Access } from '../permissions/access.ts';
import type { Caller, RequestOrigin } from './origin.ts';
import type { Principal } from './principal.ts';

/** What travels with one operation through every subgraph, and with every event that it causes. */
export interface RequestContext extends Caller {
  readonly log: Logger;
  /** Decides on objects, and keeps what was decided; set inside a subgraph, absent at the gateway. */
  readonly access?: Access;
  /** Per-operation memory of the reference loaders; nothing in it outlives the operation. */
  readonly loaders: Map<string, unknown>;
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
