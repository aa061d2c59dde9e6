import { type EntityManager, type EventOrigin, publish } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { LogWriter } from './log-writer.ts';
import { move } from './move.ts';

/** Ends a locked action whose time has run out. Refuses with `ILLEGAL_TRANSITION` where it is not one that ends so. */
export async function expire(em: EntityManager, log: LogWriter, origin: EventOrigin, action: Action): Promise<void> {
  const { id: actionId, status: from, planHash, tool, expiresAt, bundleId } = action;
  move(action, { type: 'EXPIRE' });
  const facts = { from, planHash, expiresAt: expiresAt?.toISOString() ?? null, ...(bundleId !== null && { bundleId }) };
  log.append(em, origin, action, 'EXPIRY', { facts });
  await publish(em, origin, 'ActionExpired', { actionId, tool });
}
