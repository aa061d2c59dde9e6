import {
  covers,
  type Database,
  type PermissionDeclaration,
  type Principal,
  readAccess,
  readPermissions,
} from '@countersign/kernel';
import { Role } from '../entities/role.ts';
import { effectivePatterns, orphans } from '../statements/permission-catalogue.ts';

export type CataloguedPermission = PermissionDeclaration & { readonly subgraph: string };

/** What this version of the product can be asked for, which roles of a tenant hold it, and what its people are known by. */
export class PermissionCatalogue {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Every permission that a subgraph or a tool declares, by name. */
  permissions(principal: Principal): Promise<CataloguedPermission[]> {
    return this.#database.read(principal, readPermissions);
  }

  /** The roles that hold each of the permissions, also through roles in roles; by name, in the order of the permissions. */
  async rolesHolding(principal: Principal, permissions: readonly string[]): Promise<Role[][]> {
    return this.#database.read(principal, async (em) => {
      const patterns = await effectivePatterns(em);
      const roles = await em.find(Role, {}, { orderBy: { name: 'asc' } });
      return permissions.map((permission) => {
        const reaching = patterns.filter(({ pattern }) => covers(pattern, permission));
        const ids = new Set(reaching.flatMap(({ roleIds }) => roleIds));
        return roles.filter(({ id }) => ids.has(id));
      });
    });
  }

  /** What roles name that nothing declares any more, or not yet: it grants nothing. */
  async orphaned(principal: Principal): Promise<{ role: Role; permission: string }[]> {
    return this.#database.read(principal, async (em) => {
      const found = await orphans(em);
      const roles = new Map((await em.find(Role, {})).map((role) => [role.id, role]));
      return found.flatMap(({ roleId, pattern }) => {
        const role = roles.get(roleId);
        return role ? [{ role, permission: pattern }] : [];
      });
    });
  }

  /** The attributes that the tenant's people have. */
  async attributeSchema(principal: Principal) {
    return (await this.#database.read(principal, readAccess))?.attributes ?? [];
  }
}
