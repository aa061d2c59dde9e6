import { type EntityManager, type EventOrigin, publish } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { LogWriter } from './log-writer.ts';

/** A locked, approved action waits from now on, in the name of who set it off last; `unattended`: of whom nobody clicked. */
export async function beginWait(
  em: EntityManager,
  log: LogWriter,
  action: Action,
  { unattended, ...origin }: EventOrigin & { unattended: boolean },
): Promise<void> {
  const { kind, id } = origin.principal;
  const isNew = action.waitingSince === null;
  if (action.waiterKind === kind && action.waiterId === id && action.waiterUnattended === unattended) return;
  action.waiterUnattended = unattended;
  const now = log.now();
  action.waitingSince ??= now;
  action.waitingDue ??= now;
  action.waiterKind = kind;
  action.waiterId = id;
  const { id: actionId, tool, planHash } = action;
  log.append(em, origin, action, 'WAITING', { facts: { state: isNew ? 'BEGUN' : 'TAKEN_OVER', tool, planHash } });
  if (isNew) await publish(em, origin, 'ActionWaiting', { actionId, tool });
}
