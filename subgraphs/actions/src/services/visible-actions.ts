import { type Access, type EntityManager, type EventOrigin, type Filter, isUuid } from '@countersign/kernel';
import { type RawQueryFragment, raw } from '@mikro-orm/core';
import { Action } from '../entities/action.ts';
import { actionTable } from '../proposed-action.ts';

/** Who looks, and from where: policies may ask for both. */
export type Viewer = EventOrigin;

/**
 * The actions that one viewer may see, decided inside the statements that read them: a page is cut after what is hidden
 * is left out, and nothing that is hidden leaves the database.
 */
export class VisibleActions {
  readonly #em: EntityManager;
  readonly #filter: Filter;

  private constructor(em: EntityManager, filter: Filter) {
    this.#em = em;
    this.#filter = filter;
  }

  static async to(viewer: Viewer, em: EntityManager, access: Access): Promise<VisibleActions> {
    return new VisibleActions(em, await access.filter(em, viewer, 'actions:action:read', actionTable));
  }

  /** A query for actions, with the visible ones alone. */
  select() {
    const query = this.#em.createQueryBuilder(Action, 'action').select('*');
    return this.#filter.kind === 'all' ? query : query.where(conditionOf(this.#filter));
  }

  /** Those of the ids that are visible actions'. */
  async among(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return new Set();
    const rows = await this.select()
      .andWhere({ id: { $in: known } })
      .getResultList();
    return new Set(rows.map(({ id }) => id));
  }

  /** True of rows `bundle` of which every step is a visible action. */
  ofBundles(): RawQueryFragment {
    if (this.#filter.kind === 'all') return raw('true');
    const { sql, params } = conditionOf(this.#filter);
    return raw(
      `not exists (
         select from actions.action as action where action.bundle_id = bundle.id and (${sql}) is not true)`,
      params,
    );
  }

  /** True of rows `entry` whose `action_id` is that of a visible action, or none. */
  ofEntries(): RawQueryFragment {
    if (this.#filter.kind === 'all') return raw('true');
    const { sql, params } = conditionOf(this.#filter);
    return raw(
      `(entry.action_id is null or exists (
         select from actions.action as action where action.id = entry.action_id and ${sql}))`,
      params,
    );
  }
}

const conditionOf = (filter: Exclude<Filter, { kind: 'all' }>): RawQueryFragment =>
  filter.kind === 'none' ? raw('false') : raw(filter.sql, filter.params);
