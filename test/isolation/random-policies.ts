import fc from 'fast-check';

/** Conditions on any principal, and on the objects of one type. Of each, some cannot be worked out for everybody. */
const aboutPrincipals = [
  'principal has clearance && principal.clearance >= 2',
  'principal has department && principal.department == "icu"',
  'principal.roles.contains("chief")',
  'principal.groups.contains("night")',
  'principal.kind == "user"',
  'principal.clearance >= 1',
  'context.granted',
  'context.region == "eu"',
] as const;

const aboutDocuments = [
  'principal has clearance && principal.clearance >= resource.classification',
  'resource has department && principal has department && principal.department == resource.department',
  'resource has department && resource.department == "surgery"',
  'resource.classification == 0',
  'resource.department == "icu"',
  'resource.roles.contains("staff")',
  'resource.roles.containsAny(principal.roles)',
  'resource.title like "Morphine *1*"',
  'resource.ingestedById == principal.id',
  'resource has region && resource.region == context.region',
] as const;

const aboutActions = [
  'resource.makerId == principal.id',
  'resource.makerPerson == principal.person',
  'resource has makerDepartment && principal has department && principal.department == resource.makerDepartment',
  'resource.risk == "HIGH"',
  'resource.amount.lessThan(decimal("60.5"))',
  'resource.reversible',
  'resource.makerRoles.containsAny(principal.roles)',
  'resource.status == "SUCCEEDED"',
  'resource has amount && resource.amount.greaterThan(decimal("100.0"))',
  'resource.tool like "ledger.*"',
] as const;

const scopes = ['principal', 'principal in Role::"chief"', 'principal in Group::"night"', 'principal is User'] as const;

const policyOf = (permission: string, type: string, conditions: readonly string[]): fc.Arbitrary<string> => {
  const atom = fc.constantFrom(...aboutPrincipals, ...conditions).map((text) => `(${text})`);
  const condition: fc.Arbitrary<string> = fc.oneof(
    { weight: 3, arbitrary: atom },
    { weight: 1, arbitrary: atom.map((text) => `!${text}`) },
    { weight: 2, arbitrary: fc.tuple(atom, fc.constantFrom('&&', '||'), atom).map((parts) => `(${parts.join(' ')})`) },
  );
  return fc
    .record({
      effect: fc.constantFrom('permit', 'forbid', 'forbid'),
      scope: fc.constantFrom(scopes[0], ...scopes),
      when: fc.option(condition),
      unless: fc.option(condition),
    })
    .map(({ effect, scope, when, unless }) =>
      [
        `${effect} (${scope}, action == Action::"${permission}", resource is ${type})`,
        ...(when ? [`when { ${when} }`] : []),
        ...(unless ? [`unless { ${unless} }`] : []),
      ]
        .join(' ')
        .concat(';'),
    );
};

/** One policy, of random conditions, on who may read documents. */
export const documentPolicy = policyOf('knowledge:document:read', 'Document', aboutDocuments);
/** The same for actions. */
export const actionPolicy = policyOf('actions:action:read', 'ProposedAction', aboutActions);
