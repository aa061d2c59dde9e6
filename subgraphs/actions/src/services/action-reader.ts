import { type Database, inOrder, isUuid, type Page, type Principal } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import type { ActionStatus } from './lifecycle/index.ts';
import { withRelations } from './load-actions.ts';

/** Reads a tenant's actions. */
export class ActionReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async one(principal: Principal, id: string): Promise<Action | null> {
    const [action = null] = await this.many(principal, [id]);
    return action;
  }

  /** Actions by id, in the order of the ids; null for those of other tenants or unknown. */
  many(principal: Principal, ids: readonly string[]): Promise<(Action | null)[]> {
    return this.#database.read(principal, async (em) => {
      const actions = await em.find(Action, { id: { $in: ids.filter(isUuid) } });
      await withRelations(em, actions);
      return inOrder(ids, actions);
    });
  }

  /** Up to `first + 1` actions, newest first. */
  page(principal: Principal, { first, after }: Page, status?: ActionStatus): Promise<readonly Action[]> {
    return this.#database.read(principal, async (em) => {
      const where = { ...(status && { status }), ...(isUuid(after?.id) && { id: { $lt: after.id } }) };
      return withRelations(em, await em.find(Action, where, { orderBy: { id: 'desc' }, limit: first + 1 }));
    });
  }
}
