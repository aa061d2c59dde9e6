import { migration } from '@countersign/kernel';

/** What failed for a reason that passes is tried again by itself, within one budget of tries and time. */
export const retries = migration('actions/009-retries', [
  `alter table actions.action
     add column failures integer not null default 0,
     add column begun_at timestamptz,
     add column retry_at timestamptz,
     add column dead_at timestamptz`,
  `create index action_retried on actions.action (retry_at) where status = 'FAILED' and retry_at is not null`,
  'grant select (retry_at) on actions.action to countersign_worker',
]);
