import { createSchema, migration, tenantTable } from '@countersign/kernel';

/**
 * `knowledge.embedding` is pgvector's type where the server has it and the owner may create it, else an array; whoever
 * compares two embeddings asks `knowledge.similarity` (their inner product) and need not know which it is.
 */
const embeddings = `do $$
declare
  home text; -- The schema that pgvector lives in.
begin
  if not exists (select from pg_extension where extname = 'vector')
    and exists (select from pg_available_extensions where name = 'vector') then
    begin
      create extension vector with schema public;
    exception when insufficient_privilege then
      raise notice 'The extension vector is there but may not be created; embeddings are kept as arrays.';
    end;
  end if;
  select extnamespace::regnamespace into home from pg_extension where extname = 'vector';
  if home is not null then
    execute format('create domain knowledge.embedding as %s.vector', home);
    execute format('create function knowledge.similarity(a knowledge.embedding, b knowledge.embedding)
      returns double precision language sql immutable parallel safe return -(a operator(%s.<#>) b)', home);
  else
    create domain knowledge.embedding as real[];
    create function knowledge.similarity(a knowledge.embedding, b knowledge.embedding)
      returns double precision language sql immutable parallel safe
      return (select sum(pair.x::double precision * pair.y) from unnest(a, b) as pair (x, y));
  end if;
end $$`;

export const initial = migration('knowledge/001-initial', [
  ...createSchema('knowledge'),
  embeddings,
  `create table knowledge.source (
     tenant_id uuid not null,
     name text not null,
     created_at timestamptz not null default clock_timestamp(),
     primary key (tenant_id, name)
   )`,
  ...tenantTable('knowledge.source', ['select', 'insert']),
  // Every search reads who may see which document: the texts are kept out of that scan's way.
  `create table knowledge.document (
     id uuid not null,
     tenant_id uuid not null,
     source text not null,
     title text not null,
     text text not null,
     roles text[] not null check (cardinality(roles) > 0),
     ingested_by text not null,
     passage_count integer not null,
     term_count integer not null,
     created_at timestamptz not null default clock_timestamp(),
     primary key (tenant_id, id),
     foreign key (tenant_id, source) references knowledge.source
   ) with (toast_tuple_target = 128)`,
  ...tenantTable('knowledge.document', ['select', 'insert']),
  `create table knowledge.passage (
     id uuid not null,
     tenant_id uuid not null,
     document_id uuid not null,
     ordinal integer not null,
     start_offset integer not null,
     end_offset integer not null check (end_offset > start_offset),
     quote text not null,
     embedder text not null,
     embedding knowledge.embedding not null,
     primary key (tenant_id, id),
     unique (tenant_id, document_id, ordinal),
     foreign key (tenant_id, document_id) references knowledge.document
   )`,
  ...tenantTable('knowledge.passage', ['select', 'insert']),
  // Written in bulk with its passage and never alone: a foreign key would cost more than the rows themselves.
  `create table knowledge.posting (
     tenant_id uuid not null,
     term text not null,
     passage_id uuid not null,
     document_id uuid not null,
     frequency integer not null,
     passage_terms integer not null,
     primary key (tenant_id, term, passage_id)
   )`,
  ...tenantTable('knowledge.posting', ['select', 'insert']),
]);
