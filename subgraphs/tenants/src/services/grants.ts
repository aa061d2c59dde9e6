import { covers } from '@countersign/kernel';
import type { Role } from '../entities/role.ts';
import type { GrantGraph } from '../statements/grants.ts';

/** A pattern that somebody holds, and how they came to it. */
export interface RoleGrant {
  readonly role: Role;
  readonly pattern: string;
  /** From the person to the role: `group ICU`, `role night shift`; empty where the role was assigned to them itself. */
  readonly through: readonly string[];
  /** When it ends by itself; null: when it is revoked. */
  readonly expiresAt: Date | null;
}

/** All that the user holds through roles: once for every assignment, by the shortest way. Direct ones come first. */
export function grantsOf(graph: GrantGraph, userId: string): RoleGrant[] {
  const groups = waysToGroups(graph, userId);
  const grants = graph.assignments.flatMap((assignment) => {
    const toGroup = assignment.groupId === null ? [] : groups.get(assignment.groupId);
    if (!toGroup || (assignment.groupId === null && assignment.userId !== userId)) return [];
    return [...waysToRoles(graph, assignment.roleId)].flatMap(([roleId, fromAssigned]) => {
      const role = graph.roles.get(roleId);
      const through = [...toGroup, ...fromAssigned];
      return (role?.permissions ?? []).flatMap((pattern) =>
        role ? [{ role, pattern, through, expiresAt: assignment.expiresAt }] : [],
      );
    });
  });
  return grants.sort((a, b) => a.through.length - b.through.length);
}

/** Those of the grants that give the permission. */
export const grantsFor = (grants: readonly RoleGrant[], permission: string): RoleGrant[] =>
  grants.filter(({ pattern }) => covers(pattern, permission));

function waysToGroups(graph: GrantGraph, userId: string): Map<string, string[]> {
  const direct = graph.members.filter((each) => each.userId === userId).map(({ groupId }) => groupId);
  const named = (id: string) => `group ${graph.groups.get(id) ?? id}`;
  return shortestWays(
    direct.map((id) => [id, [named(id)]]),
    (id) => graph.parents.filter(({ childId }) => childId === id).map(({ groupId }) => groupId),
    (way, _from, to) => [...way, named(to)],
  );
}

function waysToRoles(graph: GrantGraph, assignedId: string): Map<string, string[]> {
  return shortestWays(
    [[assignedId, []]],
    (id) => graph.includes.filter(({ roleId }) => roleId === id).map(({ includedId }) => includedId),
    (way, from) => [...way, `role ${graph.roles.get(from)?.name ?? from}`],
  );
}

/** Breadth first: the first way to a place is a shortest one, and circles end. */
function shortestWays(
  starts: readonly (readonly [string, string[]])[],
  next: (id: string) => readonly string[],
  step: (way: string[], from: string, to: string) => string[],
): Map<string, string[]> {
  const ways = new Map(starts);
  for (const [id, way] of ways) {
    for (const to of next(id)) if (!ways.has(to)) ways.set(to, step(way, id, to));
  }
  return ways;
}
