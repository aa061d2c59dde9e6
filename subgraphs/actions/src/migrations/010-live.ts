import { migration } from '@countersign/kernel';

/**
 * Whoever looks on is told of each change of an action once it is committed, whichever code made it: the table itself
 * tells, and says ids alone, what happened and when.
 */
export const live = migration('actions/010-live', [
  'alter table actions.action add column reminded_at timestamptz',
  `create function actions.tell_change(action actions.action, kind text) returns void language sql as $$
     select pg_notify('countersign_actions', json_build_object(
       'tenantId', action.tenant_id, 'actionId', action.id, 'tool', action.tool,
       'kind', kind, 'status', action.status, 'at', action.updated_at)::text) $$`,
  `create function actions.action_changed() returns trigger language plpgsql as $$
     begin
       if tg_op = 'INSERT' then
         perform actions.tell_change(new, 'PROPOSED');
       elsif new.dead_at is distinct from old.dead_at and new.dead_at is not null then
         perform actions.tell_change(new, 'DEAD_LETTERED');
       elsif new.plan_hash <> old.plan_hash then
         perform actions.tell_change(new, 'REPLANNED');
       elsif new.status <> old.status then
         perform actions.tell_change(new, new.status);
       elsif new.reminded_at is distinct from old.reminded_at then
         perform actions.tell_change(new, 'REMINDED');
       end if;
       return null;
     end $$`,
  `create trigger told_of_changes after insert or update on actions.action
     for each row execute function actions.action_changed()`,
  // Asked at the end of the transaction: by then it stands where the approval has brought it.
  `create function actions.approval_given() returns trigger language plpgsql as $$
     begin
       perform actions.tell_change(action, 'APPROVED_IN_PART') from actions.action as action
         where action.id = new.action_id and action.status = 'AWAITING_APPROVAL' and new.decision = 'APPROVED';
       return null;
     end $$`,
  `create constraint trigger told_of_approvals after insert on actions.approval deferrable initially deferred
     for each row execute function actions.approval_given()`,
]);
