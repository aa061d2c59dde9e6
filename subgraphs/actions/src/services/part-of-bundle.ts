import { type EntityManager, problem } from '@countersign/kernel';
import { Action } from '../entities/action.ts';
import { Bundle } from '../entities/bundle.ts';
import type { AsStep } from './attempt.ts';

/** What is done to a step is done to its bundle as a whole. Refuses with `PART_OF_BUNDLE`. */
export function insistWithin({ bundleId, stepKey }: Action, as?: AsStep): void {
  if (bundleId === null || bundleId === as?.bundleId) return;
  const message = `The action is step "${stepKey}" of the bundle ${bundleId}: decide on, execute and undo the bundle.`;
  throw problem('PART_OF_BUNDLE', message, ['input', 'actionId'], { bundleId, step: stepKey });
}

/** Nothing more is begun of a bundle that is over, or taken back, by now. Refuses with `ILLEGAL_TRANSITION`. */
export async function insistRuns(em: EntityManager, { bundleId: id }: AsStep): Promise<void> {
  const bundle = await em.findOneOrFail(Bundle, { id }, { refresh: true });
  if (bundle.status === 'EXECUTING') return;
  const message = `The bundle is ${bundle.status}: nothing more of it is begun.`;
  throw problem('ILLEGAL_TRANSITION', message, ['input', 'bundleId'], { status: bundle.status });
}

/**
 * A step is undone by itself only where its bundle is over, and nothing that took from it, or had to come after it,
 * stands. Refuses with `PART_OF_BUNDLE`.
 */
export async function insistUndoAlone(em: EntityManager, { bundleId, stepKey }: Action): Promise<void> {
  if (bundleId === null || stepKey === null) return;
  const bundle = await em.findOneOrFail(Bundle, { id: bundleId });
  const params = { bundleId, step: stepKey };
  if (bundle.status === 'EXECUTING' || bundle.status === 'COMPENSATING') {
    const message = `The action is step "${stepKey}" of the bundle ${bundleId}, which is ${bundle.status}: wait for its end.`;
    throw problem('PART_OF_BUNDLE', message, ['input', 'actionId'], params);
  }
  const steps = await em.find(Action, { bundleId }, { orderBy: { stepOrdinal: 'asc' } });
  const standing = steps.find((step) => step.stepAfter.includes(stepKey) && stands.has(step.status));
  if (!standing) return;
  const message = `Step "${standing.stepKey}" of the bundle ${bundleId} came after this one and stands: undo that first, or the bundle.`;
  throw problem('PART_OF_BUNDLE', message, ['input', 'actionId'], { ...params, standing: standing.stepKey });
}

const stands = new Set<Action['status']>(['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'SUBMITTED', 'UNDOING']);
