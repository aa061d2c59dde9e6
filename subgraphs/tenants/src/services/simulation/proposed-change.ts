import {
  CountersignError,
  covers,
  type Declared,
  type EntityManager,
  type PolicySource,
  readAccess,
  readDeclared,
  readPolicies,
  TenantRules,
} from '@countersign/kernel';
import type { GrantChange } from '../../statements/principals.ts';
import { rolesAmong } from '../../statements/proposals.ts';
import { patternsOf } from '../../statements/roles.ts';
import { permissionsIn } from '../policy-statements.ts';

/** A change of policies, roles and assignments that nobody has made yet. */
export interface ProposedChange {
  /** In the place of what is in force under the same id, or with it. */
  readonly publish: readonly PolicySource[];
  /** Ids of policies. */
  readonly retire: readonly string[];
  readonly grants: GrantChange;
}

/** The tenant's rules as they are and as they would be; to be closed by who asked for them. */
export interface BothRules {
  readonly before: TenantRules;
  readonly after: TenantRules;
  /** The declared permissions that policies would decide otherwise, and those that roles would. */
  readonly touched: { readonly byPolicies: ReadonlySet<string>; readonly byGrants: ReadonlySet<string> };
}

/** Reads what is in force by itself: what a transaction has not committed yet is not for `Access` to keep. */
export async function bothRules(em: EntityManager, change: ProposedChange): Promise<BothRules> {
  const access = await readAccess(em);
  if (!access) throw new CountersignError('NOT_FOUND', 'There is no such tenant.');
  const declared = await readDeclared(em);
  const policies = await readPolicies(em);
  const proposed = proposedPolicies(policies, change);
  return {
    before: new TenantRules(access, declared, policies),
    after: new TenantRules(access, declared, proposed),
    touched: {
      byPolicies: namesAmong(declared, differing(policies, proposed).flatMap(permissionsIn)),
      byGrants: coveredBy(declared, await differingPatterns(em, change.grants)),
    },
  };
}

export function closeBoth({ before, after }: BothRules): void {
  before.close();
  after.close();
}

function proposedPolicies(policies: readonly PolicySource[], { publish, retire }: ProposedChange): PolicySource[] {
  const kept = policies.filter(({ id }) => !retire.includes(id)).map((policy) => [policy.id, policy] as const);
  return [...new Map([...kept, ...publish.map((policy) => [policy.id, policy] as const)]).values()];
}

/** Policies that stand in one of the lists alone. */
const differing = (before: readonly PolicySource[], after: readonly PolicySource[]): PolicySource[] => [
  ...before.filter((policy) => !after.includes(policy)),
  ...after.filter((policy) => !before.includes(policy)),
];

async function differingPatterns(em: EntityManager, { roles, assign, revoke }: GrantChange): Promise<string[]> {
  const assigned = await patternsOf(em, [...new Set([...assign, ...revoke].map(({ roleId }) => roleId))]);
  const known = await rolesAmong(
    em,
    roles.map(({ roleId }) => roleId),
  );
  const changed = roles.flatMap(({ roleId, permissions }) => {
    const now = known.find(({ id }) => id === roleId)?.permissions ?? [];
    return [...now.filter((each) => !permissions.includes(each)), ...permissions.filter((each) => !now.includes(each))];
  });
  return [...assigned, ...changed];
}

const coveredBy = ({ permissions }: Declared, patterns: readonly string[]): Set<string> =>
  new Set(permissions.map(({ name }) => name).filter((name) => patterns.some((pattern) => covers(pattern, name))));

const namesAmong = ({ permissions }: Declared, names: readonly string[]): Set<string> =>
  new Set(permissions.map(({ name }) => name).filter((name) => names.includes(name)));
