import { describePolicy, type PolicySource, type StatementDescription } from '@countersign/kernel';

/** What policies say on one permission. */
export interface SaidOn {
  readonly policy: PolicySource;
  /** Empty where the text cannot be read any more: then the policy refuses. */
  readonly statements: readonly StatementDescription[];
  readonly unreadable: boolean;
}

/** The policies that have a say on the permission, with what they say on it. */
export function saidOn(policies: readonly PolicySource[], permission: string): SaidOn[] {
  return policies.flatMap((policy): SaidOn[] => {
    const described = describe(policy);
    if (!described) return [{ policy, statements: [], unreadable: true }];
    const statements = described.filter(({ permissions }) => permissions.includes(permission));
    return statements.length > 0 ? [{ policy, statements, unreadable: false }] : [];
  });
}

/** All that can be read of the policies. */
export const saidAtAll = (policies: readonly PolicySource[]): Omit<SaidOn, 'unreadable'>[] =>
  policies.map((policy) => ({ policy, statements: describe(policy) ?? [] }));

/** All the permissions that a policy speaks of; none for a text that cannot be read. */
export const permissionsIn = (policy: Pick<PolicySource, 'text'>): string[] => [
  ...new Set(describe(policy)?.flatMap(({ permissions }) => permissions)),
];

/** Those that would permit what nothing else does. */
export const permitting = (said: readonly SaidOn[]): SaidOn[] =>
  said.filter(({ statements }) => statements.some(({ effect }) => effect === 'permit'));

/** Those that can refuse what roles give. */
export const restricting = (said: readonly SaidOn[]): SaidOn[] =>
  said.filter(({ statements, unreadable }) => unreadable || statements.some(({ effect }) => effect === 'forbid'));

const builtInPrefix = 'built-in:';

/** Whether it is a rule of the product's own, which no tenant publishes or retires. */
export const isBuiltIn = (policyId: string): boolean => policyId.startsWith(builtInPrefix);

const descriptions = new WeakMap<Pick<PolicySource, 'text'>, StatementDescription[] | null>();

/** Null for a text that cannot be read. A policy never changes, so what it says is worked out once. */
function describe(policy: Pick<PolicySource, 'text'>): StatementDescription[] | null {
  let described = descriptions.get(policy);
  if (described === undefined) {
    described = tryToDescribe(policy.text);
    descriptions.set(policy, described);
  }
  return described;
}

function tryToDescribe(text: string): StatementDescription[] | null {
  try {
    return describePolicy(text);
  } catch {
    return null;
  }
}
