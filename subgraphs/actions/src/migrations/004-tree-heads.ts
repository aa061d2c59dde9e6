import { acrossTenants, migration, tenantTable } from '@countersign/kernel';

/** What proves the log to outsiders: signed tree heads and the keys to check them with; and the way to erase values. */
export const treeHeads = migration('actions/004-tree-heads', [
  // Of the whole product, not of one tenant. The private half is there, encrypted, for a key that was made here.
  `create table actions.log_key (
     id text primary key,
     public_key text not null,
     sealed_private_key text,
     created_at timestamptz not null default now()
   )`,
  // Of several processes that make a key at once, one does.
  'create unique index log_key_made_here on actions.log_key ((true)) where sealed_private_key is not null',
  'alter table actions.log_key enable row level security',
  'alter table actions.log_key force row level security',
  'create policy published on actions.log_key for select to countersign_app using (true)',
  'grant select (id, public_key, created_at) on actions.log_key to countersign_app',
  ...acrossTenants('actions.log_key', 'sealer', ['select', 'insert']),
  `create table actions.log_tree_head (
     tenant_id uuid not null,
     tree_size integer not null,
     root_hash text not null,
     sealed_at timestamptz not null,
     key_id text not null references actions.log_key,
     signature text not null,
     primary key (tenant_id, tree_size)
   )`,
  ...tenantTable('actions.log_tree_head', ['select']),
  ...acrossTenants('actions.log_tree_head', 'sealer', ['select', 'insert']),
  // The application may not change entries. It may call this, which takes named values away and can do nothing else;
  // row-level security is forced on the owner, too, as whom the function runs.
  `create policy erasing on actions.log_entry to current_user
     using (tenant_id = kernel.tenant_id()) with check (tenant_id = kernel.tenant_id())`,
  `create function actions.erase_log_values(entry uuid, fields text[]) returns void
     language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
     update actions.log_entry set entry_values = entry_values - fields, salts = salts - fields
     where id = entry and tenant_id = kernel.tenant_id()
   $$`,
  'revoke all on function actions.erase_log_values(uuid, text[]) from public',
  'grant execute on function actions.erase_log_values(uuid, text[]) to countersign_app',
]);
