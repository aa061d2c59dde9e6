import { type Decision, type DecisionContext, holds, type Principal, type TenantRules } from '@countersign/kernel';
import type { AskedObject } from './asked-object.ts';
import type { RoleGrant } from './grants.ts';
import { grantsFor } from './grants.ts';
import { isBuiltIn, permitting, restricting, saidOn } from './policy-statements.ts';

export interface DecidingPolicy {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly effect: 'permit' | 'forbid';
  readonly clause: string;
  readonly builtIn: boolean;
}

/** Why somebody may or may not. */
export interface Explained {
  readonly permission: string;
  readonly allowed: boolean;
  readonly decidedBy: Decision['by'];
  readonly summary: string;
  readonly roles: readonly RoleGrant[];
  readonly policies: readonly DecidingPolicy[];
  readonly errors: Decision['errors'];
  readonly lookedAt: Decision['lookedAt'];
  readonly objectKnown: boolean;
}

/** Whom the explanation is about. */
export interface Subject {
  readonly principal: Principal;
  /** As the summary calls them: `You`, `ada@acme.test`. */
  readonly name: string;
  /** All that they hold through roles; an API key's are its owner's. */
  readonly grants: readonly RoleGrant[];
}

/** Decides with the product's own rules, too, and says why. Pure. */
export function explained(
  rules: TenantRules,
  { principal, name, grants }: Subject,
  { permission, asked, context }: { permission: string; asked: AskedObject; context: DecisionContext },
): Explained {
  const decision = decide(rules, principal, permission, asked, context);
  const roles = holds(principal, permission) ? grantsFor(grants, permission) : [];
  return {
    permission,
    allowed: decision.allowed,
    decidedBy: decision.by,
    summary: `${name} ${verdictOn(permission, asked, decision, roles)}${whatElse(rules, permission, asked)}`,
    roles,
    policies: decision.reasons.map(({ policyId: id, name: title, version, effect, clause }) => ({
      id,
      name: title,
      version,
      effect,
      clause,
      builtIn: isBuiltIn(id),
    })),
    errors: decision.errors,
    lookedAt: decision.lookedAt,
    objectKnown: asked.kind === 'known',
  };
}

function decide(
  rules: TenantRules,
  principal: Principal,
  permission: string,
  asked: AskedObject,
  context: DecisionContext,
): Decision {
  if (asked.kind === 'known') return rules.explain(principal, permission, asked.object, context);
  // Of an object that nobody may know of, nothing is allowed; without one, roles alone have been asked.
  const allowed = asked.kind === 'any' && holds(principal, permission);
  return { allowed, by: allowed ? 'rbac' : 'nothing', reasons: [], errors: [], lookedAt: [] };
}

function verdictOn(permission: string, asked: AskedObject, decision: Decision, roles: readonly RoleGrant[]): string {
  if (asked.kind === 'unknown') return `may not: there is no such ${asked.type}, or none that you may see.`;
  const [reason] = decision.reasons;
  const policy = reason && quoted(reason);
  const [failed] = decision.errors;
  switch (decision.by) {
    case 'rbac':
      return `may: ${givenBy(roles)} gives ${permission}.`;
    case 'policy':
      return decision.allowed ? `may: ${policy} permits it.` : `may not: ${policy} forbids it.`;
    case 'error':
      return `may not: ${failed ? quoted(failed) : 'a policy'} could not be worked out, and then it refuses.`;
    case 'nothing':
      return `may not: no role and no policy gives ${permission}.`;
  }
}

function givenBy(roles: readonly RoleGrant[]): string {
  const [grant] = roles;
  if (!grant) return 'a grant of their own';
  const through = grant.through.length > 0 ? `, through ${grant.through.join(', ')},` : '';
  return `the role "${grant.role.name}"${through}`;
}

const quoted = ({ policyId, name, version }: { policyId: string; name: string; version: number }): string =>
  isBuiltIn(policyId) ? `the product's own rule "${name}"` : `the policy "${name}" (version ${version})`;

/** Without an object, what policies would say of one is still open. */
function whatElse(rules: TenantRules, permission: string, asked: AskedObject): string {
  if (asked.kind !== 'any') return '';
  const said = saidOn([...rules.declared.builtIn, ...rules.policies], permission);
  const names = [...new Set([...restricting(said), ...permitting(said)].map(({ policy }) => `"${policy.name}"`))];
  return names.length > 0 ? ` Of a single ${asked.type} ${names.join(', ')} has a say, too.` : '';
}
