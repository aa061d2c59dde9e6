import { migration } from '@countersign/kernel';

/** What the other side answers later is asked for; what is done can be undone for as long as its tool says. */
export const settlement = migration('actions/015-settlement', [
  'alter table actions.action add column undo_within_s integer',
  `create index action_submitted on actions.action (lease_until) where status = 'SUBMITTED'`,
]);
