import { sameWho, type Who } from '../lifecycle/index.ts';
import type { Demand, OneOf } from './applicable.ts';

/** Somebody who approves, as they were when they did. */
export interface Approver extends Who {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly department: string | null;
  /** Whether they may see all data of the action. */
  readonly seesAll: boolean;
  /** Ids of those in whose place they approve, too; their roles and groups are among the above. */
  readonly standsFor?: readonly string[];
}

/** Somebody who proposed the action or edited it. */
export interface Maker extends Who {
  readonly department: string | null;
}

/** What a demand still lacks: at least `count` more people, among them one of each of `oneOf`. */
export interface Shortfall {
  readonly count: number;
  readonly oneOf: readonly OneOf[];
}

export type Unfit =
  | 'MAKER_IS_NOT_CHECKER'
  | 'DOES_NOT_SEE_ALL'
  | 'NO_DEPARTMENT'
  | 'MAKERS_DEPARTMENT'
  | 'MAKERS_DEPARTMENT_UNKNOWN';

/**
 * What the approvers leave open of a demand. Where departments must differ, it is enough that some of the approvers
 * have different ones and cover the demand: more approvals never take anything away.
 */
export function shortfall(demand: Demand, makers: readonly Maker[], approvers: readonly Approver[]): Shortfall {
  const counted = eachOnce(approvers).filter((each) => unfit(demand, makers, each) === null);
  const covered = subsets(demand.oneOf).find((some) => canBeCovered(some, counted, demand.distinctDepartments)) ?? [];
  const oneOf = demand.oneOf.filter((each) => !covered.includes(each));
  const given = demand.distinctDepartments ? new Set(counted.map(({ department }) => department)).size : counted.length;
  return { count: Math.max(demand.count - given, oneOf.length > 0 ? 1 : 0), oneOf };
}

/** Why somebody cannot count towards a demand, whoever else approves; null when they can. */
export function unfit(demand: Demand, makers: readonly Maker[], person: Approver): Unfit | null {
  if (makers.some((maker) => sameWho(maker, person))) return 'MAKER_IS_NOT_CHECKER';
  if (demand.mustSeeAll && !person.seesAll) return 'DOES_NOT_SEE_ALL';
  if (!demand.distinctDepartments && !demand.notMakersDepartment) return null;
  // What is not known cannot be shown to differ.
  if (person.department === null) return 'NO_DEPARTMENT';
  if (!demand.notMakersDepartment) return null;
  if (makers.some(({ department }) => department === null)) return 'MAKERS_DEPARTMENT_UNKNOWN';
  return makers.some(({ department }) => department === person.department) ? 'MAKERS_DEPARTMENT' : null;
}

/** Whether one more approval, by somebody who has not approved, brings a demand nearer to being met. */
export function bringsNearer(
  demand: Demand,
  makers: readonly Maker[],
  approvers: readonly Approver[],
  candidate: Approver,
): boolean {
  const before = shortfall(demand, makers, approvers);
  if (before.count === 0 || unfit(demand, makers, candidate) !== null) return false;
  const after = shortfall(demand, makers, [...approvers, candidate]);
  if (after.count < before.count || after.oneOf.length < before.oneOf.length) return true;
  // With this one, somebody of a department that is taken now may count later.
  return before.oneOf.length > 0 && demand.distinctDepartments && widensChoice(demand, makers, approvers, candidate);
}

export function meets({ kind, names, orRoles }: OneOf, person: Approver): boolean {
  if (person.roles.some((role) => orRoles.includes(role))) return true;
  switch (kind) {
    case 'ROLE':
      return person.roles.some((role) => names.includes(role));
    case 'GROUP':
      return person.groups.some((group) => names.includes(group));
    case 'PERSON':
      return [person.person ?? person.id, ...(person.standsFor ?? [])].some((id) => names.includes(id));
  }
}

function widensChoice(
  demand: Demand,
  makers: readonly Maker[],
  approvers: readonly Approver[],
  candidate: Approver,
): boolean {
  const offered = demand.oneOf.filter((each) => meets(each, candidate));
  const already = approvers.some(
    (each) =>
      unfit(demand, makers, each) === null &&
      each.department === candidate.department &&
      offered.every((one) => meets(one, each)),
  );
  return offered.length > 0 && !already;
}

function eachOnce(approvers: readonly Approver[]): Approver[] {
  return approvers.filter((each, index) => !approvers.slice(0, index).some((earlier) => sameWho(earlier, each)));
}

/** Whether somebody can be chosen for each, so that any two who are chosen have different departments if they must. */
function canBeCovered(
  oneOf: readonly OneOf[],
  people: readonly Approver[],
  distinctDepartments: boolean,
  chosen: readonly Approver[] = [],
): boolean {
  const [first, ...rest] = oneOf;
  if (!first) return true;
  return people.some(
    (person) =>
      meets(first, person) &&
      (!distinctDepartments || chosen.every((each) => each === person || each.department !== person.department)) &&
      canBeCovered(rest, people, distinctDepartments, [...chosen, person]),
  );
}

/** All choices among a few, the largest first. */
function subsets<T>(items: readonly T[]): T[][] {
  let all: T[][] = [[]];
  for (const item of items) all = all.concat(all.map((each) => [...each, item]));
  return all.sort((one, other) => other.length - one.length);
}
