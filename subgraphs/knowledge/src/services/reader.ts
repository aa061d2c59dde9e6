import {
  type Access,
  type EntityManager,
  type Filter,
  holds,
  type Principal,
  type RequestContext,
} from '@countersign/kernel';
import { documentTable } from '../statements/document-table.ts';

/** What of a principal decides which documents they may read. */
export interface Reader {
  /** A document is theirs to read when it names one of these roles, */
  readonly roles: readonly string[];
  /** when they ingested it themselves (`kind:id`), */
  readonly name: string;
  /** or whatever it names, when they administer documents; */
  readonly administers: boolean;
  /** as far as the tenant's policies let them. */
  readonly policies: Filter;
}

/** The reader, with the policies as the transaction sees them. */
export async function readerIn(em: EntityManager, access: Access, context: RequestContext): Promise<Reader> {
  const { principal } = context;
  return {
    roles: principal.roles,
    name: principalName(principal),
    administers: holds(principal, 'knowledge:document:administer'),
    policies: await access.filter(em, context, 'knowledge:document:read', documentTable),
  };
}

/** A service and a person may bear the same id, so the kind is part of the name. */
export const principalName = ({ kind, id }: Principal): string => `${kind}:${id}`;
