import { accessGround } from './access-migration.ts';
import { audiences } from './audience-migration.ts';
import { acrossTenants, createRoles, migration, tenantTable } from './migrations.ts';

/** The ground that every subgraph stands on: roles, the tenant of the session, the outbox, the consumers' memory. */
export const kernelMigrations = [
  migration('kernel/001-ground', [
    createRoles,
    'create schema if not exists kernel',
    'grant usage on schema kernel to countersign_app, countersign_relay, countersign_sealer, countersign_worker',
    `create function kernel.tenant_id() returns uuid language sql stable
       return nullif(current_setting('app.tenant_id', true), '')::uuid`,
    `create table kernel.outbox (
       id uuid primary key,
       tenant_id uuid not null,
       type text not null,
       payload jsonb not null,
       principal jsonb not null,
       workflow text,
       surface text,
       correlation_id text not null,
       occurred_at timestamptz not null default clock_timestamp(),
       published_at timestamptz
     )`,
    'create index outbox_unpublished on kernel.outbox (occurred_at) where published_at is null',
    ...tenantTable('kernel.outbox', ['select', 'insert']),
    ...acrossTenants('kernel.outbox', 'relay', 'select, update (published_at)'),
    `create table kernel.subscription (
       event_type text not null,
       queue text not null,
       primary key (event_type, queue)
     )`,
    'grant select, insert on kernel.subscription to countersign_relay',
    `create table kernel.consumed_event (
       tenant_id uuid not null,
       consumer text not null,
       event_id uuid not null,
       consumed_at timestamptz not null default clock_timestamp(),
       primary key (tenant_id, consumer, event_id)
     )`,
    ...tenantTable('kernel.consumed_event', ['select', 'insert']),
  ]),
  accessGround,
  audiences,
];
