import type { DomainEvent } from '@countersign/kernel';
import { z } from 'zod';
import { WebhookEventType } from '../../entities/webhook-event-type.ts';

/** What is told of, and where the action stands then where the event does not say. */
export const toldEvents = {
  ActionProposed: { type: WebhookEventType.ACTION_PROPOSED, status: 'PROPOSED' },
  ActionApproved: { type: WebhookEventType.ACTION_APPROVED, status: 'APPROVED' },
  ActionRejected: { type: WebhookEventType.ACTION_REJECTED, status: 'REJECTED' },
  ActionSucceeded: { type: WebhookEventType.ACTION_SUCCEEDED, status: 'SUCCEEDED' },
  ActionPartlySucceeded: { type: WebhookEventType.ACTION_PARTLY_SUCCEEDED, status: 'PARTIALLY_SUCCEEDED' },
  ActionSubmitted: { type: WebhookEventType.ACTION_SUBMITTED, status: 'SUBMITTED' },
  ActionFailed: { type: WebhookEventType.ACTION_FAILED, status: 'FAILED' },
  ActionUndone: { type: WebhookEventType.ACTION_UNDONE, status: 'UNDONE' },
  ActionDeadLettered: { type: WebhookEventType.ACTION_DEAD_LETTERED, status: 'FAILED' },
  ActionExpired: { type: WebhookEventType.ACTION_EXPIRED, status: 'EXPIRED' },
  ActionStale: { type: WebhookEventType.ACTION_STALE, status: 'STALE' },
  ActionReplanned: { type: WebhookEventType.ACTION_REPLANNED, status: 'AWAITING_APPROVAL' },
} as const;

export type ToldEvent = keyof typeof toldEvents;

/**
 * What leaves the house of an action's event: ids and states, named one by one, and nothing of what an action is about.
 * Whoever wants more asks the graph, with permissions of their own.
 */
const told = z.object({
  actionId: z.string(),
  tool: z.string(),
  status: z.string().optional(),
  undoOf: z.string().nullish(),
  code: z.string().nullish(),
  edited: z.boolean().optional(),
});

/** The body of an action's event. Throws for a payload of another shape. */
export function actionBody(event: ToldEvent, { tenantId, payload, occurredAt }: Happened): string {
  const { actionId, tool, status, ...more } = told.parse(payload);
  const { type, status: usual } = toldEvents[event];
  return webhookBody(type, occurredAt, { tenantId, actionId, tool, status: status ?? usual, ...more });
}

/** The body as it is signed and sent: what Standard Webhooks recommends, `type`, `timestamp` and `data`. */
export const webhookBody = (type: WebhookEventType, at: Date | string, data: object): string =>
  JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });

type Happened = Pick<DomainEvent, 'tenantId' | 'payload' | 'occurredAt'>;
