import { CountersignError, type Page } from '@countersign/kernel';

/** Where a list by text goes on; null at its beginning. Throws `BAD_REQUEST` for a cursor of another list. */
export function textIn({ after }: Page, key: string): string | null {
  if (after === undefined) return null;
  const position = after[key];
  if (typeof position === 'string' && !position.includes('\0')) return position;
  throw new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list.');
}
