import { createSchema, migration, tenantTable } from '@countersign/kernel';

export const initial = migration('inference/001-initial', [
  ...createSchema('inference'),
  `create table inference.answer (
     id uuid primary key,
     tenant_id uuid not null,
     asked_by_kind text not null,
     asked_by_id text not null,
     question text not null,
     status text not null check (status in ('ANSWERED', 'REFUSED')),
     text text,
     confidence double precision check (confidence between 0 and 1),
     refusal_code text,
     refusal_reason text,
     citations jsonb not null,
     route jsonb not null,
     attempts jsonb not null,
     correlation_id text not null,
     workflow text,
     surface text,
     created_at timestamptz not null default clock_timestamp(),
     check ((status = 'ANSWERED') = (text is not null)),
     check ((status = 'ANSWERED') = (confidence is not null)),
     check ((status = 'ANSWERED') = (jsonb_array_length(citations) > 0)),
     check ((status = 'REFUSED') = (refusal_code is not null)),
     check ((status = 'REFUSED') = (refusal_reason is not null))
   )`,
  'create index on inference.answer (tenant_id, asked_by_id, created_at)',
  // Written once: what actions rest on does not change under them.
  ...tenantTable('inference.answer', ['select', 'insert']),
]);
