import { migration } from '@countersign/kernel';

/** What an action's data is decides who sees its preview, its outcome and what it rests on. */
export const sensitiveFields = migration('actions/003-sensitive-fields', [
  // What was proposed before did not say what its data is.
  `alter table actions.action
     add column data_class text not null default 'PII' check (data_class in ('NONE', 'PII', 'PHI', 'SECRET'))`,
  'alter table actions.action alter column data_class drop default',
  `create or replace function kernel.object_proposed_action(id uuid)
     returns jsonb language sql stable security invoker as $$
     select jsonb_strip_nulls(jsonb_build_object(
       'tool', action.tool,
       'connector', action.connector,
       'risk', action.risk,
       'dataClass', action.data_class,
       'status', action.status,
       'makerId', action.maker_id,
       'makerPerson', coalesce(action.maker_person, ''),
       'makerGroups', to_jsonb(action.maker_groups),
       'makerRoles', to_jsonb(action.maker_roles),
       'makerDepartment', action.maker_department,
       'reversible', action.reversible,
       'amount', action.amount::text,
       'currency', action.currency,
       'costUsd', action.cost_usd::text,
       'workflow', action.workflow,
       'surface', action.surface
     ))
     from actions.action as action where action.id = $1
   $$`,
]);
