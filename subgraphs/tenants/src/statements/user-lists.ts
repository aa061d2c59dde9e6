import type { EntityManager } from '@countersign/kernel';
import { User } from '../entities/user.ts';

/** A person in a list by name; `position` is what the list goes on from. */
export interface ListedUser {
  readonly user: User;
  readonly position: string;
}

export interface UserSearch {
  /** Part of the name, in whatever case; of the address, too, for who may see addresses. */
  readonly search: string | null;
  readonly byAddress: boolean;
  /** Those alone who are in the group itself. */
  readonly groupId: string | null;
  readonly after: string | null;
  readonly limit: number;
}

export async function findUsers(
  em: EntityManager,
  { search, byAddress, groupId, after, limit }: UserSearch,
): Promise<ListedUser[]> {
  const like = search === null ? null : `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const rows: { id: string; position: string }[] = await em.execute(
    `select u.id, u.list_position as position from tenants.app_user u
     where u.deleted_at is null
       and (?::text is null or u.name ilike ?::text or (?::boolean and u.email ilike ?::text))
       and (?::uuid is null
            or exists (select from tenants.group_member m where m.group_id = ?::uuid and m.user_id = u.id))
       and (?::text is null or u.list_position > ?::text)
     order by u.list_position limit ?::integer`,
    [like, like, byAddress, like, groupId, groupId, after, after, limit],
  );
  return listed(rows, await usersOf(em, rows));
}

export interface MemberPage {
  readonly groupId: string;
  readonly after: string | null;
  readonly limit: number;
}

/** A page of the members of each of the groups, in the order of the pages. */
export async function membersOfGroups(em: EntityManager, pages: readonly MemberPage[]): Promise<ListedUser[][]> {
  const rows: { page: number; id: string; position: string }[] = await em.execute(
    `select asked.page, member.id, member.position
     from jsonb_to_recordset(?::jsonb) as asked (page integer, group_id uuid, after text, most integer)
     cross join lateral (
       select u.id, u.list_position as position
       from tenants.group_member m join tenants.app_user u on u.id = m.user_id
       where m.group_id = asked.group_id and (asked.after is null or u.list_position > asked.after)
       order by u.list_position limit asked.most
     ) member
     order by asked.page, member.position`,
    [JSON.stringify(pages.map(({ groupId, after, limit }, page) => ({ page, group_id: groupId, after, most: limit })))],
  );
  const users = await usersOf(em, rows);
  return pages.map((_, index) =>
    listed(
      rows.filter(({ page }) => page === index),
      users,
    ),
  );
}

async function usersOf(em: EntityManager, rows: readonly { id: string }[]): Promise<ReadonlyMap<string, User>> {
  const ids = [...new Set(rows.map(({ id }) => id))];
  const users = ids.length === 0 ? [] : await em.find(User, { id: { $in: ids } });
  return new Map(users.map((user) => [user.id, user]));
}

const listed = (rows: readonly { id: string; position: string }[], users: ReadonlyMap<string, User>): ListedUser[] =>
  rows.flatMap(({ id, position }) => {
    const user = users.get(id);
    return user ? [{ user, position }] : [];
  });
