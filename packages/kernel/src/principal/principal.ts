import { type TenantId, tenantId } from '../ids.ts';

export type PrincipalKind = 'user' | 'service' | 'connector' | 'platform_operator';

/** Who is asking. Resolved once at the gateway; every decision below it rests on this object alone. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly tenantId: TenantId;
  /** User id, or the service's or connector's name. */
  readonly id: string;
  readonly email?: string;
  readonly roles: readonly string[];
  /** Permission patterns, `subgraph:resource:verb`, each part a name or `*`. */
  readonly permissions: readonly string[];
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A part of the product acting for itself inside one tenant, with exactly the permissions it names. */
export function servicePrincipal(tenant: string, name: string, permissions: readonly string[]): Principal {
  return { kind: 'service', tenantId: tenantId(tenant), id: name, roles: [], permissions, attributes: {} };
}

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

/** `actions:*:read` covers `actions:action:read`; a pattern with other than three parts covers itself alone. */
export function covers(pattern: string, permission: string): boolean {
  if (pattern === permission) return true;
  const wanted = permission.split(':');
  const offered = pattern.split(':');
  return offered.length === wanted.length && offered.every((part, index) => part === '*' || part === wanted[index]);
}
