import type { DomainEvent, EntityManager, EventConsumer } from '@countersign/kernel';
import { z } from 'zod';
import { WebhookEventType } from '../../entities/webhook-event-type.ts';
import type { WebhookFanOut } from './fan-out.ts';
import { type ToldEvent, toldEvents, webhookBody } from './webhook-body.ts';

/** Tenants that have, or had, a webhook. */
export const webhookAudience = 'actions.webhooks';

/** What the webhooks of a tenant are told of. */
export function webhookConsumers(fanOut: WebhookFanOut): readonly EventConsumer[] {
  const names = Object.keys(toldEvents) as ToldEvent[]; // An object's keys are strings to TypeScript; these are all.
  return [
    ...names.map((event) => ({
      name: `actions.webhook-${toldEvents[event].type.replace('.', '-')}`,
      event,
      audience: webhookAudience,
      handle: (em: EntityManager, happened: DomainEvent) => fanOut.tell(em, event, happened),
    })),
    {
      name: 'actions.webhook-webhook-disabled',
      event: 'WebhookDisabled',
      audience: webhookAudience,
      handle: (em, happened) => tellOfDisabled(em, fanOut, happened),
    },
  ];
}

const disabled = z.object({ webhookId: z.string(), because: z.string() });

async function tellOfDisabled(em: EntityManager, fanOut: WebhookFanOut, happened: DomainEvent): Promise<void> {
  const { webhookId, because } = disabled.parse(happened.payload);
  const { id: eventId, tenantId, occurredAt } = happened;
  const type = WebhookEventType.WEBHOOK_DISABLED;
  const body = webhookBody(type, occurredAt, { tenantId, webhookId, because });
  await fanOut.tellOthers(em, webhookId, { eventId, type, body });
}
