import {
  type EntityManager,
  holds,
  type Principal,
  personOf,
  problem,
  readPrincipal,
  type UserProblem,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { Approval, ApprovalDecision } from '../entities/approval.ts';
import { isOpen, seesActionData } from '../sensitive-data.ts';
import type { InForce } from './autonomy/index.ts';
import {
  type Approver,
  applicableGates,
  closedBy,
  type Demand,
  escalated,
  explainClosed,
  explainExceeded,
  type Fit,
  fit,
  type Gate,
  type Maker,
  nextOpening,
  type Requirements,
  type Standing,
  standing,
  sumOf,
} from './gates/index.ts';
import { sameWho, type Who } from './lifecycle/index.ts';
import { limitUses, type Measured, takeLimits } from './limit-uses.ts';
import { levelOf, ordersOf } from './standing-orders.ts';

/** What the tenant's gates ask of an action at this moment. */
export interface Asked extends Requirements {
  readonly all: readonly Gate[];
  /** How far its tool goes without people. */
  readonly autonomy: InForce;
}

/** Of what gates and levels of autonomy are asked: something that is done, or an undo of it. */
export type AskedAbout = Pick<Action, 'tool' | 'risk' | 'reversible'> & Partial<Pick<Action, 'undoOfId'>>;

export async function askedOf(em: EntityManager, about: AskedAbout): Promise<Asked> {
  const { gates } = await ordersOf(em);
  return askedBy(gates, about, await levelOf(em, about));
}

/** What these gates ask of an action, or of an undo, at a level of autonomy, of which an undo knows nothing. */
export function askedBy(gates: readonly Gate[], { tool, risk, undoOfId = null }: AskedAbout, autonomy: InForce): Asked {
  const isUndo = undoOfId !== null;
  const all = applicableGates(gates, { tool, risk, isUndo });
  const asked = sumOf(all, isUndo);
  return { all, autonomy, ...(isUndo ? asked : askedAt(autonomy, asked)) };
}

/** Where a tool only suggests somebody else is asked, whatever gates waive: the most restrictive of both holds. */
const askedAt = ({ level }: Pick<InForce, 'level'>, asked: Requirements): Requirements =>
  level === 'SUGGEST' && asked.demands.length === 0
    ? { ...asked, demands: sumOf([]).demands, waivedBy: [], count: 1 }
    : asked;

/**
 * Takes room under the limits for an action, until it is refused, fails or ends; asked again before it is begun. Refuses
 * with `LIMIT_EXCEEDED`.
 */
export async function insistRoom(
  em: EntityManager,
  { limits, all }: Asked,
  action: Measured & Pick<Action, 'amount' | 'currency'>,
  { now, path }: { now: Date; path: string[] },
): Promise<void> {
  if (limits.length === 0) return;
  await takeLimits(em);
  const found = fit(await limitUses(em, limits, all, { action, now }), action, now);
  if (!found.fits) throw noRoom(found, path);
}

/** The refusal `LIMIT_EXCEEDED`, which says how much is left, and from when on it would fit. */
export function noRoom({ exceeded, freeAt }: Extract<Fit, { fits: false }>, path: string[]): UserProblem {
  const [first] = exceeded;
  const params = {
    gate: first?.limit.gate.name ?? null,
    left: first?.left ?? null,
    freeAt: freeAt?.toISOString() ?? null,
  };
  return problem('LIMIT_EXCEEDED', exceeded.map(explainExceeded).join(' '), path, params);
}

/**
 * All that gates ask for is asked again when an action is begun: people leave, windows close, limits are used up by others.
 * Refuses with `OUTSIDE_CHANGE_WINDOW`, `APPROVALS_MISSING`, `LIMIT_EXCEEDED`.
 */
export async function insistGates(em: EntityManager, action: Action, now: Date): Promise<Asked> {
  const asked = await askedOf(em, action);
  insistOpen(asked, now);
  await insistApproved(em, asked, action, now);
  await insistRoom(em, asked, action, { now, path: ['input', 'actionId'] });
  return asked;
}

/** Refuses with `OUTSIDE_CHANGE_WINDOW`, which says when it opens. */
export function insistOpen({ schedule }: Asked, now: Date): void {
  const closed = closedBy(schedule, now);
  if (closed.length === 0) return;
  const opensAt = nextOpening(schedule, now)?.toISOString() ?? null;
  throw problem('OUTSIDE_CHANGE_WINDOW', closed.map(explainClosed).join(' '), ['input', 'actionId'], { opensAt });
}

/** Whose approvals of the plan that stands count: of those who are still there, as they were when they approved. */
export async function approversOf(
  em: EntityManager,
  { id: actionId, planHash, tenantId }: Action,
): Promise<Approver[]> {
  const given = await em.find(Approval, { actionId, planHash, decision: ApprovalDecision.APPROVED });
  const there = await Promise.all(
    given.map(async (approval) => {
      const { approverKind, approverId: id } = approval;
      // Written from a principal's own kind and tenant.
      const who = { kind: approverKind, id, tenantId } as Pick<Principal, 'kind' | 'id' | 'tenantId'>;
      return (await readPrincipal(em, who, 0)) ? [asApprover(approval)] : [];
    }),
  );
  return there.flat();
}

/** As they were when they approved. */
export const asApprover = (approval: Approval): Approver => ({
  id: approval.approverId,
  person: approval.approverPerson,
  roles: approval.approverRoles,
  groups: approval.approverGroups,
  department: approval.approverDepartment,
  seesAll: approval.seesAll,
  standsFor: approval.onBehalfOfIds,
});

/** Somebody who would approve the action, as they stand. */
export const approverAs = (principal: Principal, action: Action): Approver => ({
  id: principal.id,
  person: personOf(principal) ?? null,
  roles: principal.roles,
  groups: principal.groups ?? [],
  department: departmentIn(principal.attributes),
  seesAll: isOpen(action) || holds(principal, seesActionData),
});

/** The same with the departments that they are in, or, for who proposed it, were in then. */
export async function makersOf(em: EntityManager, action: Action): Promise<Maker[]> {
  const { makerId: id, makerPerson: person, makerAttributes, editors, tenantId } = action;
  const changed = editors.map(async (editor) => {
    const principal = await readPrincipal(em, { kind: 'user', id: editor, tenantId } as Principal, 0);
    // Ids of people stand among them as such.
    return { id: editor, person: editor, department: departmentIn(principal?.attributes ?? {}) };
  });
  return [{ id, person, department: departmentIn(makerAttributes) }, ...(await Promise.all(changed))];
}

/** Who proposed it, and everybody who changed it since. */
export const whoMade = ({ makerId: id, makerPerson: person, editors }: Action): Who[] => [
  { id, person },
  // Ids of people stand among them as such.
  ...editors.map((editor) => ({ id: editor, person: editor })),
];

/** Whether they proposed or changed it, under whatever name they come. */
export const isMaker = (action: Action, principal: Principal): boolean => {
  const who = { id: principal.id, person: personOf(principal) ?? null };
  return whoMade(action).some((maker) => sameWho(maker, who));
};

/** The approvals that are asked for by now: what was left undecided for long may be for others, too. */
export const demandsAt = ({ demands }: Asked, action: Action, now: Date): Demand[] =>
  escalated(demands, (now.getTime() - action.plannedAt.getTime()) / 60_000);

/** How far the approvals have come, of those who are still there. Refuses with `APPROVALS_MISSING`. */
export async function insistApproved(em: EntityManager, asked: Asked, action: Action, now: Date): Promise<void> {
  if (asked.demands.length === 0) return;
  const { complete, missing } = await standingOf(em, asked, action, now);
  if (complete) return;
  const message = `${missing.map(({ reason }) => reason).join(' ')} Approvals count of those alone who are still there.`;
  throw problem('APPROVALS_MISSING', message, ['input', 'actionId'], { missing: missing.map(({ reason }) => reason) });
}

export async function standingOf(em: EntityManager, asked: Asked, action: Action, now: Date): Promise<Standing> {
  const makers = await makersOf(em, action);
  return standing(demandsAt(asked, action, now), makers, await approversOf(em, action));
}

export function departmentIn(attributes: Principal['attributes']): string | null {
  const { department } = attributes;
  return typeof department === 'string' ? department : null;
}
