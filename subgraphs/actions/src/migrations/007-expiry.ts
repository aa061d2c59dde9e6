import { migration } from '@countersign/kernel';

/** What nobody decides on, or executes, in time ends by itself. */
export const expiry = migration('actions/007-expiry', [
  'alter table actions.action add column expires_at timestamptz',
  // What waits since before has a week from now on.
  'alter table actions.action no force row level security',
  `update actions.action set expires_at = clock_timestamp() + interval '7 days'
     where status in ('PROPOSED', 'AWAITING_APPROVAL', 'APPROVED', 'STALE', 'FAILED') and undo_of_id is null`,
  'alter table actions.action force row level security',
  `create index action_expiring on actions.action (expires_at)
     where status in ('PROPOSED', 'AWAITING_APPROVAL', 'APPROVED', 'STALE', 'FAILED')`,
  'grant select (expires_at) on actions.action to countersign_worker',
]);
