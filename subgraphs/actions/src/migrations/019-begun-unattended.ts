import { migration } from '@countersign/kernel';

/** What nobody clicked is tried again by itself only while its tool goes unattended. */
export const begunUnattended = migration('actions/019-begun-unattended', [
  'alter table actions.action add column begun_unattended boolean not null default false',
]);
