import type { IMiddlewareFunction } from 'graphql-middleware';
import type { RequestContext } from '../principal/context.ts';
import { holds, type Principal } from '../principal/principal.ts';
import { refusedByRoles } from './refusals.ts';

/** What a sensitive field holds: data of persons, data of patients, or what opens something. */
export type DataClass = 'PII' | 'PHI' | 'SECRET';

/**
 * A field that needs a permission of its own beside its object's. Who lacks it gets it masked, or an error in its place,
 * as the tenant chooses; so the field must be nullable. It carries its classes as `@tag` in the schema.
 */
export interface SensitiveField {
  readonly dataClass: DataClass | readonly DataClass[];
  readonly permission: string;
  /** Objects on which it is not sensitive for the caller: one's own, say. */
  readonly open?: (parent: never, principal: Principal) => boolean;
  /** What to show in its place; `mask` unless told. */
  readonly mask?: (value: never) => unknown;
}

/** What stands where something is that the reader may not see. */
export const veil = '•••';

/** Hides every value and keeps the shape: names stay, and nothing tells how long or large what they name is. */
export const mask = (value: unknown): unknown => masked(value, null);

/** The same where any JSON may stand: what is there and hidden is not to be taken for what is not there. */
export const maskJson = (value: unknown): unknown => masked(value, veil);

function masked(value: unknown, other: string | null): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((each) => masked(each, other));
  if (typeof value === 'object' && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each, other)]));
  }
  return typeof value === 'string' ? veil : other;
}

/**
 * Whether the caller is to see data under this permission masked. Throws `FORBIDDEN` where the tenant wants an error in
 * its place. For ways to the data that are no fields of their own, such as exports.
 */
export async function isVeiled(
  { access, principal }: Pick<RequestContext, 'access' | 'principal'>,
  permission: string,
): Promise<boolean> {
  if (holds(principal, permission)) return false;
  const settings = await access?.settingsOf(principal);
  if (settings?.sensitiveFields !== 'ERROR') return true;
  throw refusedByRoles({ permission, allowed: false, by: 'nothing' });
}

/** Runs before the field's resolver, whichever way the query came to it. */
export function sensitiveRule(field: SensitiveField): IMiddlewareFunction {
  const masked: IMiddlewareFunction = async (resolve, parent, args, context: RequestContext, info) => {
    const isMasked = await isVeiled(context, field.permission);
    const value: unknown = await resolve(parent, args, context, info);
    return !isMasked || value === null || value === undefined ? value : (field.mask ?? mask)(value as never);
  };
  // Not a promise for those who may see it: there is one such field on each of many objects.
  return (resolve, parent, args, context: RequestContext, info) => {
    // Whoever declares the field knows what it stands on.
    const open = field.open?.(parent as never, context.principal) ?? false;
    return open || holds(context.principal, field.permission)
      ? resolve(parent, args, context, info)
      : masked(resolve, parent, args, context, info);
  };
}
