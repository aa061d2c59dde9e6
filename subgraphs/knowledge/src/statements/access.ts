import type { Reader } from '../services/reader.ts';

/**
 * True for the documents (aliased `d`) that a reader may see: every statement that reads anything of a document holds
 * this condition, and this is its only place. The tenant is row-level security's part. Its parameters: `readableBy`.
 */
export const readable = '(? or d.ingested_by = ? or d.roles && array(select jsonb_array_elements_text(?::jsonb)))';

export const readableBy = ({ administers, name, roles }: Reader): unknown[] => [
  administers,
  name,
  JSON.stringify(roles),
];
