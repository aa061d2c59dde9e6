import { type Access, type Database, type EntityManager, inOrder, isUuid, type Page } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { ActionStatus } from './lifecycle/index.ts';
import { withRelations } from './load-actions.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

/**
 * Reads a tenant's actions, as far as the viewer may see them: what is hidden is absent, as what does not exist is. What
 * hangs on them is read where it is asked for.
 */
export class ActionReader {
  readonly #database: Database;
  readonly #access: Access;

  constructor(database: Database, access: Access) {
    this.#database = database;
    this.#access = access;
  }

  async one(viewer: Viewer, id: string): Promise<Action | null> {
    const [action = null] = await this.many(viewer, [id]);
    return action;
  }

  /** Actions by id, in the order of the ids; null for those of other tenants, hidden or unknown. */
  many(viewer: Viewer, ids: readonly string[]): Promise<(Action | null)[]> {
    return this.#read(viewer, async (visible) => inOrder(ids, await byId(visible, ids)));
  }

  /** Up to `first + 1` actions, newest first. */
  page(viewer: Viewer, { first, after }: Page, status?: ActionStatus): Promise<readonly Action[]> {
    const where = { ...(status && { status }), ...(isUuid(after?.id) && { id: { $lt: after.id } }) };
    return this.#read(viewer, (visible) =>
      visible
        .select()
        .andWhere(where)
        .orderBy({ id: 'desc' })
        .limit(first + 1)
        .getResultList(),
    );
  }

  /** Like `many`, with what hangs on them filled in. */
  full(viewer: Viewer, ids: readonly string[]): Promise<(Action | null)[]> {
    return this.#read(viewer, async (visible, em) => {
      const actions = await byId(visible, ids);
      await withRelations(em, actions, (linked) => visible.among(linked));
      return inOrder(ids, actions);
    });
  }

  #read<Found>(viewer: Viewer, find: (visible: VisibleActions, em: EntityManager) => Promise<Found>): Promise<Found> {
    return this.#database.read(viewer.principal, async (em) =>
      find(await VisibleActions.to(viewer, em, this.#access), em),
    );
  }
}

const byId = (visible: VisibleActions, ids: readonly string[]): Promise<Action[]> =>
  visible
    .select()
    .andWhere({ id: { $in: ids.filter(isUuid) } })
    .getResultList();
