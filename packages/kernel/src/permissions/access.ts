import { LRUCache } from 'lru-cache';
import type { Database, EntityManager } from '../database/database.ts';
import { changesAccess } from '../database/session.ts';
import { CountersignError } from '../errors.ts';
import { isUuid, type TenantId } from '../ids.ts';
import type { Caller } from '../principal/origin.ts';
import { holds, type Principal } from '../principal/principal.ts';
import type { Logger } from '../telemetry/log.ts';
import { type AccessRecord, AccessRecords } from './access-records.ts';
import type { Decision, Filter, PolicyError } from './cedar/index.ts';
import { type DecisionContext, decisionContext } from './decision-context.ts';
import type { ObjectRef } from './declarations.ts';
import { refusedAsUnknown, refusedByPolicy, refusedByRoles } from './refusals.ts';
import { Revisions } from './revisions.ts';
import { readAccess, readDeclared, readObject, readPolicies, readPrincipal, readRevision } from './statements.ts';
import { type FilteredTable, type SeenObject, TenantRules, wholeTenant } from './tenant-rules.ts';

/** Most tenants whose compiled policies one process keeps. */
const mostTenants = 20_000;

/**
 * Who may do what, decided: roles and grants first, then the tenant's policies, on what the object is now. Nothing that
 * was decided is remembered for another call, another object or another caller.
 */
export class Access {
  readonly records: AccessRecords;
  readonly revisions: Revisions;
  readonly #database: Database;
  readonly #log: Logger;
  readonly #now: () => Date;
  readonly #rules = new LRUCache<TenantId, TenantRules>({ max: mostTenants, dispose: (rules) => rules.close() });

  constructor({ database, log, now }: { database: Database; log: Logger; now: () => Date }) {
    this.#database = database;
    this.#log = log;
    this.#now = now;
    this.records = new AccessRecords(database, log);
    this.revisions = new Revisions(database, log);
  }

  async start(): Promise<void> {
    await this.revisions.start();
    this.records.start();
  }

  async stop(): Promise<void> {
    await this.records.stop();
    await this.revisions.stop();
  }

  /**
   * The principal as they stand by now: the same one while nothing changed in their tenant. Throws `UNAUTHENTICATED` for
   * one who may not come in any more.
   */
  current(principal: Principal): Principal | Promise<Principal> {
    if (principal.revision === undefined) return principal;
    const known = this.revisions.get(principal.tenantId);
    if (known === principal.revision && !hasEnded(principal, this.#now())) return principal;
    return this.#database.read(principal, (em) => this.currentIn(em, principal));
  }

  /** The same inside a transaction, where the answer is as fresh as the transaction is. */
  async currentIn(em: EntityManager, principal: Principal): Promise<Principal> {
    if (principal.revision === undefined) return principal;
    return this.#at(await this.#revisionIn(em, principal.tenantId), em, principal);
  }

  /** The principal as they stand at the revision that the transaction sees. */
  async #at(revision: number, em: EntityManager, principal: Principal): Promise<Principal> {
    if (principal.revision === undefined) return principal;
    if (revision === principal.revision && !hasEnded(principal, this.#now())) return principal;
    const found = await readPrincipal(em, principal, revision);
    if (!found) throw new CountersignError('UNAUTHENTICATED', 'You may not sign in here any more.');
    return found;
  }

  /** Whether the caller may ask for a list at all: holds the permission, or may get it by policy for some objects. */
  mayList(principal: Principal, permission: string): boolean | Promise<boolean> {
    if (holds(principal, permission)) return true;
    return this.#rulesOf(principal).then((rules) => rules.mayExtend(permission));
  }

  /** What the tenant's administrators set for the whole of it. */
  async settingsOf(principal: Principal): Promise<TenantRules['access']['settings']> {
    return (await this.#rulesOf(principal)).access.settings;
  }

  /** Which of the objects of a list the caller may see. */
  async filter(em: EntityManager, caller: Caller, permission: string, table: FilteredTable): Promise<Filter> {
    const { principal } = caller;
    const rules = this.#knownRules(principal.tenantId) ?? (await this.rulesIn(em, principal.tenantId));
    if (!rules.appliesTo(permission)) return holds(principal, permission) ? { kind: 'all' } : { kind: 'none' };
    const filter = rules.filter(principal, permission, decisionContext(rules.access, caller, this.#now()), table);
    if ('errors' in filter) this.#report(principal, permission, filter.errors ?? []);
    return filter;
  }

  /**
   * Decides on one object, and keeps what was decided. Throws `FORBIDDEN`, or `NOT_FOUND` where the caller may not know
   * that the object exists. An object that does not exist is let through to whoever holds the permission: the resolver
   * says so in its own words.
   */
  async check(caller: Caller, permission: string, ref: ObjectRef): Promise<void> {
    const rules = await this.#rulesOf(caller.principal);
    const object = hasToBeSeen(rules, permission, ref)
      ? await this.#database.read(caller.principal, (em) => seen(em, ref))
      : null;
    this.records.allowed(caller, this.#insist(rules, caller, permission, { ref, object }));
  }

  /**
   * Decides again inside the transaction that makes the change, under the object's lock: with the caller's grants, the
   * policies and the object as they are now. Throws like `check`; answers the caller as they stand.
   */
  async checkIn(em: EntityManager, caller: Caller, permission: string, ref: ObjectRef): Promise<Principal> {
    // Read once: the caller and the rules are to be those of one revision.
    const revision = await this.#revisionIn(em, caller.principal.tenantId);
    const principal = await this.#at(revision, em, caller.principal);
    const rules = await this.#rulesAt(revision, em, principal.tenantId);
    const object = hasToBeSeen(rules, permission, ref) ? await seen(em, ref) : null;
    this.#insist(rules, { ...caller, principal }, permission, { ref, object });
    return principal;
  }

  /** The tenant's rules as the transaction sees them. */
  async rulesIn(em: EntityManager, tenantId: TenantId): Promise<TenantRules> {
    return this.#rulesAt(await this.#revisionIn(em, tenantId), em, tenantId);
  }

  async #rulesAt(revision: number, em: EntityManager, tenantId: TenantId): Promise<TenantRules> {
    const known = this.#rules.get(tenantId);
    if (known?.access.revision === revision) return known;
    const access = (await readAccess(em)) ?? noAccess;
    const declared = await readDeclared(em);
    const rules = new TenantRules(access, declared, await readPolicies(em));
    // What a transaction has changed itself may be rolled back: nobody else may decide by it.
    if (!changesAccess()) this.#rules.set(tenantId, rules);
    return rules;
  }

  async #revisionIn(em: EntityManager, tenantId: TenantId): Promise<number> {
    const { told } = this.revisions;
    const revision = await readRevision(em);
    if (!changesAccess()) this.revisions.learn(tenantId, revision, told);
    return revision;
  }

  #knownRules(tenantId: TenantId): TenantRules | undefined {
    const rules = this.#rules.get(tenantId);
    return rules && rules.access.revision === this.revisions.get(tenantId) ? rules : undefined;
  }

  async #rulesOf({ tenantId }: Principal): Promise<TenantRules> {
    return this.#knownRules(tenantId) ?? this.#database.read({ tenantId }, (em) => this.rulesIn(em, tenantId));
  }

  /** Throws the refusal that the caller may see; answers the record of what was allowed. */
  #insist(rules: TenantRules, caller: Caller, permission: string, { ref, object }: Looked): AccessRecord {
    const context = decisionContext(rules.access, caller, this.#now());
    const decision = object
      ? rules.decide(caller.principal, permission, object, context)
      : byRoles(caller.principal, permission);
    this.#report(caller.principal, permission, decision.errors);
    // The answer would tell of it.
    const hidden = object !== null && rules.hides(caller.principal, object, context);
    const made = hidden && decision.allowed ? { ...decision, allowed: false, by: 'policy' as const } : decision;
    const record = recordOf(permission, ref, made, object && { attributes: object.attributes, context });
    if (decision.allowed && !hidden) return record;
    if (!hidden && object && this.#mayKnow(rules, caller.principal, object, context)) {
      throw refusedByPolicy(decision, record);
    }
    throw holds(caller.principal, permission)
      ? refusedAsUnknown(nounOf(rules, ref.type), record)
      : refusedByRoles(record);
  }

  /** A policy that cannot be worked out refuses; somebody has to hear of it. */
  #report({ tenantId }: Principal, permission: string, errors: readonly PolicyError[]): void {
    for (const { name, version, message } of errors) {
      this.#log.warn(
        { tenantId, permission, policy: name, version, reason: message },
        'A policy could not be worked out',
      );
    }
  }

  #mayKnow(rules: TenantRules, principal: Principal, object: SeenObject, context: DecisionContext): boolean {
    if (object.type === 'Tenant') return true;
    const readPermission = rules.readPermissionOf(object.type);
    return readPermission !== undefined && rules.decide(principal, readPermission, object, context).allowed;
  }
}

interface Looked {
  readonly ref: ObjectRef;
  /** Null where no policy has to look at it, or there is none. */
  readonly object: SeenObject | null;
}

/** A tenant that was never provisioned has neither policies nor attributes. */
const noAccess = { revision: 0, region: '', timeZone: 'UTC', attributes: [], settings: {} };

const hasEnded = ({ until }: Principal, now: Date): boolean => until !== undefined && until <= now.getTime();

async function seen(em: EntityManager, ref: ObjectRef): Promise<SeenObject | null> {
  if (ref.type === 'Tenant') return wholeTenant(ref.id);
  const attributes = isUuid(ref.id) ? await readObject(em, ref) : null;
  return attributes && { ...ref, attributes };
}

/** Whether policies decide what may be done with the object, or who may know of it. */
function hasToBeSeen(rules: TenantRules, permission: string, { type }: ObjectRef): boolean {
  const reading = rules.readPermissionOf(type);
  return rules.appliesTo(permission) || (reading !== undefined && rules.appliesTo(reading));
}

const nounOf = ({ declared }: TenantRules, type: string): string =>
  declared.objectTypes.find((each) => each.type === type)?.noun ?? 'object';

function recordOf(
  permission: string,
  object: ObjectRef,
  { allowed, by, reasons, errors }: Decision,
  seen: AccessRecord['seen'] | null,
): AccessRecord {
  const [deciding] = reasons;
  const policy = deciding ?? errors[0];
  return {
    permission,
    object,
    allowed,
    by,
    ...(policy && { policy: `${policy.name} ${policy.version}` }),
    ...(deciding && { reason: deciding.clause }),
    ...(seen && { seen }),
  };
}

function byRoles(principal: Principal, permission: string): Decision {
  const allowed = holds(principal, permission);
  return { allowed, by: allowed ? 'rbac' : 'nothing', reasons: [], errors: [], lookedAt: [] };
}
