import { type TenantId, tenantId } from '../ids.ts';

/** `service` is a part of the product itself; machines of a tenant's come with an `api_key`. */
export const principalKinds = ['user', 'api_key', 'connector', 'service', 'platform_operator'] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** What policies look at: by name, in the types that the tenant's own attribute schema gives them. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Who is asking. Resolved once at the gateway; every decision below it rests on this object alone. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly tenantId: TenantId;
  /** Id of the user, API key or platform operator, or the service's or connector's name. */
  readonly id: string;
  /** The user behind an API key: whoever made something with a key made it themselves. */
  readonly person?: string;
  readonly email?: string;
  readonly roles: readonly string[];
  /** Names of the groups that the principal is in, directly or through others. */
  readonly groups?: readonly string[];
  /** Permission patterns, `subgraph:resource:verb`, each part a name or `*`. */
  readonly permissions: readonly string[];
  readonly attributes: Attributes;
  /** The tenant's access revision that this was read at; absent for parts of the product, which nothing changes. */
  readonly revision?: number;
  /** Milliseconds since 1970 at which the first of the grants ends by itself. */
  readonly until?: number;
  /** The sign-in session that this came with; once it is closed, nothing passes. */
  readonly session?: string;
  /** How much of the schema introspection shows; all of it unless the tenant wants less. */
  readonly schema?: 'PERMITTED';
}

/** A part of the product acting for itself inside one tenant, with exactly the permissions it names. */
export function servicePrincipal(tenant: string, name: string, permissions: readonly string[]): Principal {
  return { kind: 'service', tenantId: tenantId(tenant), id: name, roles: [], permissions, attributes: {} };
}

/** The person who answers for what the principal does, where there is one. */
export const personOf = ({ kind, id, person }: Principal): string | undefined => (kind === 'user' ? id : person);

const decisions = new WeakMap<Principal, Map<string, boolean>>();

/** Whether the principal's grants cover the permission: one set look-up after the first time. */
export function holds(principal: Principal, permission: string): boolean {
  const known = decisions.get(principal) ?? new Map<string, boolean>();
  decisions.set(principal, known);
  let decision = known.get(permission);
  if (decision === undefined) {
    decision = principal.permissions.some((pattern) => covers(pattern, permission));
    known.set(permission, decision);
  }
  return decision;
}

/** Whether somebody who holds the patterns may hand the pattern on: one of theirs reaches at least as far. */
export const mayGrant = (held: readonly string[], pattern: string): boolean =>
  held.some((each) => covers(each, pattern));

/** `actions:*:read` covers `actions:action:read`; a pattern with other than three parts covers itself alone. */
export function covers(pattern: string, permission: string): boolean {
  if (pattern === permission) return true;
  const wanted = permission.split(':');
  const offered = pattern.split(':');
  return offered.length === wanted.length && offered.every((part, index) => part === '*' || part === wanted[index]);
}
