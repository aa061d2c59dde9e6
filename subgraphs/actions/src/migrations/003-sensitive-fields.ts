import { migration } from '@countersign/kernel';

/** What an action's data is decides who sees its preview, its outcome and what it rests on. */
export const sensitiveFields = migration('actions/003-sensitive-fields', [
  // What was proposed before did not say what its data is.
  `alter table actions.action
     add column data_class text not null default 'PII' check (data_class in ('NONE', 'PII', 'PHI', 'SECRET'))`,
  'alter table actions.action alter column data_class drop default',
]);
