import {
  type Access,
  CountersignError,
  covers,
  type Database,
  type EntityManager,
  holds,
  isUuid,
  type Principal,
  personOf,
  type RequestContext,
  readPrincipal,
  type TenantRules,
} from '@countersign/kernel';
import type { Role } from '../entities/role.ts';
import { User } from '../entities/user.ts';
import { readGrantGraph } from '../statements/grants.ts';
import { grantsOf, type RoleGrant } from './grants.ts';
import { insistMayExplain } from './may-explain.ts';
import { permitting, restricting, saidOn } from './policy-statements.ts';

export interface EffectivePermission {
  readonly permission: string;
  readonly description: string;
  /** Those of the patterns held that cover it. */
  readonly patterns: readonly string[];
  /** Names of the roles that they come from. */
  readonly viaRoles: readonly string[];
  /** Names of the policies that can refuse it all the same. */
  readonly restrictedBy: readonly string[];
  /** When the last of the grants ends by itself; null where one has no end. */
  readonly until: Date | null;
}

export interface EffectivePermissions {
  /** Null for a machine. */
  readonly user: User | null;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly permissions: readonly EffectivePermission[];
  /** Patterns that cover nothing that this version declares. */
  readonly orphaned: readonly string[];
  /** What is not held, and may be got from a policy for some objects. */
  readonly extendedBy: readonly { readonly permission: string; readonly policies: readonly string[] }[];
}

/** What somebody's roles and groups add up to. */
export class EffectivePermissionsReader {
  readonly #database: Database;
  readonly #access: Access;

  constructor({ database, access }: { database: Database; access: Access }) {
    this.#database = database;
    this.#access = access;
  }

  /** Of the caller, or of somebody else: then it takes a permission. Throws `FORBIDDEN` and `NOT_FOUND`. */
  read(userId: string | null, caller: RequestContext): Promise<EffectivePermissions> {
    return this.#database.read(caller.principal, async (em) => {
      const asker = await this.#access.currentIn(em, caller.principal);
      const rules = await this.#access.rulesIn(em, asker.tenantId);
      const self = userId === null || (asker.kind === 'user' && asker.id === userId);
      if (!self) insistMayExplain({ ...caller, principal: asker });
      const userOf = self ? (asker.kind === 'user' ? asker.id : null) : userId;
      const user = userOf !== null && isUuid(userOf) ? await em.findOne(User, { id: userOf }) : null;
      if (userOf !== null && !user) throw new CountersignError('NOT_FOUND', `There is no user ${userOf}.`);
      const principal = self ? asker : await this.#person(em, userOf ?? '', asker, rules);
      return { user, ...(principal ? await sumOf(em, rules, principal) : nothing) };
    });
  }

  #person(em: EntityManager, id: string, { tenantId }: Principal, rules: TenantRules): Promise<Principal | null> {
    return readPrincipal(em, { kind: 'user', id, tenantId }, rules.access.revision);
  }
}

/** Who may not come in may do nothing, whatever was assigned to them. */
const nothing = { roles: [], groups: [], permissions: [], orphaned: [], extendedBy: [] };

async function sumOf(em: EntityManager, rules: TenantRules, principal: Principal) {
  const holder = personOf(principal);
  const grants = holder !== undefined && isUuid(holder) ? grantsOf(await readGrantGraph(em, [holder]), holder) : [];
  const roles = new Map(grants.map(({ role }) => [role.id, role]));
  const { permissions: catalogue, builtIn } = rules.declared;
  // The product's own rules have exemptions.
  const ofProduct = builtIn.filter(({ exempt }) => exempt === null || !holds(principal, exempt));
  const policies = [...ofProduct, ...rules.policies];
  const held = catalogue.filter(({ name }) => holds(principal, name));
  const others = catalogue.filter((each) => !held.includes(each));
  return {
    roles: [...roles.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    groups: principal.groups ?? [],
    permissions: held.map(({ name, description }) => ({
      permission: name,
      description,
      patterns: principal.permissions.filter((pattern) => covers(pattern, name)),
      restrictedBy: restricting(saidOn(policies, name)).map(({ policy }) => policy.name),
      ...rolesBehind(grants, name),
    })),
    orphaned: principal.permissions.filter((pattern) => !catalogue.some(({ name }) => covers(pattern, name))),
    extendedBy: others
      .map(({ name }) => ({
        permission: name,
        policies: permitting(saidOn(rules.policies, name)).map(({ policy }) => policy.name),
      }))
      .filter((each) => each.policies.length > 0),
  };
}

function rolesBehind(
  grants: readonly RoleGrant[],
  permission: string,
): Pick<EffectivePermission, 'viaRoles' | 'until'> {
  const giving = grants.filter(({ pattern }) => covers(pattern, permission));
  const ends = giving.map(({ expiresAt }) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return {
    viaRoles: [...new Set(giving.map(({ role }) => role.name))],
    until: Number.isFinite(last) ? new Date(last) : null,
  };
}
