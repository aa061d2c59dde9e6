import { migration } from '@countersign/kernel';

/** What the other side answers later is asked for; what is done can be undone for as long as its tool says. */
export const settlement = migration('actions/015-settlement', [
  'alter table actions.action add column undo_within_s integer',
  'drop index actions.action_in_flight',
  `create index action_in_flight on actions.action (lease_until)
     where status in ('EXECUTING', 'UNKNOWN', 'SUBMITTED')`,
  // What failed holds its room while it is to be tried again.
  'drop index actions.action_counted',
  `create index action_counted on actions.action (tenant_id, done_at)
     where undo_of_id is null and status not in ('PROPOSED', 'DENIED', 'REJECTED', 'EXPIRED')`,
]);
