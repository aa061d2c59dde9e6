import { type EntityManager, newId, problem } from '@countersign/kernel';
import { Assignment } from '../../entities/assignment.ts';
import type { Role } from '../../entities/role.ts';
import { namesOf, patternsOf } from '../../statements/roles.ts';
import { changeKind, insistMayGrant } from './change.ts';
import { insistGroup } from './group-rules.ts';
import { insistRole } from './role-changes.ts';
import { insistUser } from './user-rules.ts';

export interface AssignmentDraft {
  readonly roleId: string;
  /** One of the two is null, not both. */
  readonly userId: string | null;
  readonly groupId: string | null;
  readonly reason: string | null;
}

const permission = 'tenants:role:administer';

/**
 * Gives a person or a group a role; where they have it already, its end and reason change. A role given to a group that
 * a directory manages is left to the directory to hand on: who says who is in the group need not hold what the role holds.
 * Refuses with `ROLE_NOT_FOUND`, `USER_NOT_FOUND`, `GROUP_NOT_FOUND`, `ASSIGNEE_INVALID`, `EXPIRY_INVALID`,
 * `CANNOT_GRANT`.
 */
export const assignRole = changeKind<AssignmentDraft & { readonly expiresAt: string | null }, Assignment>({
  name: 'role.assign',
  permission,
  // An end that is put to the last admin's own role.
  mayRemoveAdmin: true,
  apply: async (em, draft, author) => {
    const { role, assignee, known } = await insistAssignable(em, draft);
    const expiresAt = insistFuture(draft.expiresAt, author.now);
    insistMayGrant(author, await patternsOf(em, [role.id]), ['input', 'roleId']);
    const { tenantId, kind, id } = author.principal;
    const { reason, roleId, userId, groupId } = draft;
    const told = { expiresAt, reason, assignedBy: `${kind}:${id}` };
    const before = known && contentOf(known, role.name, assignee);
    const hasEnded = known?.expiresAt != null && known.expiresAt <= author.now;
    const assignment = known
      ? em.assign(known, hasEnded ? { ...told, since: author.now } : told)
      : em.create(Assignment, { ...told, id: newId(), tenantId, roleId, userId, groupId, since: author.now });
    em.persist(assignment);
    const subject = subjectOf(assignment, role, assignee);
    const gained = { path: ['input', 'roleId'], roles: await namesOf(em, [role.id]) };
    return { result: assignment, gained, subject, before, after: contentOf(assignment, role.name, assignee) };
  },
});

/** Takes a role from a person or a group. Refuses like `assignRole`, and with `NOT_ASSIGNED`. */
export const revokeRole = changeKind<AssignmentDraft, { readonly id: string }>({
  name: 'role.revoke',
  permission,
  mayRemoveAdmin: true,
  needsNoApproval: true,
  apply: async (em, draft, _author) => {
    const { role, assignee, known } = await insistAssignable(em, draft);
    if (!known) throw problem('NOT_ASSIGNED', `${assignee} is not assigned the role "${role.name}".`, ['input']);
    const told = { result: { id: known.id }, subject: subjectOf(known, role, assignee) };
    const before = contentOf(known, role.name, assignee);
    em.remove(known);
    return { ...told, before, after: null };
  },
});

/** The role, the name of who it is for, and the assignment where there is one. */
async function insistAssignable(em: EntityManager, { roleId, userId, groupId }: AssignmentDraft) {
  const role = await insistRole(em, roleId, ['input', 'roleId']);
  if ((userId === null) === (groupId === null)) {
    throw problem('ASSIGNEE_INVALID', 'A role is assigned to a person or to a group: name one of the two.', ['input']);
  }
  const assignee =
    userId === null
      ? (await insistGroup(em, groupId ?? '', ['input', 'groupId'])).name
      : (await insistUser(em, userId, ['input', 'userId'])).name;
  const known = await em.findOne(Assignment, { roleId, userId, groupId });
  return { role, assignee, known };
}

/** Four digits of a year are as far as the database and ISO 8601 understand each other. */
const farthest = Date.UTC(9999, 0);

function insistFuture(expiresAt: string | null, now: Date): Date | null {
  if (expiresAt === null) return null;
  const end = new Date(expiresAt);
  if (end > now && end.getTime() < farthest) return end;
  throw problem('EXPIRY_INVALID', 'The end of an assignment lies in the future, before the year 9999.', [
    'input',
    'expiresAt',
  ]);
}

const subjectOf = ({ id }: Assignment, role: Role, assignee: string) => ({
  type: 'RoleAssignment',
  id,
  name: `${role.name}: ${assignee}`,
});

const contentOf = ({ userId, groupId, expiresAt, reason, assignedBy }: Assignment, role: string, assignee: string) => ({
  role,
  assignee,
  ...(userId === null ? { groupId } : { userId }),
  expiresAt: expiresAt?.toISOString() ?? null,
  reason,
  assignedBy,
});
