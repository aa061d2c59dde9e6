import { type CountersignError, type EntityManager, isUuid, notFound } from '@countersign/kernel';
import { LockMode } from '@mikro-orm/core';
import { Action } from '../entities/action.ts';
import { Approval } from '../entities/approval.ts';
import { Evidence } from '../entities/evidence.ts';
import { proposedAction } from '../proposed-action.ts';
import { idOfUndone } from '../statements.ts';

/** In the very words of the permissions' refusal: what is hidden is not to be told from what does not exist. */
export const noSuchAction = (): CountersignError => notFound(proposedAction.noun);

/** Which of the actions may be shown. */
export type MayShow = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * Fills in what hangs on actions: evidence, approvals, and the undo or what it undoes, where these may be shown. A few
 * statements for any number.
 */
export async function withRelations(
  em: EntityManager,
  actions: readonly Action[],
  mayShow?: MayShow,
): Promise<readonly Action[]> {
  const all = await withLinked(em, actions);
  const given = new Set(actions.map(({ id }) => id));
  const links = [...all.keys()].filter((id) => !given.has(id));
  const shown = mayShow && links.length > 0 ? await mayShow(links) : new Set(links);
  for (const id of links) if (!shown.has(id)) all.delete(id);
  const actionId = { $in: [...all.keys()] };
  const evidence = await em.find(Evidence, { actionId }, { orderBy: { ordinal: 'asc' } });
  const approvals = await em.find(Approval, { actionId }, { orderBy: { id: 'asc' } });
  for (const action of all.values()) {
    action.evidence = evidence.filter((each) => each.actionId === action.id);
    action.approvals = approvals.filter((each) => each.actionId === action.id);
    action.undo = all.get(action.undoId ?? '') ?? null;
    action.undoOf = all.get(action.undoOfId ?? '') ?? null;
  }
  return actions;
}

/** The action as the graph shows it. Throws `NOT_FOUND`. */
export async function loadAction(em: EntityManager, id: string): Promise<Action> {
  const action = await findAction(em, id);
  await withRelations(em, [action]);
  return action;
}

/** The action without what hangs on it. Throws `NOT_FOUND`. */
export async function findAction(em: EntityManager, id: string): Promise<Action> {
  const action = isUuid(id) ? await em.findOne(Action, { id }) : null;
  if (!action) throw noSuchAction();
  return action;
}

/** The action, its row locked until the transaction ends. Throws `NOT_FOUND`. */
export async function lockAction(em: EntityManager, id: string): Promise<Action> {
  const action = isUuid(id)
    ? await em.findOne(Action, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
    : null;
  if (!action) throw noSuchAction();
  return action;
}

/** An action at work, its row locked, and the action that it undoes, locked too. */
export interface Locked {
  readonly action: Action;
  readonly undone: Action | null;
}

/** The action and the one that it undoes, locked in that order everywhere: the first one first. Throws `NOT_FOUND`. */
export async function lockWithUndone(em: EntityManager, actionId: string): Promise<Locked> {
  if (!isUuid(actionId)) throw noSuchAction();
  // Most undo nothing, and then one statement is all.
  const lockMode = LockMode.PESSIMISTIC_WRITE;
  const alone = await em.findOne(Action, { id: actionId, undoOfId: null }, { lockMode, refresh: true });
  if (alone) return { undone: null, action: alone };
  const undoneId = await idOfUndone(em, actionId);
  const undone = undoneId === null ? null : await lockAction(em, undoneId);
  return { undone, action: await lockAction(em, actionId) };
}

async function withLinked(em: EntityManager, actions: readonly Action[]): Promise<Map<string, Action>> {
  const all = new Map(actions.map((action) => [action.id, action]));
  for (;;) {
    const linked = [...all.values()].flatMap(({ undoId, undoOfId }) => [undoId, undoOfId]);
    const missing = linked.filter((id): id is string => id !== null && !all.has(id));
    if (missing.length === 0) return all;
    for (const action of await em.find(Action, { id: { $in: missing } })) all.set(action.id, action);
  }
}
