import { acrossTenants, migration, tenantTable } from './migrations.ts';

/**
 * One queue for each subgraph in place of one for each consumer, and events only for tenants that somebody listens to.
 * What waited in the old queues is published again: consumers remember what they have consumed.
 */
export const audiences = migration('kernel/003-audiences', [
  `create table kernel.audience (
     name text not null,
     tenant_id uuid not null,
     primary key (name, tenant_id)
   )`,
  ...tenantTable('kernel.audience', ['select', 'insert']),
  ...acrossTenants('kernel.audience', 'relay', ['select']),
  // At no moment is there nobody to tell: a relay that is at work meanwhile would take what it claims for told.
  `insert into kernel.subscription (event_type, queue)
   select distinct event_type, split_part(queue, '.', 1) from kernel.subscription on conflict do nothing`,
  `delete from kernel.subscription where queue <> split_part(queue, '.', 1)`,
  'alter table kernel.subscription add column audience text',
  'grant update (audience) on kernel.subscription to countersign_relay',
  'alter table kernel.outbox no force row level security',
  `update kernel.outbox set published_at = null where published_at > now() - interval '1 day'`,
  'alter table kernel.outbox force row level security',
]);
