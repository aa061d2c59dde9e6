import { type Access, type Database, inOrder, isUuid, type Page } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { ActionStatus } from './lifecycle/index.ts';
import { withRelations } from './load-actions.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

/** Reads a tenant's actions, as far as the viewer may see them: what is hidden is absent, as what does not exist is. */
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
    return this.#read(viewer, async (visible) =>
      inOrder(
        ids,
        await visible
          .select()
          .andWhere({ id: { $in: ids.filter(isUuid) } })
          .getResultList(),
      ),
    );
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

  #read<Found extends readonly (Action | null)[]>(
    viewer: Viewer,
    find: (visible: VisibleActions) => Promise<Found>,
  ): Promise<Found> {
    return this.#database.read(viewer.principal, async (em) => {
      const visible = await VisibleActions.to(viewer, em, this.#access);
      const found = await find(visible);
      const actions = found.filter((action) => action !== null);
      await withRelations(em, actions, (ids) => visible.among(ids));
      return found;
    });
  }
}
