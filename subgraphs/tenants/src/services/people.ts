import { CountersignError, type Database, holds, inOrder, isUuid, type Principal } from '@countersign/kernel';
import type { Assignment } from '../entities/assignment.ts';
import { Group } from '../entities/group.ts';
import type { Role } from '../entities/role.ts';
import { User } from '../entities/user.ts';
import { type AssignmentPage, assignmentsOfRoles, assignmentsOfUsers } from '../statements/assignment-lists.ts';
import {
  childrenOfGroups,
  findGroups,
  groupsOfUsers,
  type ListedGroup,
  rolesOfGroups,
} from '../statements/group-lists.ts';
import {
  findUsers,
  type ListedUser,
  type MemberPage,
  membersOfGroups,
  type UserSearch,
} from '../statements/user-lists.ts';
import { seesPersonalData } from './personal-data.ts';

const longestSearch = 200;

/** The people of a tenant, their groups, and what was assigned to them, as administrators look at them. */
export class People {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** People by name. Throws `BAD_REQUEST` for a search that is longer than 200 characters. */
  async users(principal: Principal, wanted: Omit<UserSearch, 'byAddress'>): Promise<ListedUser[]> {
    if (wanted.groupId !== null && !isUuid(wanted.groupId)) return [];
    if ((wanted.search?.length ?? 0) > longestSearch || wanted.search?.includes('\0')) {
      throw new CountersignError('BAD_REQUEST', `Search for at most ${longestSearch} characters of a name or address.`);
    }
    return this.#database.read(principal, (em) =>
      // A search would tell letter by letter what may not be seen.
      findUsers(em, { ...wanted, byAddress: holds(principal, seesPersonalData) }),
    );
  }

  /** Null for one that is not there, or not any more. */
  async user(principal: Principal, id: string): Promise<User | null> {
    if (!isUuid(id)) return null;
    return this.#database.read(principal, (em) => em.findOne(User, { id, deletedAt: null }));
  }

  /** Groups by name. */
  groups(principal: Principal, after: string | null, limit: number): Promise<ListedGroup[]> {
    return this.#database.read(principal, (em) => findGroups(em, after, limit));
  }

  /** Groups by id, in the order of the ids; null for those of other tenants or unknown. */
  async groupsById(principal: Principal, ids: readonly string[]): Promise<(Group | null)[]> {
    const known = ids.filter(isUuid);
    const groups = await this.#database.read(principal, (em) => em.find(Group, { id: { $in: known } }));
    return inOrder(ids, groups);
  }

  groupsOf(principal: Principal, userIds: readonly string[]): Promise<Group[][]> {
    return this.#database.read(principal, (em) => groupsOfUsers(em, userIds));
  }

  childrenOf(principal: Principal, groupIds: readonly string[]): Promise<Group[][]> {
    return this.#database.read(principal, (em) => childrenOfGroups(em, groupIds));
  }

  rolesOfGroups(principal: Principal, groupIds: readonly string[]): Promise<Role[][]> {
    return this.#database.read(principal, (em) => rolesOfGroups(em, groupIds));
  }

  membersOf(principal: Principal, pages: readonly MemberPage[]): Promise<ListedUser[][]> {
    return this.#database.read(principal, (em) => membersOfGroups(em, pages));
  }

  assignmentsOf(principal: Principal, userIds: readonly string[]): Promise<Assignment[][]> {
    return this.#database.read(principal, (em) => assignmentsOfUsers(em, userIds));
  }

  assignmentsOfRoles(principal: Principal, pages: readonly AssignmentPage[]): Promise<Assignment[][]> {
    return this.#database.read(principal, (em) => assignmentsOfRoles(em, pages));
  }
}
