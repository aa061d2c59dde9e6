import type { IRule } from 'graphql-shield';
import { CountersignError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { RequestContext } from '../principal/context.ts';
import { holds } from '../principal/principal.ts';
import type { AccessRecord } from './access-records.ts';
import { refusedByRoles } from './refusals.ts';
import { shieldLibrary } from './shield-loader.ts';

export type ShieldRule = IRule;

type Verdict = true | Error;
type Ask = (args: Record<string, unknown>, context: RequestContext, parent: unknown) => Verdict | Promise<Verdict>;

/** Decided anew for every call: nothing is cached across arguments, objects or callers. */
const rule = (name: string, ask: Ask): ShieldRule =>
  shieldLibrary.rule(name, { cache: 'no_cache' })((parent, args, context: RequestContext) =>
    ask(args, context, parent),
  );

const permissions = new WeakMap<ShieldRule, string>();

/** The permission that the rule asks for; none for rules that ask for something else. */
export const permissionOf = (of: ShieldRule): string | undefined => permissions.get(of);

function ruleFor(permission: string, name: string, ask: Ask): ShieldRule {
  const made = rule(name, ask);
  permissions.set(made, permission);
  return made;
}

const known = new Map<string, ShieldRule>();

/** Shield tells rules apart by name, so that the same rule is made once. */
function once(name: string, make: (name: string) => ShieldRule): ShieldRule {
  const made = known.get(name) ?? make(name);
  known.set(name, made);
  return made;
}

/** Lets through who holds the permission. */
export const can = (permission: string): ShieldRule =>
  once(`can ${permission}`, (name) => ruleFor(permission, name, (_args, context) => throughRoles(permission, context)));

/**
 * Decides about one object: by the caller's roles, then by the tenant's policies on what the object is. `idOf` finds the
 * object's id in the arguments. What it lets through is decided again where the change is made: see `Access.checkIn`.
 */
export const canOn = (permission: string, type: string, idOf: (args: never) => string | undefined): ShieldRule =>
  ruleFor(permission, `can ${permission} on a ${type} (${newId()})`, async (args, context) => {
    const id = idOf(args as never); // The arguments are the field's own, which whoever names the field knows.
    if (!context.access || id === undefined) return throughRoles(permission, context);
    return context.access.check(context, permission, { type, id }).then(() => true as const, asVerdict);
  });

/** Lets through who may see some objects of a list: holds the permission, or gets it by policy. The list is filtered. */
export const canList = (permission: string): ShieldRule =>
  once(`can list by ${permission}`, (name) =>
    ruleFor(permission, name, async (_args, context) => {
      if (!context.access || holds(context.principal, permission)) return throughRoles(permission, context);
      return (await context.access.mayList(context.principal, permission)) ? true : throughRoles(permission, context);
    }),
  );

/** Lets every caller through whose principal is known; a subgraph serves nobody else. */
export const anyone: ShieldRule = rule('anyone of the tenant', (_args, context) =>
  context.principal ? true : new CountersignError('UNAUTHENTICATED', 'Sign in first.'),
);

/** Lets through parts of the product acting for themselves, and nobody else. */
export const servicesOnly: ShieldRule = rule('services only', (_args, context) =>
  context.principal.kind === 'service' ? true : new CountersignError('FORBIDDEN', 'This is not for callers.'),
);

/**
 * Asks a rule where middleware does not reach, with the caller as they stand by now. Throws its refusal.
 */
export async function insist(of: ShieldRule, parent: unknown, args: object, context: RequestContext): Promise<void> {
  const principal = (await context.access?.current(context.principal)) ?? context.principal;
  // Shield's own way of asking a rule; ours use neither its cache nor the info.
  const ask = of.resolve.bind(of) as (...args: unknown[]) => Promise<unknown>;
  const verdict = await ask(parent, args, { ...context, principal }, undefined, { debug: true });
  if (verdict === true) return;
  throw verdict instanceof Error ? verdict : new CountersignError('FORBIDDEN', 'Nothing permits this.');
}

function throughRoles(permission: string, context: RequestContext): Verdict {
  const allowed = holds(context.principal, permission);
  if (!allowed) return refusedByRoles(byRoles(permission, false));
  context.access?.records.allowed(context, byRoles(permission, true));
  return true;
}

const byRoles = (permission: string, allowed: boolean): AccessRecord => ({
  permission,
  allowed,
  by: allowed ? 'rbac' : 'nothing',
});

const asVerdict = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
