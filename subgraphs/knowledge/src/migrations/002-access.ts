import { migration } from '@countersign/kernel';

/** What policies see of a document. */
export const access = migration('knowledge/002-access', [
  `alter table knowledge.document
     add column classification integer not null default 0 check (classification between 0 and 3),
     add column department text,
     add column region text`,
  `create function kernel.object_document(id uuid) returns jsonb language sql stable as $$
     select jsonb_strip_nulls(jsonb_build_object(
       'source', d.source, 'title', d.title, 'roles', d.roles,
       'ingestedByKind', split_part(d.ingested_by, ':', 1),
       'ingestedById', substring(d.ingested_by from position(':' in d.ingested_by) + 1),
       'classification', d.classification, 'department', d.department, 'region', d.region))
     from knowledge.document d where d.id = $1 $$`,
]);
