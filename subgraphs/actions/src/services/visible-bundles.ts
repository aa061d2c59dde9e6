import type { Access, EntityManager, RequestContext } from '@countersign/kernel';
import type { Bundle } from '../entities/bundle.ts';
import { lockBundle, noSuchBundle, withSteps } from './load-bundles.ts';
import { VisibleActions } from './visible-actions.ts';

/** The bundle, locked, with its steps, for who may see all of them. Throws `NOT_FOUND`. */
export async function lockVisibleBundle(
  em: EntityManager,
  access: Access,
  id: string,
  caller: RequestContext,
): Promise<Bundle> {
  const bundle = await lockBundle(em, id);
  await withSteps(em, [bundle]);
  const principal = await access.currentIn(em, caller.principal);
  const visible = await VisibleActions.to({ ...caller, principal }, em, access);
  const shown = await visible.among(bundle.steps.map(({ action }) => action.id));
  if (shown.size !== bundle.steps.length) throw noSuchBundle();
  return bundle;
}
