import { migration } from '@countersign/kernel';

/** A plan can go stale, be previewed again, and be changed by a person: whoever changed it is a maker of it, too. */
export const revisions = migration('actions/005-revisions', [
  `alter table actions.action
     add column revision integer not null default 1,
     add column editors text[] not null default '{}',
     add column editor_people text[] not null default '{}',
     add column edit_distance double precision,
     add column drift jsonb`,
  // Policies see what an action's data is, and who changed it.
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
       'editors', to_jsonb(action.editors),
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
