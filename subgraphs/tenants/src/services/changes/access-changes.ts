import {
  type Access,
  CountersignError,
  changeAccess,
  type Database,
  type EntityManager,
  holds,
  isUuid,
  type Principal,
  personOf,
  problem,
  publish,
  type RequestContext,
  UserProblem,
} from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { AccessChange, AccessChangeStatus } from '../../entities/access-change.ts';
import { countAdmins } from '../../statements/admins.ts';
import { insistAdminsLeft, needsSecondPerson } from './admins-left.ts';
import { type Applied, accessChanged, type ChangeKind, shownInput } from './change.ts';
import { insistMayExtend } from './gained.ts';
import { insistHolds, insistMayDecide, insistMayDecideSome, insistSomebodyElse, unknownChange } from './standing.ts';
import { insistStorable } from './storable.ts';
import { asKept, reasonIn, summarised, waitingChange } from './waiting-change.ts';

export type Outcome<Result> =
  | { readonly result: Result; readonly waiting: null }
  | { readonly result: null; readonly waiting: AccessChange };

/**
 * The one way in which roles, grants, policies and keys of a tenant change: one at a time, by somebody who holds what it
 * takes at that very moment, with the tenant left an admin, everybody resolved anew, and the log told what was before
 * and after. Where the tenant wants two people for it, it waits for the second.
 */
export class AccessChanges {
  readonly #database: Database;
  readonly #access: Access;
  readonly #kinds: ReadonlyMap<string, ChangeKind>;
  readonly #now: () => Date;

  constructor(parts: { database: Database; access: Access; now: () => Date; kinds: readonly ChangeKind[] }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#now = parts.now;
    this.#kinds = new Map(parts.kinds.map((kind) => [kind.name, kind]));
  }

  /**
   * Makes the change, or has it wait for a second person: what could not be made now is refused now. Throws `FORBIDDEN`
   * for who lacks the permission; refuses with what the kind refuses, `LAST_ADMIN`, `SECOND_PERSON_NEEDED`,
   * `TEXT_INVALID` and `TEXT_TOO_LONG`.
   */
  async make<Input extends object, Result>(
    kind: ChangeKind<Input, Result>,
    input: Input,
    context: RequestContext,
  ): Promise<Outcome<Result>> {
    insistStorable(input);
    try {
      const result = await this.#database.withTenant(context.principal, async (em) => {
        const principal = await this.#take(em, context.principal);
        insistHolds(principal, kind.permission);
        // Asked under the lock, and before the change, which may be to ask no second person any more.
        const waits = kind.needsNoApproval !== true && (await needsSecondPerson(em));
        const applied = await this.#apply(em, kind, waits ? asKept(input) : input, principal);
        if (waits) throw new Tried(applied);
        await tell(em, context, kind, applied, { reason: reasonIn(input), approvedBy: null });
        return applied.result;
      });
      return { result, waiting: null };
    } catch (error) {
      if (!(error instanceof Tried)) throw error;
      return { result: null, waiting: await this.#propose(kind, input, error.applied, context) };
    }
  }

  /**
   * A second person's yes: the change is made as if it were asked for now, by who asked for it, as they stand now.
   * Refuses with `MAKER_IS_NOT_CHECKER`, `ALREADY_DECIDED`, `AUTHOR_GONE`, `AUTHOR_LACKS_PERMISSION`, and with
   * `CHANGE_NO_LONGER_APPLIES`, whose `params.errors` are what the kind refused.
   */
  async approve(id: string, comment: string | null, context: RequestContext): Promise<AccessChange> {
    insistStorable({ comment });
    insistMayDecideSome(context.principal, this.#kinds.values());
    return this.#database.withTenant(context.principal, async (em) => {
      const checker = await this.#take(em, context.principal);
      const { change, kind } = await this.#waiting(em, id, checker);
      insistSomebodyElse(change, checker, personOf(checker));
      const principal = await this.#authorOf(em, change, context);
      if (!holds(principal, kind.permission)) {
        const message = `Who asked for it does not hold ${kind.permission} any more: reject it.`;
        throw problem('AUTHOR_LACKS_PERMISSION', message, ['input', 'id'], { permission: kind.permission });
      }
      const applied = await this.#apply(em, kind, change.input, principal).catch(noLongerApplies);
      change.subject = { ...applied.subject };
      const approvedBy = `${checker.kind}:${checker.id}`;
      await tell(em, { ...context, principal }, kind, applied, { reason: change.reason, approvedBy, change: id });
      return this.#decide(em, change, AccessChangeStatus.MADE, comment, checker);
    });
  }

  /** A second person's no, or the author's second thought. Refuses with `ALREADY_DECIDED`. */
  async reject(id: string, comment: string | null, context: RequestContext): Promise<AccessChange> {
    insistStorable({ comment });
    insistMayDecideSome(context.principal, this.#kinds.values());
    return this.#database.withTenant(context.principal, async (em) => {
      const checker = await this.#access.currentIn(em, context.principal);
      const { change, kind } = await this.#waiting(em, id, checker);
      const subject = { type: 'AccessChange', id, name: kind.name };
      const applied = { result: null, subject, before: null, after: null };
      await tell(em, context, kind, applied, { reason: comment, rejected: true });
      return this.#decide(em, change, AccessChangeStatus.REJECTED, comment, checker);
    });
  }

  /** The newest first, from behind the id. */
  listAfter(
    principal: Principal,
    { status, after }: { readonly status?: AccessChangeStatus | null; readonly after?: string | undefined },
    limit: number,
  ): Promise<AccessChange[]> {
    const where = { ...(status && { status }), ...(after !== undefined && { id: { $lt: after } }) };
    return this.#database.read(principal, (em) => em.find(AccessChange, where, { orderBy: { id: 'desc' }, limit }));
  }

  /** What the change was asked for with, but for what only its author should know. */
  inputShown({ kind, input }: AccessChange): Record<string, unknown> {
    const known = this.#kinds.get(kind);
    // What a kind that is gone kept secret, nobody knows.
    return known ? shownInput(known, input) : {};
  }

  /** From here on nobody else changes the tenant's permissions: what is read stays so until it is committed. */
  async #take(em: EntityManager, principal: Principal): Promise<Principal> {
    await changeAccess(em, principal.tenantId);
    return this.#access.currentIn(em, principal);
  }

  async #apply<Input extends object, Result>(
    em: EntityManager,
    kind: ChangeKind<Input, Result>,
    input: Input,
    principal: Principal,
  ): Promise<Applied<Result>> {
    const admins = kind.mayRemoveAdmin ? await countAdmins(em) : 0;
    const author = { principal, now: this.#now() };
    const applied = await kind.apply(em, input, author);
    await em.flush();
    if (applied.gained) await insistMayExtend(em, applied.gained, author);
    if (kind.mayRemoveAdmin) await insistAdminsLeft(em, kind, admins);
    return applied;
  }

  #propose(kind: ChangeKind, input: object, tried: Applied<unknown>, context: RequestContext): Promise<AccessChange> {
    const { principal } = context;
    return this.#database.withTenant(principal, async (em) => {
      const change = em.create(AccessChange, waitingChange({ kind, input, tried, principal, now: this.#now() }));
      em.persist(change);
      await em.flush();
      const told = {
        result: null,
        subject: { type: 'AccessChange', id: change.id, name: kind.name },
        before: null,
        after: summarised(shownInput(kind, input)),
      };
      await tell(em, context, kind, told, { reason: change.reason, waiting: true });
      return change;
    });
  }

  /** Locked, so that a yes and a no at once do not both count. */
  async #waiting(
    em: EntityManager,
    id: string,
    checker: Principal,
  ): Promise<{ change: AccessChange; kind: ChangeKind }> {
    const found = isUuid(id) ? em.findOne(AccessChange, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
    const change = await found;
    if (!change) throw unknownChange();
    const kind = this.#kinds.get(change.kind) ?? goneKind(change.kind);
    insistMayDecide(checker, kind);
    if (change.status === AccessChangeStatus.WAITING) return { change, kind };
    throw problem('ALREADY_DECIDED', `The change was decided already: ${change.status}.`, ['input', 'id']);
  }

  async #authorOf(em: EntityManager, change: AccessChange, { principal }: RequestContext): Promise<Principal> {
    const asked = {
      kind: change.authorKind as Principal['kind'], // Written from a principal's own kind.
      id: change.authorId,
      tenantId: principal.tenantId,
      roles: [],
      permissions: [],
      attributes: {},
      revision: -1,
    };
    return this.#access.currentIn(em, asked).catch((error: unknown) => {
      if (!(error instanceof CountersignError) || error.code !== 'UNAUTHENTICATED') throw error;
      const message = 'Who asked for this change may not sign in any more: ask for it again.';
      throw problem('AUTHOR_GONE', message, ['input', 'id']);
    });
  }

  async #decide(
    em: EntityManager,
    change: AccessChange,
    status: AccessChangeStatus,
    comment: string | null,
    { kind, id }: Principal,
  ): Promise<AccessChange> {
    Object.assign(change, { status, comment, decidedBy: `${kind}:${id}`, decidedAt: this.#now() });
    await em.flush();
    return change;
  }
}

/** Thrown to take back what was only tried. */
class Tried extends Error {
  readonly applied: Applied<unknown>;

  constructor(applied: Applied<unknown>) {
    super('Tried.');
    this.applied = applied;
  }
}

function tell(
  em: EntityManager,
  context: RequestContext,
  { name }: ChangeKind,
  { subject, before, after }: Applied<unknown>,
  more: { readonly reason: string | null; readonly [name: string]: unknown },
): Promise<void> {
  return publish(em, context, accessChanged, { kind: name, subject, before, after, ...more });
}

function noLongerApplies(error: unknown): never {
  if (!(error instanceof UserProblem)) throw error;
  const message = `Made now, by who asked for it, it would be refused: ${error.message}`;
  throw problem('CHANGE_NO_LONGER_APPLIES', message, ['input', 'id'], { errors: error.errors });
}

/** A kind that this version does not know any more: it can be rejected, and nothing else. */
const goneKind = (name: string): ChangeKind => ({
  name,
  permission: 'tenants:access:administer',
  apply: () => {
    throw problem('KIND_GONE', `This version makes no change of the kind ${name} any more.`);
  },
});
