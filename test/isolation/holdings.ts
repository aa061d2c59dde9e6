import type { Principal } from '@countersign/kernel';
import type { Row, Snapshot } from './rows.ts';

/** Who asks, as the raw rows have it: worked out here anew, with none of the product's code. */
export interface Caller {
  readonly kind: string;
  readonly id: string;
  readonly tenantId: string;
  /** The user behind it. */
  readonly person: string | undefined;
  readonly roles: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly attributes: Readonly<Record<string, unknown>>;
  holds(permission: string): boolean;
}

/** Null for one who may not come in. */
export function callerOf(snapshot: Snapshot, principal: Principal): Caller | null {
  const { kind, id, tenantId } = principal;
  // Parts of the product are what they say they are: nothing in the database speaks of them.
  if (principal.revision === undefined) {
    const { roles, groups = [], attributes, permissions, person } = principal;
    const told = { person: person ?? (kind === 'user' ? id : undefined), attributes };
    return { kind, id, tenantId, ...told, roles: new Set(roles), groups: new Set(groups), holds: among(permissions) };
  }
  const within = (table: string) => snapshot.of(table).filter((row) => row.tenantId === tenantId);
  if (kind === 'platform_operator') return operator(within('tenants.operator_access'), principal);
  const key = kind === 'user' ? undefined : within('tenants.api_key').find(({ values }) => values.id === id);
  if (kind !== 'user' && (!key || !isGood(key) || (kind === 'connector') !== (key.values.connector !== null)))
    return null;
  const userId = key ? key.values.owner_id : id;
  const user = within('tenants.app_user').find(({ values }) => values.id === userId);
  if (!user?.values.active) return null;
  const held = holdingsOf(within, String(userId));
  const scope = key ? among(list(key.values.permissions)) : () => true;
  return {
    kind,
    id,
    tenantId,
    person: String(userId),
    roles: held.roles,
    groups: held.groups,
    attributes: user.values.attributes as Record<string, unknown>, // A JSON object, by the column's default.
    holds: (permission) => held.holds(permission) && scope(permission),
  };
}

const isGood = ({ values }: Row): boolean => values.revoked_at === null && isAhead(values.expires_at);

const isAhead = (moment: unknown): boolean => moment === null || Date.parse(String(moment)) > Date.now();

function holdingsOf(within: (table: string) => readonly Row[], userId: string) {
  const memberOf = within('tenants.group_member').filter(({ values }) => values.user_id === userId);
  const groups = closure(
    memberOf.map(({ values }) => String(values.group_id)),
    within('tenants.group_child').map(({ values }) => [String(values.child_id), String(values.group_id)]),
  );
  const assigned = within('tenants.assignment').filter(
    ({ values }) => isAhead(values.expires_at) && (values.user_id === userId || groups.has(String(values.group_id))),
  );
  const roles = closure(
    assigned.map(({ values }) => String(values.role_id)),
    within('tenants.role_include').map(({ values }) => [String(values.role_id), String(values.included_id)]),
  );
  const held = within('tenants.role').filter(({ values }) => roles.has(String(values.id)));
  const inThem = within('tenants.user_group').filter(({ values }) => groups.has(String(values.id)));
  return {
    roles: new Set(held.map(({ values }) => String(values.name))),
    groups: new Set(inThem.map(({ values }) => String(values.name))),
    holds: among(held.flatMap(({ values }) => list(values.permissions))),
  };
}

function operator(grants: readonly Row[], { kind, id, tenantId }: Principal): Caller | null {
  const open = grants.filter((row) => row.values.operator === id && isGood(row));
  if (open.length === 0) return null;
  const holds = among(open.flatMap(({ values }) => list(values.permissions)));
  return { kind, id, tenantId, person: undefined, roles: new Set(), groups: new Set(), attributes: {}, holds };
}

/** All that can be reached from the first ones, they themselves among it. */
function closure(first: readonly string[], steps: readonly (readonly [string, string])[]): Set<string> {
  const reached = new Set(first);
  for (const from of reached) for (const [one, other] of steps) if (one === from) reached.add(other);
  return reached;
}

/** Whether one of the patterns covers a permission; each part of three is a name or a star. */
function among(patterns: readonly string[]): (permission: string) => boolean {
  const split = patterns.map((pattern) => pattern.split(':'));
  return (permission) => {
    const parts = permission.split(':');
    return split.some(
      (each) => each.length === parts.length && each.every((part, at) => part === '*' || part === parts[at]),
    );
  };
}

export const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
