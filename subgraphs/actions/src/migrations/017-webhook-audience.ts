import { migration } from '@countersign/kernel';

/** Events go to webhooks where a tenant has some; these have some by now. */
export const webhookAudience = migration('actions/017-webhook-audience', [
  'alter table actions.webhook_endpoint no force row level security',
  'alter table kernel.audience no force row level security',
  `insert into kernel.audience (name, tenant_id) select distinct 'actions.webhooks', tenant_id from actions.webhook_endpoint`,
  'alter table kernel.audience force row level security',
  'alter table actions.webhook_endpoint force row level security',
]);
