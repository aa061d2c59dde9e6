import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { ContextDeclaration, PolicyContext, PolicyPrincipal } from './vocabulary.ts';

/** Who asks, when, and of which object; the object is absent where a list is asked for. */
export interface Asked {
  readonly principal: PolicyPrincipal;
  readonly context: PolicyContext;
  /** Whether roles and grants give the permission. */
  readonly granted: boolean;
  readonly resource?: { readonly attributes: Readonly<Record<string, unknown>> };
}

/** What stands at `principal.department`; null and absent are the same, as they are in the database. */
export function rawValue(asked: Asked, path: string): unknown {
  const [of, name = ''] = path.split(/\.(.*)/s);
  const { principal, context, granted, resource } = asked;
  if (of === 'resource') return own(resource?.attributes, name);
  if (of === 'context') return name === 'granted' ? granted : own(context, name);
  if (name === 'roles' || name === 'groups' || name === 'id' || name === 'kind' || name === 'person') {
    return principal[name];
  }
  return own(principal.attributes, name);
}

/** An object from JSON may have no attribute `constructor`, though every object in JavaScript has. */
const own = (values: object | undefined, name: string): unknown =>
  values && Object.hasOwn(values, name) ? Reflect.get(values, name) : null;

/**
 * The value as Cedar takes it; undefined if it is not of the type. A wrong type must not reach the engine: there
 * `"3" == 3` is simply false, and what a policy forbids would be allowed.
 */
export function cedarValue(type: ContextDeclaration['type'], value: unknown): CedarValueJson | undefined {
  switch (type) {
    case 'String':
      return isText(value) ? value : undefined;
    case 'Long':
      return Number.isSafeInteger(value) ? Number(value) : undefined;
    case 'Boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'Set<String>':
      return Array.isArray(value) && value.every(isText) ? value : undefined;
    case 'Decimal': {
      const arg = decimalText(value);
      return arg === undefined ? undefined : { __extn: { fn: 'decimal', arg } };
    }
    case 'Datetime':
      return isText(value) ? { __extn: { fn: 'datetime', arg: value } } : undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

/** Above this a number from JSON may have lost its decimals on the way; text has not. */
const largestDecimalNumber = 100_000_000_000;

/** A decimal has up to four places and is within 922337203685477.5807 either way (Cedar's `decimal`). */
export function decimalText(value: unknown): string | undefined {
  if (typeof value === 'number' && Math.abs(value) >= largestDecimalNumber) return undefined;
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const [, whole, places = ''] = /^(-?\d{1,15})(?:\.(\d+?)0*)?$/.exec(String(value)) ?? [];
  if (whole === undefined || places.length > 4) return undefined;
  const units = BigInt(whole + places.padEnd(4, '0'));
  return BigInt.asIntN(64, units) === units ? `${whole}.${places || '0'}` : undefined;
}

/** What the engine is told of who asks. Only the attributes that the policies name, each of them checked. */
export interface CheckedValues {
  readonly principal: CedarRecord;
  readonly context: CedarRecord;
  readonly resource: CedarRecord;
  /** The attributes whose value is not of the declared type. */
  readonly wrong: readonly NamedAttribute[];
}

type CedarRecord = Record<string, CedarValueJson>;

export interface NamedAttribute {
  readonly path: string;
  readonly variable: 'principal' | 'context' | 'resource';
  readonly name: string;
  readonly type: ContextDeclaration['type'];
}

export function checkValues(attributes: readonly NamedAttribute[], asked: Asked): CheckedValues {
  const checked = { principal: {}, context: {}, resource: {}, wrong: [] as NamedAttribute[] };
  for (const attribute of attributes) {
    const raw = rawValue(asked, attribute.path);
    if (raw === null || raw === undefined) continue;
    const value = cedarValue(attribute.type, raw);
    if (value === undefined) checked.wrong.push(attribute);
    else Object.assign(checked[attribute.variable], { [attribute.name]: value });
  }
  return checked;
}
