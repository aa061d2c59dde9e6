import { migration, tenantTable } from '@countersign/kernel';

const ordering = ['gate', 'suspension', 'connector_installation', 'autonomy_setting', 'autonomy_standing'] as const;

/**
 * One version for all that a tenant has set for its actions, so that each step need ask no more than whether it is still
 * the same. A random one: a number that was rolled back would be given again, to something else.
 */
export const standingOrders = migration('actions/018-standing-orders', [
  `create table actions.standing_orders (
     tenant_id uuid primary key,
     version uuid not null
   )`,
  ...ordering.map((table) => `alter table actions.${table} no force row level security`),
  `insert into actions.standing_orders (tenant_id, version)
   select tenant_id, gen_random_uuid()
   from (${ordering.map((table) => `select tenant_id from actions.${table}`).join(' union ')}) as ordered`,
  ...ordering.map((table) => `alter table actions.${table} force row level security`),
  ...tenantTable('actions.standing_orders', ['select', 'insert', 'update']),
  `create function actions.orders_changed() returns trigger language plpgsql as $$
   begin
     insert into actions.standing_orders (tenant_id, version)
     values (case tg_op when 'DELETE' then old.tenant_id else new.tenant_id end, gen_random_uuid())
     on conflict (tenant_id) do update set version = excluded.version;
     return null;
   end $$`,
  ...ordering.map(
    (table) => `create trigger orders_changed after insert or update or delete on actions.${table}
      for each row execute function actions.orders_changed()`,
  ),
]);
