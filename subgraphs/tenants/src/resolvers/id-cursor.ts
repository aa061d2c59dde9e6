import { CountersignError, isUuid, type Page } from '@countersign/kernel';

/** The id that a page of a list by id begins behind. Throws `BAD_REQUEST` for a cursor of another list. */
export function idAfter({ after }: Page): string | undefined {
  const id = after?.id;
  if (after === undefined || isUuid(id)) return id as string | undefined; // Absent or a UUID, as was just seen.
  throw new CountersignError('BAD_REQUEST', '`after` is not a cursor of this list.');
}
