import { migration } from '@countersign/kernel';

/** What policies see of an action, and what the log is searched by when it is read as an audit trail. */
export const access = migration('actions/002-access', [
  // What was proposed before has no risk written down; a policy has to expect the worst of it.
  `alter table actions.action
     add column maker_person text,
     add column maker_groups text[] not null default '{}',
     add column maker_roles text[] not null default '{}',
     add column maker_attributes jsonb not null default '{}',
     add column risk text not null default 'HIGH',
     add column amount numeric,
     add column currency text`,
  'alter table actions.action alter column risk drop default',
  // One expression for the single look-up and for lists. Costs are rounded up: a limit is never passed by rounding.
  `alter table actions.action
     add column connector text not null generated always as (split_part(tool, '.', 1)) stored,
     add column maker_department text generated always as (
       case when jsonb_typeof(maker_attributes -> 'department') = 'string' then maker_attributes ->> 'department' end
     ) stored,
     add column cost_usd numeric generated always as (
       case when jsonb_typeof(preview -> 'costUsd') = 'number'
            then trim_scale(ceil((preview ->> 'costUsd')::numeric * 10000) / 10000) end
     ) stored`,
  'alter table actions.approval add column approver_person text',
  // Row-level security binds the owner, too, unless it is lifted.
  'alter table actions.action no force row level security',
  "update actions.action set maker_person = maker_id where maker_kind = 'user'",
  'alter table actions.action force row level security',
  'alter table actions.approval no force row level security',
  "update actions.approval set approver_person = approver_id where approver_kind = 'user'",
  'alter table actions.approval force row level security',
  // It runs as whoever calls it, so that row-level security holds inside.
  `create function kernel.object_proposed_action(id uuid) returns jsonb language sql stable security invoker as $$
     select jsonb_strip_nulls(jsonb_build_object(
       'tool', action.tool,
       'connector', action.connector,
       'risk', action.risk,
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
  // Plain columns, since under row-level security an index over an expression in JSON is not used.
  `alter table actions.log_entry
     add column principal_id text generated always as (principal ->> 'id') stored,
     add column permission text generated always as (facts ->> 'permission') stored,
     add column subject_id text generated always as (coalesce(facts #>> '{subject,id}', action_id::text)) stored`,
  'create index log_entry_newest on actions.log_entry (tenant_id, occurred_at desc, id desc)',
  'create index log_entry_by_kind on actions.log_entry (tenant_id, kind, occurred_at desc, id desc)',
  'create index log_entry_by_principal on actions.log_entry (tenant_id, principal_id, occurred_at desc, id desc)',
  `create index log_entry_by_permission on actions.log_entry (tenant_id, permission, occurred_at desc, id desc)
     where permission is not null`,
  'create index log_entry_by_subject on actions.log_entry (tenant_id, subject_id, occurred_at desc, id desc)',
]);
