import type { IMiddlewareFunction } from 'graphql-middleware';
import type { RequestContext } from '../principal/context.ts';
import { holds, type Principal } from '../principal/principal.ts';
import { refusedByRoles } from './refusals.ts';

/** What a sensitive field holds: data of persons, data of patients, or what opens something. */
export type DataClass = 'PII' | 'PHI' | 'SECRET';

/**
 * A field that needs a permission of its own beside its object's. Who lacks it gets it masked, or an error in its place,
 * as the tenant chooses; so the field must be nullable. It carries its class as `@tag` in the schema.
 */
export interface SensitiveField {
  readonly dataClass: DataClass;
  readonly permission: string;
  /** Objects on which it is not sensitive for the caller: one's own, say. */
  readonly open?: (parent: never, principal: Principal) => boolean;
  /** What to show in its place; `mask` unless told. */
  readonly mask?: (value: never) => unknown;
}

const veil = '•••';

/** Hides every value and keeps the shape: names stay, and nothing tells how long or large what they name is. */
export function mask(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value === 'object' && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mask(each)]));
  }
  return typeof value === 'string' ? veil : null;
}

/** Runs before the field's resolver, whichever way the query came to it. */
export function sensitiveRule(field: SensitiveField): IMiddlewareFunction {
  return async (resolve, parent, args, context: RequestContext, info) => {
    const { principal } = context;
    // Whoever declares the field knows what it stands on.
    const open = field.open?.(parent as never, principal) ?? false;
    if (open || holds(principal, field.permission)) return resolve(parent, args, context, info);
    if (await refuses(context)) {
      throw refusedByRoles({ permission: field.permission, allowed: false, by: 'nothing' });
    }
    const value: unknown = await resolve(parent, args, context, info);
    return (field.mask ?? mask)(value as never);
  };
}

async function refuses({ access, principal }: RequestContext): Promise<boolean> {
  const settings = await access?.settingsOf(principal);
  return settings?.sensitiveFields === 'ERROR';
}
