import { type Database, LiveFeed, type Logger } from '@countersign/kernel';
import { z } from 'zod';
import { type ActionChangeKind, changeKinds } from '../entities/action-change-kind.ts';
import { type ActionStatus, ALL_STATUSES } from './lifecycle/index.ts';

/** What has happened to an action, as its table tells it: see migrations/010-live.ts. */
export interface Changed {
  readonly actionId: string;
  /** Connector and tool, such as `fhir.createServiceRequest`. */
  readonly tool: string;
  readonly kind: ActionChangeKind;
  /** Where it stood when it had happened; by now it may stand elsewhere. */
  readonly status: ActionStatus;
  readonly at: Date;
}

/** Which changes somebody wants to be told of. */
export interface WantedChanges {
  readonly actionId?: string | null;
  readonly tool?: string | null;
  readonly statuses?: readonly ActionStatus[] | null;
}

/** All changes of a tenant's actions, in this process and in others; the topic is the tenant. */
export const actionChanges = (database: Database, log: Logger): LiveFeed<Changed> =>
  new LiveFeed<Changed>({ database, log, channel: 'countersign_actions', read });

export const wants =
  ({ actionId, tool, statuses }: WantedChanges) =>
  (changed: Changed): boolean =>
    (!actionId || changed.actionId === actionId) &&
    (!tool || changed.tool === tool) &&
    (!statuses || statuses.includes(changed.status));

/** After these an action waits for approvals that it did not wait for before, or waits for them anew. */
const asking: ReadonlySet<ActionChangeKind> = new Set(['PROPOSED', 'REPLANNED', 'AWAITING_APPROVAL', 'REMINDED']);

export const asksForApproval = ({ kind, status }: Changed): boolean =>
  status === 'AWAITING_APPROVAL' && asking.has(kind);

const told = z.object({
  tenantId: z.string(),
  actionId: z.string(),
  tool: z.string(),
  kind: z.enum(changeKinds),
  status: z.enum(ALL_STATUSES),
  at: z.coerce.date(),
});

/** What another version of the product tells, and this one does not know, is left out. */
function read(payload: string): { topic: string; event: Changed } | undefined {
  const { data } = told.safeParse(JSON.parse(payload));
  if (!data) return undefined;
  const { tenantId, ...event } = data;
  return { topic: tenantId, event };
}
