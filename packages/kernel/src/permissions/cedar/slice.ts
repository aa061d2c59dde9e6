import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { askCedar } from './engine.ts';
import type { StatementSet } from './preparsed-sets.ts';
import { messageOf } from './problems.ts';
import { schemaOf } from './schema.ts';
import { screenOf } from './screen.ts';
import type { Statement } from './statements.ts';
import type { NamedAttribute } from './values.ts';
import { declarationOf, resourceTypeOf, type Vocabulary } from './vocabulary.ts';

/** A tenant's policy as it is published: one or several Cedar statements. */
export interface PolicySource {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly text: string;
}

/** A policy that could not be worked out, and why. It denies. */
export interface PolicyError {
  readonly policyId: string;
  readonly name: string;
  readonly version: number;
  readonly message: string;
}

export interface SliceStatement {
  readonly policy: PolicySource;
  readonly statement: Statement;
  /** The statement as it is evaluated: what the slice itself says of action and resource is taken out. */
  readonly json: PolicyJson;
}

/** What decides on one permission. Nothing in it depends on who asks. */
export interface Slice {
  readonly permission: string;
  readonly resourceType: string;
  readonly statements: readonly SliceStatement[];
  /** Statements that cannot be evaluated; while there are any, the permission is denied. */
  readonly broken: readonly PolicyError[];
  readonly attributes: readonly NamedAttribute[];
  /** The statements, each named by its index, in hundreds; and before each hundred its screen. */
  readonly sets: readonly { readonly screen: StatementSet | null; readonly statements: StatementSet }[];
}

const mostInSet = 100;

/**
 * Takes what decides on the permission out of a tenant's policies. A statement that does not hold against the vocabulary
 * of today (an attribute was dropped, or has another type now) is broken: it was written to forbid or permit something,
 * and nobody can tell what any more.
 */
export function sliceOf(
  vocabulary: Vocabulary,
  permission: string,
  found: readonly Omit<SliceStatement, 'json'>[],
  unreadable: readonly PolicyError[],
): Slice {
  const declared = resourceTypeOf(vocabulary, permission);
  const resourceType = declared ?? 'Tenant';
  const statements = found
    .filter(({ statement }) => [null, resourceType].includes(statement.resourceType))
    .map((each) => ({ ...each, json: narrowed(each.statement.json, resourceType) }));
  const undeclared = declared === undefined ? found.map((each) => errorOf(each, `${permission} is not known.`)) : [];
  const broken = [...unreadable, ...undeclared, ...(declared ? brokenOf(vocabulary, permission, statements) : [])];
  const paths = new Set(statements.flatMap(({ statement }) => statement.attributes));
  return {
    permission,
    resourceType,
    statements,
    broken,
    attributes: [...paths].sort().flatMap((path) => namedAttribute(vocabulary, path, resourceType)),
    sets: inSets(statements.map(({ json }) => json)).map((set) => ({
      screen: screenOf(Object.values(set.policies)),
      statements: set,
    })),
  };
}

/** The statements in sets of a hundred, each named by its index. */
export const inSets = (statements: readonly PolicyJson[]): StatementSet[] =>
  Array.from({ length: Math.ceil(statements.length / mostInSet) }, (_, set) => {
    const first = set * mostInSet;
    const taken = statements.slice(first, first + mostInSet);
    return {
      policies: Object.fromEntries(taken.map((each, index) => [first + index, each])),
      statements: taken.length,
    };
  });

export const errorOf = ({ policy: { id, name, version } }: Pick<SliceStatement, 'policy'>, message: string) => ({
  policyId: id,
  name,
  version,
  message,
});

/** The action is the slice's, and so is the type of the object: the engine need not ask for them a hundred times. */
function narrowed(json: PolicyJson, resourceType: string): PolicyJson {
  const { resource } = json;
  const redundant = resource.op === 'is' && resource.entity_type === resourceType && !resource.in;
  return { ...json, action: { op: 'All' }, resource: redundant ? { op: 'All' } : resource, annotations: {} };
}

function brokenOf(vocabulary: Vocabulary, permission: string, statements: readonly SliceStatement[]): PolicyError[] {
  const resourceType = resourceTypeOf(vocabulary, permission) ?? 'Tenant';
  const undeclared = statements.flatMap((each) =>
    each.statement.attributes
      .filter((path) => !declarationOf(vocabulary, path, resourceType))
      .map((path) => errorOf(each, `${path} is not known any more.`)),
  );
  const action = { op: '==', entity: { type: 'Action', id: permission } } as const;
  const staticPolicies = Object.fromEntries(statements.map(({ json }, index) => [index, { ...json, action }]));
  const schema = schemaOf(vocabulary, permission);
  const answer = askCedar((cedar) => cedar.validate({ schema, policies: { staticPolicies } }));
  if (answer.type === 'failure') {
    return statements.map((each) => errorOf(each, answer.errors.map(messageOf).join('; ')));
  }
  const invalid = answer.validationErrors.flatMap(({ policyId, error }) => {
    const statement = statements[Number(policyId)];
    return statement ? [errorOf(statement, messageOf(error))] : [];
  });
  return [...undeclared, ...invalid];
}

function namedAttribute(vocabulary: Vocabulary, path: string, resourceType: string): NamedAttribute[] {
  const declared = declarationOf(vocabulary, path, resourceType);
  const [variable, name = ''] = path.split(/\.(.*)/s);
  if (!declared || (variable !== 'principal' && variable !== 'context' && variable !== 'resource')) return [];
  return [{ path, variable, name, type: declared.type }];
}
