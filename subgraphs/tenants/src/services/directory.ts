import {
  type Database,
  type EntityManager,
  inOrder,
  isUuid,
  type Principal,
  readAccess,
  readPrincipal,
} from '@countersign/kernel';
import { Role } from '../entities/role.ts';
import { Tenant } from '../entities/tenant.ts';
import { User } from '../entities/user.ts';
import { orphanedPatterns, rolesIncludedIn, rolesOfUsers } from '../statements/holdings.ts';

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
    return this.#database.read(principal, (em) => rolesOfUsers(em, userIds));
  }

  /** Roles by name, from behind the name. */
  rolesAfter(principal: Principal, name: string | undefined, limit: number): Promise<Role[]> {
    return this.#database.read(principal, (em) =>
      em.find(Role, name === undefined ? {} : { name: { $gt: name } }, { orderBy: { name: 'asc' }, limit }),
    );
  }

  /** The roles that each of the roles includes itself, by name, in the order of the ids. */
  includedIn(principal: Principal, roleIds: readonly string[]): Promise<Role[][]> {
    return this.#database.read(principal, (em) => rolesIncludedIn(em, roleIds));
  }

  /** Of each of the roles, the patterns that cover nothing which this version declares. */
  orphanedIn(principal: Principal, roleIds: readonly string[]): Promise<{ id: string; patterns: string[] }[]> {
    return this.#database.read(principal, (em) => orphanedPatterns(em, roleIds));
  }

  /** What the gateway makes a principal of: the active user of that address; null when there is none. */
  signIn(principal: Principal, email: string): Promise<Principal | null> {
    return this.#database.read(principal, async (em) => {
      const [user]: { id: string }[] = await em.execute(
        'select id from tenants.app_user where lower(email) = lower(?) and active',
        [email],
      );
      return user ? this.#resolve(em, { kind: 'user', id: user.id, tenantId: principal.tenantId }) : null;
    });
  }

  /** The principal as they stand; null for one who may not come in. */
  resolve(principal: Principal, who: Pick<Principal, 'kind' | 'id' | 'session'>): Promise<Principal | null> {
    return this.#database.read(principal, (em) => this.#resolve(em, { ...who, tenantId: principal.tenantId }));
  }

  async #resolve(em: EntityManager, who: Parameters<typeof readPrincipal>[1]): Promise<Principal | null> {
    const access = await readAccess(em);
    return access && readPrincipal(em, who, access.revision);
  }
}
