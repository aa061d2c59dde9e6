import {
  type Database,
  type EntityManager,
  type EventOrigin,
  holds,
  isUuid,
  newId,
  type Principal,
  personOf,
  problem,
  type RequestContext,
  readPrincipal,
} from '@countersign/kernel';
import { Delegation } from '../entities/delegation.ts';
import { approvePermission } from '../maker-is-not-checker.ts';
import type { LogWriter } from './log-writer.ts';
import { checkReason } from './reason.ts';

/** How long a place may be given to somebody at once, in milliseconds: 90 days. */
export const longestDelegationMs = 90 * 24 * 3_600_000;

export interface Handover {
  /** The user who approves instead. */
  readonly to: string;
  /** Null for at once. */
  readonly since: Date | null;
  readonly until: Date;
  readonly reason: string;
}

/** Approving in the place of somebody who is away, for a time that ends. */
export class Delegations {
  readonly #database: Database;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; log: LogWriter }) {
    this.#database = parts.database;
    this.#log = parts.log;
  }

  /** Those that are in force or will be, the first to end first. */
  all({ principal }: Pick<RequestContext, 'principal'>): Promise<Delegation[]> {
    return this.#database.read(principal, (em) =>
      em.find(Delegation, { until: { $gt: this.#log.now() } }, { orderBy: { until: 'asc', id: 'asc' } }),
    );
  }

  /**
   * Gives the caller's own place to somebody. Refuses with `REASON_REQUIRED`, `DELEGATOR_NOT_A_PERSON`,
   * `DELEGATE_UNKNOWN`, `DELEGATE_IS_SELF`, `DELEGATE_CANNOT_APPROVE`, `DELEGATION_TIME_INVALID`.
   */
  give({ to, since, until, reason }: Handover, origin: EventOrigin): Promise<Delegation> {
    const because = checkReason(reason);
    const { principal } = origin;
    const { tenantId } = principal;
    // A key outlives its owner's attention, and what it gave away would outlive the key.
    const fromId = principal.kind === 'user' ? personOf(principal) : undefined;
    if (fromId === undefined) {
      const message = 'Only a person gives their place to somebody: sign in as one.';
      throw problem('DELEGATOR_NOT_A_PERSON', message, ['input']);
    }
    const from = since ?? this.#log.now();
    checkTimes(from, until, this.#log.now());
    if (to === fromId) throw problem('DELEGATE_IS_SELF', 'Name somebody other than yourself.', ['input', 'to']);
    return this.#database.withTenant(principal, async (em) => {
      await insistCanApprove(em, { kind: 'user', id: to, tenantId });
      const given = em.create(Delegation, {
        id: newId(),
        tenantId,
        fromId,
        toId: to,
        since: from,
        until,
        reason: because,
      });
      em.persist(given);
      this.#record(em, origin, given, 'GIVEN', because);
      return given;
    });
  }

  /**
   * Ends one before its time: by who gave it or has it, or by who sets gates. Refuses with `DELEGATION_UNKNOWN`,
   * `DELEGATION_NOT_YOURS`, `REASON_REQUIRED`.
   */
  end(id: string, reason: string, origin: EventOrigin): Promise<Delegation> {
    const because = checkReason(reason);
    return this.#database.withTenant(origin.principal, async (em) => {
      const given = isUuid(id) ? await em.findOne(Delegation, { id, until: { $gt: this.#log.now() } }) : null;
      if (!given) {
        const message = 'There is no such delegation, or it has ended: `delegations` lists those that there are.';
        throw problem('DELEGATION_UNKNOWN', message, ['input', 'id']);
      }
      const person = personOf(origin.principal);
      if (given.fromId !== person && given.toId !== person && !holds(origin.principal, 'actions:gate:administer')) {
        const message = 'Only who gave it, who has it, or who may set gates ends it.';
        throw problem('DELEGATION_NOT_YOURS', message, ['input', 'id']);
      }
      const now = this.#log.now();
      // One that has not begun never does.
      if (given.since >= now) given.since = new Date(now.getTime() - 1);
      given.until = now;
      this.#record(em, origin, given, 'ENDED', because);
      return given;
    });
  }

  #record(em: EntityManager, origin: EventOrigin, given: Delegation, state: 'GIVEN' | 'ENDED', reason: string): void {
    const { id: delegationId, fromId: from, toId: to, since, until } = given;
    const times = { since: since.toISOString(), until: until.toISOString() };
    const facts = { subject: 'delegation', state, delegationId, from, to, ...times };
    this.#log.appendGeneral(em, origin, 'CONFIGURATION', { facts, values: { reason } });
  }
}

function checkTimes(since: Date, until: Date, now: Date): void {
  const invalid = (message: string) => problem('DELEGATION_TIME_INVALID', message, ['input', 'until']);
  if (Number.isNaN(since.getTime()) || Number.isNaN(until.getTime())) throw invalid('Times are instants.');
  if (until <= since) throw invalid('It ends before it begins: until is later than since.');
  if (until <= now) throw invalid('It would be over already: until is in the future.');
  if (until.getTime() - since.getTime() > longestDelegationMs) throw invalid('It lasts 90 days at most.');
}

async function insistCanApprove(em: EntityManager, who: Pick<Principal, 'kind' | 'id' | 'tenantId'>): Promise<void> {
  // Only kind, id and tenant are looked at.
  const delegate = isUuid(who.id) ? await readPrincipal(em, who as Principal, 0) : null;
  if (!delegate) throw problem('DELEGATE_UNKNOWN', 'There is no such user here: name one by id.', ['input', 'to']);
  if (holds(delegate, approvePermission)) return;
  const message = `They may not approve actions themselves, so they cannot do it for somebody: it takes ${approvePermission}.`;
  throw problem('DELEGATE_CANNOT_APPROVE', message, ['input', 'to']);
}
