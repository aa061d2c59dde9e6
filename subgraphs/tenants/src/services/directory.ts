import type { Database, Principal } from '@countersign/kernel';
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
    const users = await this.#database.read(principal, (em) => em.find(User, { id: { $in: [...ids] } }));
    const byId = new Map(users.map((user) => [user.id, user]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  /** Roles by id, in the order of the ids; null for those of other tenants or unknown. */
  async roles(principal: Principal, ids: readonly string[]): Promise<(Role | null)[]> {
    const roles = await this.#database.read(principal, (em) => em.find(Role, { id: { $in: [...ids] } }));
    const byId = new Map(roles.map((role) => [role.id, role]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  /** The roles that a user holds, by name. */
  rolesOf(principal: Principal, userId: string): Promise<Role[]> {
    return this.#database.read(principal, async (em) => {
      const memberships = await em.find(Membership, { userId });
      return em.find(Role, { id: { $in: memberships.map((each) => each.roleId) } }, { orderBy: { name: 'asc' } });
    });
  }

  /** What the gateway needs to let someone in: the active user of that address with roles; null when there is none. */
  async signIn(principal: Principal, email: string): Promise<{ user: User; roles: Role[] } | null> {
    const user = await this.#database.read(principal, (em) => em.findOne(User, { email, active: true }));
    return user && { user, roles: await this.rolesOf(principal, user.id) };
  }
}
