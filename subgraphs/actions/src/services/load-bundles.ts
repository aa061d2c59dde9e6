import { type CountersignError, type EntityManager, isUuid, notFound, problem } from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { Action } from '../entities/action.ts';
import { Bundle, type BundleStep } from '../entities/bundle.ts';
import { type BundleEvent, bundleTransition } from './bundles/index.ts';
import { type MayShow, withRelations } from './load-actions.ts';

export const noSuchBundle = (): CountersignError => notFound('bundle');

/** Fills in the bundles' steps, and what hangs on those. */
export async function withSteps(
  em: EntityManager,
  bundles: readonly Bundle[],
  mayShow?: MayShow,
): Promise<readonly Bundle[]> {
  const bundleId = { $in: bundles.map(({ id }) => id) };
  const actions = await em.find(Action, { bundleId }, { orderBy: { stepOrdinal: 'asc' } });
  await withRelations(em, actions, mayShow);
  for (const bundle of bundles) {
    bundle.steps = actions.filter((action) => action.bundleId === bundle.id).map(asStep);
  }
  return bundles;
}

/** The bundle, its row locked until the transaction ends; it is locked before its steps everywhere. Throws `NOT_FOUND`. */
export async function lockBundle(em: EntityManager, id: string): Promise<Bundle> {
  const bundle = isUuid(id)
    ? await em.findOne(Bundle, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
    : null;
  if (!bundle) throw noSuchBundle();
  return bundle;
}

/** Its steps in the order of their execution, as they are now. */
export const stepsOf = (em: EntityManager, bundleId: string): Promise<Action[]> =>
  em.find(Action, { bundleId }, { orderBy: { stepOrdinal: 'asc' }, refresh: true });

/** Takes a locked bundle to where the event leads. Refuses with `ILLEGAL_TRANSITION`, which names where it stands. */
export function moveBundle(bundle: Pick<Bundle, 'status' | 'updatedAt'>, event: BundleEvent, now: Date): void {
  const taken = bundleTransition(bundle.status, event);
  if (!taken.ok) {
    const params = { status: bundle.status, possible: taken.possible };
    throw problem('ILLEGAL_TRANSITION', taken.message, ['input', 'bundleId'], params);
  }
  bundle.status = taken.next;
  bundle.updatedAt = now;
}

/** Of an action that is one: its place is written with it. */
export const keyOf = ({ stepKey }: Action): string => stepKey ?? '';

const asStep = (action: Action): BundleStep => ({
  key: keyOf(action),
  ordinal: action.stepOrdinal ?? 0,
  dependsOn: action.stepAfter,
  takesFromOthers: action.stepTemplate !== null,
  action,
});
