import { type EntityManager, holds, type Principal, personOf, readPrincipal } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { Delegation } from '../entities/delegation.ts';
import { approvePermission } from '../maker-is-not-checker.ts';
import { approverAs, isMaker } from './gate-keeper.ts';
import type { Approver } from './gates/index.ts';

/**
 * Those in whose place somebody may approve at this moment, as they are now: who left, or may not approve any more, has
 * nothing to hand on. What they were handed themselves is not handed on.
 */
export async function delegatorsOf(em: EntityManager, principal: Principal, now: Date): Promise<Principal[]> {
  const toId = personOf(principal);
  if (toId === undefined) return [];
  const inForce = await em.find(Delegation, { toId, since: { $lte: now }, until: { $gt: now } });
  const ids = [...new Set(inForce.map(({ fromId }) => fromId))];
  const { tenantId } = principal;
  const there = await Promise.all(
    // Only a person gives their place to another.
    ids.map((id) => readPrincipal(em, { kind: 'user', id, tenantId } as Principal, 0)),
  );
  return there.filter((each): each is Principal => each !== null && holds(each, approvePermission));
}

/**
 * Somebody who would approve the action, with what they are in the place of others. They count once all the same, and
 * who made the action lends their place to nobody for it.
 */
export function approverFor(principal: Principal, delegators: readonly Principal[], action: Action): Approver {
  const own = approverAs(principal, action);
  const lending = delegators.filter((each) => !isMaker(action, each));
  if (lending.length === 0) return own;
  return {
    ...own,
    roles: union(own.roles, ...lending.map(({ roles }) => roles)),
    groups: union(own.groups, ...lending.map(({ groups = [] }) => groups)),
    standsFor: lending.map((each) => personOf(each) ?? each.id),
  };
}

const union = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];
