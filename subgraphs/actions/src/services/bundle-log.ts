import { type EntityManager, type EventOrigin, publish } from '@countersign/kernel';
import type { Bundle } from '../entities/bundle.ts';
import type { LogWriter } from './log-writer.ts';

/** Writes down, and tells, what happened to a bundle as a whole; what happens to its steps is told of each of them. */
export async function recordBundle(
  em: EntityManager,
  log: LogWriter,
  origin: EventOrigin,
  bundle: Bundle,
  content: { readonly state: string; readonly facts?: object; readonly values?: object },
): Promise<void> {
  const { id, status, planHash } = bundle;
  const facts = { state: content.state, subject: { type: 'Bundle', id }, status, planHash, ...content.facts };
  log.appendGeneral(em, origin, 'BUNDLE', { facts, values: content.values });
  await publish(em, origin, 'BundleMoved', { bundleId: id, status });
}
