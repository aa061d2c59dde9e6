import { type Access, type Database, inOrder, isUuid, type Page } from '@countersign/kernel';
import { Bundle } from '../entities/bundle.ts';
import type { BundleStatus } from './bundles/index.ts';
import { withSteps } from './load-bundles.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

/** Reads a tenant's bundles. One is shown to whoever may see all of its steps; to others it is not there. */
export class BundleReader {
  readonly #database: Database;
  readonly #access: Access;

  constructor(database: Database, access: Access) {
    this.#database = database;
    this.#access = access;
  }

  async one(viewer: Viewer, id: string): Promise<Bundle | null> {
    const [bundle = null] = await this.many(viewer, [id]);
    return bundle;
  }

  /** Bundles by id, in the order of the ids; null for those of other tenants, hidden or unknown. */
  async many(viewer: Viewer, ids: readonly string[]): Promise<(Bundle | null)[]> {
    const known = ids.filter(isUuid);
    return inOrder(ids, known.length === 0 ? [] : await this.#read(viewer, { id: { $in: known } }, known.length));
  }

  /** Up to `first + 1` bundles, newest first. */
  page(viewer: Viewer, { first, after }: Page, statuses: readonly BundleStatus[] | null): Promise<readonly Bundle[]> {
    const where = {
      ...(statuses && { status: { $in: [...statuses] } }),
      ...(isUuid(after?.id) && { id: { $lt: after.id } }),
    };
    return this.#read(viewer, where, first + 1);
  }

  #read(viewer: Viewer, where: object, limit: number): Promise<readonly Bundle[]> {
    return this.#database.read(viewer.principal, async (em) => {
      const visible = await VisibleActions.to(viewer, em, this.#access);
      const bundles = await em
        .createQueryBuilder(Bundle, 'bundle')
        .select('*')
        .where(visible.ofBundles())
        .andWhere(where)
        .orderBy({ id: 'desc' })
        .limit(limit)
        .getResultList();
      return withSteps(em, bundles, (shown) => visible.among(shown));
    });
  }
}
