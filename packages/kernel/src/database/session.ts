import { AsyncLocalStorage } from 'node:async_hooks';
import { CountersignError } from '../errors.ts';
import type { TenantId } from '../ids.ts';

/**
 * The database roles that code may act as. None owns a table or bypasses row-level security; each holds just what its
 * name needs: `app` one tenant's rows, `relay` the outbox, `sealer` the decision log's seals, `worker` a look at what is
 * due across tenants (ids and states alone), `registrar` what this version of the product declares, `doorkeeper` which
 * tenant an identity provider signs people in to.
 */
export const databaseRoles = ['app', 'relay', 'sealer', 'worker', 'registrar', 'doorkeeper'] as const;
export type DatabaseRole = (typeof databaseRoles)[number];

export type Session =
  | { readonly role: 'app'; readonly tenantId: TenantId; readonly readOnly?: boolean }
  | { readonly role: Exclude<DatabaseRole, 'app'> };

interface Scope {
  readonly session: Session | 'owner';
  /** Set while the transaction is open: what must not be left for anything but SQL. */
  open: boolean;
  /** Whether an event was published in it. */
  published: boolean;
  /** The tenant whose roles, grants or policies it changes. */
  accessChanged?: TenantId;
  /** Statements that are sent together with the commit. */
  readonly last: string[];
  /** How many there were when a savepoint was made, by its name. */
  readonly savepoints: Map<string, number>;
}

/** What a committed transaction leaves for others to act on. */
export type Committed = Pick<Scope, 'published' | 'accessChanged'>;

const scopes = new AsyncLocalStorage<Scope>();

/**
 * Runs `work` in a scope whose transactions begin as `session`; answers also what others have to hear of. Throws
 * `NESTED_TRANSACTION` inside another one.
 */
export async function inSession<T>(
  session: Session | 'owner',
  work: () => Promise<T>,
): Promise<{ result: T; committed: Committed }> {
  assertOutsideTransaction('a second transaction');
  const scope: Scope = { session, open: true, published: false, last: [], savepoints: new Map() };
  try {
    const result = await scopes.run(scope, work);
    return { result, committed: scope };
  } finally {
    scope.open = false;
  }
}

/**
 * The guard against anything but SQL inside a transaction: a graph call, HTTP, a model, a second transaction. On an
 * embedded database each of them would wait for itself for ever; on any, they would hold locks while others work.
 */
export function assertOutsideTransaction(what: string): void {
  if (scopes.getStore()?.open) {
    throw new CountersignError(
      'NESTED_TRANSACTION',
      `${what} was begun inside a database transaction; do it before or after.`,
    );
  }
}

/** Notes that the transaction publishes an event, so that the relay is woken when it is committed. */
export function markPublished(): void {
  const scope = scopes.getStore();
  if (scope) scope.published = true;
}

/** Notes that the transaction changes who may do what in the tenant. */
export function markAccessChanged(tenantId: TenantId): void {
  const scope = scopes.getStore();
  if (scope) scope.accessChanged = tenantId;
}

/** Whether the open transaction has changed who may do what: what it reads of that is not yet so for others. */
export const changesAccess = (): boolean => scopes.getStore()?.accessChanged !== undefined;

/** Leaves a statement, its values written into it, for the end of the open transaction: see `writeLast`. */
export function sendLast(statement: string): void {
  const scope = scopes.getStore();
  if (!scope?.open) throw new CountersignError('INTERNAL_ERROR', 'A statement was left for the end of no transaction.');
  scope.last.push(statement);
}

/** What was left for the end, which is taken by being asked for. */
export const closing = (): string[] => scopes.getStore()?.last.splice(0) ?? [];

export function markSavepoint(name: string): void {
  const scope = scopes.getStore();
  scope?.savepoints.set(name, scope.last.length);
}

/** What was left for the end since then is undone with the rest. */
export function returnToSavepoint(name: string): void {
  const scope = scopes.getStore();
  if (scope) scope.last.length = scope.savepoints.get(name) ?? 0;
}

export function isReadOnly(): boolean {
  const session = scopes.getStore()?.session;
  return typeof session === 'object' && session.role === 'app' && session.readOnly === true;
}

/** The statement that opens a transaction as the current session, in one round trip. */
export function beginStatement(): string {
  const scope = scopes.getStore();
  if (!scope) throw new CountersignError('INTERNAL_ERROR', 'A transaction was begun without a tenant.');
  const { session } = scope;
  if (session === 'owner') return 'begin';
  const begin = session.role === 'app' && session.readOnly ? 'begin read only' : 'begin';
  const role = `${begin}; set local role countersign_${session.role}`;
  // The id was parsed as a UUID, so it can stand in the text.
  return session.role === 'app' ? `${role}; set local app.tenant_id = '${session.tenantId}'` : role;
}
