import { holds, type Principal } from '@countersign/kernel';

/** What of a principal decides which documents they may read. */
export interface Reader {
  /** A document is theirs to read when it names one of these roles, */
  readonly roles: readonly string[];
  /** when they ingested it themselves (`kind:id`), */
  readonly name: string;
  /** or whatever it names, when they administer documents. */
  readonly administers: boolean;
}

export const readerOf = (principal: Principal): Reader => ({
  roles: principal.roles,
  name: principalName(principal),
  administers: holds(principal, 'knowledge:document:administer'),
});

/** A service and a person may bear the same id, so the kind is part of the name. */
export const principalName = ({ kind, id }: Principal): string => `${kind}:${id}`;
