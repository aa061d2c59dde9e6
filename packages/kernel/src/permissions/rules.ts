import type { IRule } from 'graphql-shield';
import { CountersignError } from '../errors.ts';
import type { RequestContext } from '../principal/context.ts';
import { holds } from '../principal/principal.ts';
import { shieldLibrary } from './shield-loader.ts';

export type ShieldRule = IRule;

const known = new Map<string, ShieldRule>();

/** Lets through who holds the permission. Decided anew for every call: nothing is cached across arguments or callers. */
export function can(permission: string): ShieldRule {
  let rule = known.get(permission);
  if (!rule) {
    rule = shieldLibrary.rule(`can ${permission}`, { cache: 'no_cache' })((_parent, _args, context: RequestContext) =>
      holds(context.principal, permission)
        ? true
        : new CountersignError('FORBIDDEN', `This needs the permission ${permission}, which you do not hold.`, {
            extensions: { permission },
          }),
    );
    known.set(permission, rule);
  }
  return rule;
}

/** Lets every caller through whose principal is known; a subgraph serves nobody else. */
export const anyone: ShieldRule = shieldLibrary.rule('anyone of the tenant', { cache: 'no_cache' })(
  (_parent, _args, context: RequestContext) =>
    context.principal ? true : new CountersignError('UNAUTHENTICATED', 'Sign in first.'),
);

/** Lets through parts of the product acting for themselves, and nobody else. */
export const servicesOnly: ShieldRule = shieldLibrary.rule('services only', { cache: 'no_cache' })(
  (_parent, _args, context: RequestContext) =>
    context.principal.kind === 'service' ? true : new CountersignError('FORBIDDEN', 'This is not for callers.'),
);
