import {
  CountersignError,
  type DecisionContext,
  type EntityManager,
  isUuid,
  type PermissionDeclaration,
  type Principal,
  readObject,
  type SeenObject,
  type TenantRules,
  wholeTenant,
} from '@countersign/kernel';

export interface AskedPermission {
  readonly permission: string;
  readonly objectType?: string | null;
  readonly objectId?: string | null;
}

/** What the question is about, as far as whoever asks may know it. */
export type AskedObject =
  /** One object, or the tenant as a whole. */
  | { readonly kind: 'known'; readonly object: SeenObject }
  /** The permission is decided on objects of the type, and none was named. */
  | { readonly kind: 'any'; readonly type: string }
  /** There is none, or none that the asker may read: nothing tells the two apart. */
  | { readonly kind: 'unknown'; readonly type: string };

export interface Asker {
  readonly principal: Principal;
  readonly context: DecisionContext;
}

/** Throws `BAD_REQUEST` for a permission or type that is not declared, or that do not belong together. */
export async function askedObject(
  em: EntityManager,
  rules: TenantRules,
  asker: Asker,
  { permission, objectType, objectId }: AskedPermission,
): Promise<AskedObject> {
  const type = insistType(rules, insistPermission(rules, permission), objectType ?? null);
  if (type === 'Tenant') return aboutTenant(asker.principal.tenantId, objectId ?? null);
  if (objectId == null) return { kind: 'any', type };
  const attributes = isUuid(objectId) ? await readObject(em, { type, id: objectId }) : null;
  const object = attributes && { type, id: objectId, attributes };
  return object && mayRead(rules, asker, object) ? { kind: 'known', object } : { kind: 'unknown', type };
}

/** Throws `BAD_REQUEST` for one that is not declared. */
export function insistPermission({ declared }: TenantRules, name: string): PermissionDeclaration {
  const found = declared.permissions.find((each) => each.name === name);
  if (found) return found;
  const [subgraph = ''] = name.split(':');
  const near = declared.permissions.filter((each) => each.name.startsWith(`${subgraph}:`)).map((each) => each.name);
  const known =
    near.length > 0 ? near : [...new Set(declared.permissions.map((each) => `${each.name.split(':')[0]}:*:*`))];
  throw new CountersignError('BAD_REQUEST', `There is no permission ${name}; there are ${known.join(', ')}.`);
}

/** By the rules of the object's type and the product's own, as whoever asks stands now. */
export function mayRead(rules: TenantRules, { principal, context }: Asker, object: SeenObject): boolean {
  const declared = rules.declared.objectTypes.find(({ type }) => type === object.type);
  return declared !== undefined && rules.explain(principal, declared.readPermission, object, context).allowed;
}

function insistType({ declared }: TenantRules, { name, on }: PermissionDeclaration, wanted: string | null): string {
  const type = on ?? 'Tenant';
  if (wanted === null || wanted === type) return type;
  const types = ['Tenant', ...declared.objectTypes.map((each) => each.type)];
  const message = types.includes(wanted)
    ? `${name} is decided on a ${type}, not on a ${wanted}.`
    : `There is no type of object ${wanted}; there are ${types.join(', ')}.`;
  throw new CountersignError('BAD_REQUEST', message);
}

const aboutTenant = (tenantId: string, objectId: string | null): AskedObject =>
  objectId === null || objectId === tenantId
    ? { kind: 'known', object: wholeTenant(tenantId) }
    : { kind: 'unknown', type: 'Tenant' };
