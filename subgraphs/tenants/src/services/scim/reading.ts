import type { Database, EntityManager, Principal } from '@countersign/kernel';
import { isUuid } from '@countersign/kernel';
import { Group } from '../../entities/group.ts';
import { User } from '../../entities/user.ts';
import { findScimIds, groupNamesOfUsers, membersWithNames } from '../../statements/scim.ts';
import { groupColumn, userColumn } from './columns.ts';
import { orderOf, whereOf } from './filter-sql.ts';
import type { ScimGroup, ScimQuery, ScimUser } from './shapes.ts';

/** The people and groups of a tenant as its directory reads them back. */
export class ScimReading {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  findUsers(principal: Principal, query: ScimQuery): Promise<{ total: number; users: ScimUser[] }> {
    const { filter, sort } = query;
    const where = filter ? whereOf(filter, userColumn) : everything;
    const order = orderOf(sort, userColumn, 'u.id');
    return this.#database.read(principal, async (em) => {
      const { total, ids } = await findScimIds(em, 'users', { where, order, ...query });
      return { total, users: await readScimUsers(em, ids) };
    });
  }

  /** Null for one that is not there, or not any more. */
  async user(principal: Principal, id: string): Promise<ScimUser | null> {
    if (!isUuid(id)) return null;
    const [user] = await this.#database.read(principal, (em) => readScimUsers(em, [id]));
    return user ?? null;
  }

  findGroups(
    principal: Principal,
    query: ScimQuery,
    members: boolean,
  ): Promise<{ total: number; groups: ScimGroup[] }> {
    const { filter, sort } = query;
    const where = filter ? whereOf(filter, groupColumn) : everything;
    const order = orderOf(sort, groupColumn, 'g.id');
    return this.#database.read(principal, async (em) => {
      const { total, ids } = await findScimIds(em, 'groups', { where, order, ...query });
      return { total, groups: await readScimGroups(em, ids, members) };
    });
  }

  async group(principal: Principal, id: string, members: boolean): Promise<ScimGroup | null> {
    if (!isUuid(id)) return null;
    const [group] = await this.#database.read(principal, (em) => readScimGroups(em, [id], members));
    return group ?? null;
  }
}

const everything = { sql: 'true', params: [] };

/** In the order of the ids, without those that are not there. */
export async function readScimUsers(em: EntityManager, ids: readonly string[]): Promise<ScimUser[]> {
  if (ids.length === 0) return [];
  const users = await em.find(User, { id: { $in: [...ids] }, deletedAt: null });
  const groups = Map.groupBy(await groupNamesOfUsers(em, ids), ({ userId }) => userId);
  return inOrderOf(ids, users).map((user) => ({
    id: user.id,
    externalId: user.externalId ?? null,
    userName: user.email,
    name: { formatted: user.name, given: user.givenName ?? null, family: user.familyName ?? null },
    active: user.active,
    attributes: user.attributes,
    groups: (groups.get(user.id) ?? []).map(({ id, name }) => ({ id, name })),
    ...timesOf(user),
  }));
}

/** In the order of the ids, without those that are not there. */
export async function readScimGroups(
  em: EntityManager,
  ids: readonly string[],
  withMembers: boolean,
): Promise<ScimGroup[]> {
  if (ids.length === 0) return [];
  const groups = await em.find(Group, { id: { $in: [...ids] } });
  const members = Map.groupBy(withMembers ? await membersWithNames(em, ids) : [], ({ groupId }) => groupId);
  return inOrderOf(ids, groups).map((group) => ({
    id: group.id,
    externalId: group.externalId,
    displayName: group.name,
    members: withMembers ? (members.get(group.id) ?? []).map(({ id, kind, name }) => ({ id, kind, name })) : null,
    ...timesOf(group),
  }));
}

const timesOf = ({ createdAt, updatedAt, version }: User | Group) => ({
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
  version,
});

function inOrderOf<Row extends { readonly id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
