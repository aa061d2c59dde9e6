import {
  type Access,
  AccessDenied,
  changeAccess,
  type Database,
  type EntityManager,
  holds,
  isUuid,
  newId,
  type Principal,
  problem,
  publish,
  type RequestContext,
} from '@countersign/kernel';
import { Session } from '../entities/session.ts';
import { accessChanged } from './changes/change.ts';
import type { Directory } from './directory.ts';

const permission = 'tenants:identity:administer';

export interface NewSession {
  readonly userId: string;
  readonly tokenHash: string;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
}

/**
 * Who is signed in where. Everybody sees and closes their own sessions; those of others need a permission. Closing one
 * takes rights away and gives none, so that nobody else need be asked, and holds at once in every process.
 */
export class Sessions {
  readonly #database: Database;
  readonly #access: Access;
  readonly #directory: Directory;
  readonly #now: () => Date;

  constructor(parts: { database: Database; access: Access; directory: Directory; now: () => Date }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#directory = parts.directory;
    this.#now = parts.now;
  }

  async open(principal: Principal, { userAgent, ...session }: NewSession): Promise<string> {
    const id = newId();
    const { tenantId } = principal;
    const createdAt = this.#now();
    await this.#database.withTenant(principal, async (em) => {
      em.persist(
        em.create(Session, { ...session, id, tenantId, createdAt, userAgent: userAgent?.slice(0, 200) ?? null }),
      );
    });
    return id;
  }

  /** Who is signed in with it; null when it is closed, has ended, or never was, and for who may not sign in. */
  async present(principal: Principal, tokenHash: string): Promise<Principal | null> {
    const session = await this.#database.read(principal, (em) => em.findOne(Session, { tokenHash }));
    return session && this.#directory.resolve(principal, { kind: 'user', id: session.userId, session: session.id });
  }

  /** Signing out: closes the one of that token, if it is open, in the name of its person. */
  async close(context: RequestContext, tokenHash: string): Promise<void> {
    await this.#database.withTenant(context.principal, async (em) => {
      const open = await em.findOne(Session, { ...this.#open(), tokenHash });
      if (!open) return;
      await changeAccess(em, context.principal.tenantId);
      const person = { ...context.principal, kind: 'user', id: open.userId } as const;
      await this.#end(em, [open], { ...context, principal: person }, 'Signed out.');
    });
  }

  /** The person's open sessions, the newest first. Throws `FORBIDDEN` for those of others without the permission. */
  async openOnes(principal: Principal, userId: string, after: string | undefined, limit: number): Promise<Session[]> {
    if (!isOwn(principal, userId)) insistOnOthers(principal);
    if (!isUuid(userId)) return [];
    const behind = after === undefined ? {} : { id: { $lt: after } };
    return this.#database.read(principal, (em) =>
      em.find(Session, { ...this.#open(), ...behind, userId }, { orderBy: { id: 'desc' }, limit }),
    );
  }

  /** Refuses with `SESSION_NOT_FOUND` alike what does not exist and what is another's. */
  revoke(id: string, reason: string | null, context: RequestContext): Promise<Session> {
    return this.#database.withTenant(context.principal, async (em) => {
      await changeAccess(em, context.principal.tenantId);
      const principal = await this.#access.currentIn(em, context.principal);
      const session = isUuid(id) ? await em.findOne(Session, { ...this.#open(), id }) : null;
      if (!session || !(isOwn(principal, session.userId) || holds(principal, permission))) {
        throw problem('SESSION_NOT_FOUND', 'There is no such session, or it has ended.', ['input', 'id']);
      }
      await this.#end(em, [session], context, reason);
      return session;
    });
  }

  /** Ends all of a person's sessions; answers how many. Throws `FORBIDDEN` like `openOnes`. */
  revokeAll(userId: string, reason: string | null, context: RequestContext): Promise<number> {
    return this.#database.withTenant(context.principal, async (em) => {
      await changeAccess(em, context.principal.tenantId);
      const principal = await this.#access.currentIn(em, context.principal);
      if (!isOwn(principal, userId)) insistOnOthers(principal);
      const sessions = isUuid(userId) ? await em.find(Session, { ...this.#open(), userId }) : [];
      if (sessions.length > 0) await this.#end(em, sessions, context, reason);
      return sessions.length;
    });
  }

  #open() {
    return { closedAt: null, expiresAt: { $gt: this.#now() } };
  }

  async #end(em: EntityManager, sessions: readonly Session[], context: RequestContext, reason: string | null) {
    const closedAt = this.#now();
    for (const session of sessions) {
      session.closedAt = closedAt;
      await publish(em, context, accessChanged, {
        kind: 'session.revoke',
        subject: { type: 'Session', id: session.id, name: 'session' },
        before: { user: session.userId, expiresAt: session.expiresAt.toISOString() },
        after: null,
        reason,
        approvedBy: null,
      });
    }
    await em.flush();
  }
}

/** A person's own: what holds a key of theirs does not sign them out. */
const isOwn = ({ kind, id }: Principal, userId: string): boolean => kind === 'user' && id === userId;

function insistOnOthers(principal: Principal): void {
  if (holds(principal, permission)) return;
  const message = `The sessions of others need the permission ${permission}, which you do not hold.`;
  const record = { permission, allowed: false, by: 'nothing' } as const;
  throw new AccessDenied('FORBIDDEN', message, { permission, reason: 'Nothing permits it.' }, record);
}
