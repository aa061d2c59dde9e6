import type { EntityManager } from '@countersign/kernel';
import { Assignment } from '../entities/assignment.ts';

/** What each of the people was assigned by name, not through a group; the oldest first, in the order of the ids. */
export async function assignmentsOfUsers(em: EntityManager, userIds: readonly string[]): Promise<Assignment[][]> {
  const found = await em.find(Assignment, { userId: { $in: [...userIds] } }, { orderBy: { id: 'asc' } });
  const byUser = Map.groupBy(found, ({ userId }) => userId);
  return userIds.map((id) => byUser.get(id) ?? []);
}

export interface AssignmentPage {
  readonly roleId: string;
  readonly after: string | null;
  readonly limit: number;
}

/** A page of the assignments of each of the roles; the oldest first, in the order of the pages. */
export async function assignmentsOfRoles(em: EntityManager, pages: readonly AssignmentPage[]): Promise<Assignment[][]> {
  const rows: { page: number; id: string }[] = await em.execute(
    `select asked.page, found.id
     from jsonb_to_recordset(?::jsonb) as asked (page integer, role_id uuid, after uuid, most integer)
     cross join lateral (
       select a.id from tenants.assignment a
       where a.role_id = asked.role_id and (asked.after is null or a.id > asked.after)
       order by a.id limit asked.most
     ) found`,
    [JSON.stringify(pages.map(({ roleId, after, limit }, page) => ({ page, role_id: roleId, after, most: limit })))],
  );
  const ids = rows.map(({ id }) => id);
  const found = ids.length === 0 ? [] : await em.find(Assignment, { id: { $in: ids } }, { orderBy: { id: 'asc' } });
  const pageOf = new Map(rows.map(({ id, page }) => [id, page]));
  return pages.map((_, index) => found.filter(({ id }) => pageOf.get(id) === index));
}
