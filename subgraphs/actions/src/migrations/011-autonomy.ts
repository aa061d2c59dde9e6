import { migration, tenantTable } from '@countersign/kernel';

const isLevel = (column: string): string => `${column} in ('SUGGEST', 'ONE_CLICK', 'UNATTENDED')`;

/** How far tools go without people: what a tenant sets, and what outcomes earn and lose. */
export const autonomy = migration('actions/011-autonomy', [
  `create table actions.autonomy_setting (
     id uuid primary key,
     tenant_id uuid not null,
     scope text not null check (scope in ('TENANT', 'RISK', 'CONNECTOR', 'TOOL')),
     name text not null,
     level text not null check (${isLevel('level')}),
     reason text not null,
     set_by_kind text not null,
     set_by_id text not null,
     since timestamptz not null,
     unique (tenant_id, scope, name)
   )`,
  ...tenantTable('actions.autonomy_setting', ['select', 'insert', 'update', 'delete']),
  `create table actions.autonomy_standing (
     tenant_id uuid not null default kernel.tenant_id(),
     tool text not null,
     level text not null check (${isLevel('level')}),
     counted_since timestamptz not null,
     promoted_at timestamptz,
     lowered_at timestamptz,
     lowered_from text check (${isLevel('lowered_from')}),
     lowered_to text check (${isLevel('lowered_to')}),
     lowered_cause text,
     lowered_reason text,
     primary key (tenant_id, tool)
   )`,
  ...tenantTable('actions.autonomy_standing', ['select', 'insert', 'update']),
  `create table actions.autonomy_proposal (
     id uuid primary key,
     tenant_id uuid not null default kernel.tenant_id(),
     tool text not null,
     from_level text not null check (${isLevel('from_level')}),
     to_level text not null check (${isLevel('to_level')}),
     status text not null check (status in ('OPEN', 'ACCEPTED', 'DECLINED', 'LAPSED')),
     opened_at timestamptz not null,
     decided_at timestamptz,
     decided_by_kind text,
     decided_by_id text,
     reason text
   )`,
  // However many outcomes come at once, a tool is proposed once.
  `create unique index autonomy_proposal_open on actions.autonomy_proposal (tenant_id, tool) where status = 'OPEN'`,
  ...tenantTable('actions.autonomy_proposal', ['select', 'insert', 'update']),
  `create table actions.autonomy_rules (
     tenant_id uuid primary key,
     rules jsonb not null,
     changed_at timestamptz not null
   )`,
  ...tenantTable('actions.autonomy_rules', ['select', 'insert', 'update']),
  // What was refused for its input became no action: it is counted by the day, and no word of it is kept.
  `create table actions.autonomy_refusal (
     tenant_id uuid not null default kernel.tenant_id(),
     tool text not null,
     day date not null,
     maker_kind text not null,
     refused integer not null,
     primary key (tenant_id, tool, day, maker_kind)
   )`,
  ...tenantTable('actions.autonomy_refusal', ['select', 'insert', 'update', 'delete']),
  'alter table actions.action add column autonomy text',
  `create index action_outcome on actions.action (tenant_id, tool, done_at desc)
     where undo_of_id is null and status in ('SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'UNDOING', 'UNDONE')`,
  `create index action_not_done on actions.action (tenant_id, tool, updated_at desc)
     where undo_of_id is null and status in ('REJECTED', 'FAILED')`,
  'create index action_of_tool on actions.action (tenant_id, tool, created_at) where undo_of_id is null',
]);
