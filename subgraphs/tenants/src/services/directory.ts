import { type Database, type EntityManager, inOrder, isUuid, type Principal } from '@countersign/kernel';
import { Membership } from '../entities/membership.ts';
import { Role } from '../entities/role.ts';
import { Tenant } from '../entities/tenant.ts';
import { User } from '../entities/user.ts';

/** Who there is in a tenant, and what they hold. */
export class Directory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  tenant(principal: Principal): Promise<Tenant | null> {
    return this.#database.read(principal, (em) => em.findOne(Tenant, { id: principal.tenantId }));
  }

  user(principal: Principal, id: string): Promise<User | null> {
    return this.#database.read(principal, (em) => em.findOne(User, { id }));
  }

  /** Users by id, in the order of the ids; null for those of other tenants or unknown. */
  async users(principal: Principal, ids: readonly string[]): Promise<(User | null)[]> {
    const users = await this.#database.read(principal, (em) => em.find(User, { id: { $in: ids.filter(isUuid) } }));
    return inOrder(ids, users);
  }

  /** Roles by id, in the order of the ids; null for those of other tenants or unknown. */
  async roles(principal: Principal, ids: readonly string[]): Promise<(Role | null)[]> {
    const roles = await this.#database.read(principal, (em) => em.find(Role, { id: { $in: ids.filter(isUuid) } }));
    return inOrder(ids, roles);
  }

  /** The roles that each of the users holds, by name, in the order of the users' ids. */
  rolesOf(principal: Principal, userIds: readonly string[]): Promise<Role[][]> {
    return this.#database.read(principal, (em) => rolesHeld(em, userIds));
  }

  /** What the gateway needs to let someone in: the active user of that address with roles; null when there is none. */
  signIn(principal: Principal, email: string): Promise<{ user: User; roles: Role[] } | null> {
    return this.#database.read(principal, async (em) => {
      const user = await em.findOne(User, { email, active: true });
      if (!user) return null;
      const [roles = []] = await rolesHeld(em, [user.id]);
      return { user, roles };
    });
  }
}

async function rolesHeld(em: EntityManager, userIds: readonly string[]): Promise<Role[][]> {
  const memberships = await em.find(Membership, { userId: { $in: [...userIds] } });
  const roles = await em.find(
    Role,
    { id: { $in: memberships.map((each) => each.roleId) } },
    { orderBy: { name: 'asc' } },
  );
  return userIds.map((userId) => {
    const held = new Set(memberships.filter((each) => each.userId === userId).map((each) => each.roleId));
    return roles.filter((role) => held.has(role.id));
  });
}
