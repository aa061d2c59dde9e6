import { setImmediate } from 'node:timers/promises';
import {
  type Access,
  type Database,
  decisionContext,
  type EntityManager,
  type RequestContext,
  type TenantId,
  type TenantRules,
} from '@countersign/kernel';
import type { User } from '../entities/user.ts';
import { activePeople, peopleGiven } from '../statements/candidates.ts';
import { readGrantGraph } from '../statements/grants.ts';
import { keyOf, readPrincipals } from '../statements/principals.ts';
import { type AskedObject, type AskedPermission, askedObject } from './asked-object.ts';
import { type Explained, explained, type Subject } from './explained.ts';
import { grantsOf } from './grants.ts';

export interface Capable {
  readonly user: User;
  readonly why: Explained;
}

export interface WhoCan {
  /** In the order of lists: as many as were asked for, or all that there are. */
  readonly people: readonly Capable[];
  readonly objectKnown: boolean;
}

const batchSize = 200;

/**
 * Who of the tenant's people may do something. It goes on, a batch at a time, until it has as many as were asked for or
 * nobody is left: a page is never short because it took long.
 */
export class WhoCanReader {
  readonly #database: Database;
  readonly #access: Access;
  readonly #now: () => Date;

  constructor(parts: { database: Database; access: Access; now: () => Date }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#now = parts.now;
  }

  /** From behind a position, `limit` people at most. Throws `BAD_REQUEST` as `askedObject` does. */
  async read(
    asked: AskedPermission,
    page: { after: string | null; limit: number },
    caller: RequestContext,
  ): Promise<WhoCan> {
    const people: Capable[] = [];
    let { after } = page;
    for (;;) {
      const batch = await this.#database.read(caller.principal, (em) => this.#readBatch(em, asked, after, caller));
      people.push(...batch.capable);
      const last = batch.looked.at(-1);
      if (people.length >= page.limit || !last || batch.looked.length < batchSize) {
        return { people: people.slice(0, page.limit), objectKnown: batch.objectKnown };
      }
      after = last.listPosition;
      await setImmediate();
    }
  }

  async #readBatch(em: EntityManager, asked: AskedPermission, after: string | null, caller: RequestContext) {
    const principal = await this.#access.currentIn(em, caller.principal);
    const rules = await this.#access.rulesIn(em, principal.tenantId);
    const now = this.#now();
    const asker = { principal, context: decisionContext(rules.access, caller, now) };
    const object = await askedObject(em, rules, asker, asked);
    if (object.kind === 'unknown') return { looked: [], capable: [], objectKnown: false };
    const looked = await candidates(em, rules, asked.permission, object, after);
    const subjects = await subjectsOf(em, looked, principal.tenantId);
    const question = { permission: asked.permission, asked: object, context: decisionContext(rules.access, {}, now) };
    const capable = subjects
      .map(({ user, ...subject }) => ({ user, why: explained(rules, subject, question) }))
      .filter(({ why }) => why.allowed);
    return { looked, capable, objectKnown: object.kind === 'known' };
  }
}

async function subjectsOf(
  em: EntityManager,
  users: readonly User[],
  tenantId: TenantId,
): Promise<(Subject & { user: User })[]> {
  const ids = users.map(({ id }) => id);
  const graph = await readGrantGraph(em, ids);
  const people = ids.map((id) => ({ kind: 'user', id }) as const);
  const principals = await readPrincipals(em, people, tenantId);
  return users.flatMap((user) => {
    const principal = principals.get(keyOf({ kind: 'user', id: user.id }));
    return principal ? [{ user, principal, name: user.name, grants: grantsOf(graph, user.id) }] : [];
  });
}

/** Where no policy can give it, whoever has no role for it need not be looked at. */
const candidates = (
  em: EntityManager,
  rules: TenantRules,
  permission: string,
  asked: AskedObject,
  after: string | null,
): Promise<User[]> =>
  asked.kind === 'known' && rules.mayExtend(permission)
    ? activePeople(em, after, batchSize)
    : peopleGiven(em, permission, after, batchSize);
