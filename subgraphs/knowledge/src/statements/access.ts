import type { Reader } from '../services/reader.ts';

const byAccessList = '(? or d.ingested_by = ? or d.roles && array(select jsonb_array_elements_text(?::jsonb)))';

/**
 * True for the documents (aliased `d`) that a reader may see: every statement that reads anything of a document holds
 * this condition, and this is its only place. The tenant is row-level security's part. Its parameters: `readableBy`.
 */
export function readable({ policies }: Reader): string {
  if (policies.kind === 'all') return byAccessList;
  return `(${byAccessList} and (${policies.kind === 'none' ? 'false' : policies.sql}))`;
}

export const readableBy = ({ administers, name, roles, policies }: Reader): unknown[] => [
  administers,
  name,
  JSON.stringify(roles),
  ...(policies.kind === 'some' ? policies.params : []),
];
