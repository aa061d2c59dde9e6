import type { AuthorizationAnswer, Entities } from '@cedar-policy/cedar-wasm/nodejs';
import { clauseOf } from './clause.ts';
import { EngineFault } from './engine.ts';
import type { PreparsedSets, SetRequest } from './preparsed-sets.ts';
import { messageOf } from './problems.ts';
import { errorOf, type PolicyError, type Slice, type SliceStatement } from './slice.ts';
import { type Asked, type CheckedValues, checkValues, type NamedAttribute, rawValue } from './values.ts';
import { type PolicyPrincipal, principalType } from './vocabulary.ts';

export interface DecisionRequest extends Asked {
  readonly permission: string;
  /** Its attributes are JSON, as the database answers it. */
  readonly resource: {
    readonly type: string;
    readonly id: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  };
}

/** A statement that had a say. */
export interface DecisionReason {
  readonly policyId: string;
  readonly name: string;
  readonly version: number;
  /** From 1, in the order of the policy's text. */
  readonly statement: number;
  readonly effect: 'permit' | 'forbid';
  /** Its conditions as Cedar text, `when { ... } unless { ... }`; its scope where it has none. */
  readonly clause: string;
}

export interface Decision {
  readonly allowed: boolean;
  /**
   * What it rests on: `rbac` roles and grants, `policy` the statements in `reasons`, `error` a policy that could not be
   * worked out, `nothing` that nothing permits it.
   */
  readonly by: 'rbac' | 'policy' | 'nothing' | 'error';
  /** The forbids that were satisfied; where none was and neither roles nor grants permit, the permits. */
  readonly reasons: readonly DecisionReason[];
  readonly errors: readonly PolicyError[];
  /** The attributes that the permission's policies name, and what they were; null where there was none. */
  readonly lookedAt: readonly { readonly path: string; readonly value: unknown }[];
}

/**
 * Decides on one object: (granted, or a permit satisfied), and no forbid satisfied, and nothing that could not be worked
 * out. Throws `TypeError` if the object is not of the type that the permission is decided on.
 */
export function decide(slice: Slice, request: DecisionRequest, sets: PreparsedSets): Decision {
  const { granted } = request;
  if (slice.statements.length === 0 && slice.broken.length === 0) {
    return { allowed: granted, by: granted ? 'rbac' : 'nothing', reasons: [], errors: [], lookedAt: [] };
  }
  const lookedAt = slice.attributes.map(({ path }) => ({ path, value: rawValue(request, path) ?? null }));
  const values = checkValues(slice.attributes, request);
  const known = [...slice.broken, ...wrongTypes(slice, values.wrong)];
  if (known.length > 0) return { allowed: false, by: 'error', reasons: [], errors: known, lookedAt };
  if (request.resource.type !== slice.resourceType) {
    throw new TypeError(`${slice.permission} is decided on a ${slice.resourceType}, not a ${request.resource.type}.`);
  }
  const { satisfied, errors } = evaluate(slice, setRequest(slice, request, values), sets);
  const forbids = satisfied.filter(({ json }) => json.effect === 'forbid');
  const deciding = forbids.length > 0 || granted || errors.length > 0 ? forbids : satisfied;
  const reasons = deciding.map(reasonOf);
  return {
    ...verdict({ granted, forbids: forbids.length, permits: satisfied.length, errors }),
    reasons,
    errors,
    lookedAt,
  };
}

function verdict(found: { granted: boolean; forbids: number; permits: number; errors: readonly PolicyError[] }) {
  if (found.forbids > 0) return { allowed: false, by: 'policy' } as const;
  if (found.errors.length > 0) return { allowed: false, by: 'error' } as const;
  if (found.granted) return { allowed: true, by: 'rbac' } as const;
  return found.permits > 0 ? ({ allowed: true, by: 'policy' } as const) : ({ allowed: false, by: 'nothing' } as const);
}

/** One error for every policy that names an attribute whose value is of another type than was declared. */
export function wrongTypes({ statements }: Slice, wrong: readonly NamedAttribute[]): PolicyError[] {
  return wrong.flatMap(({ path, type }) => {
    const naming = statements.filter(({ statement }) => statement.attributes.includes(path));
    const policies = new Map(naming.map((each) => [each.policy.id, each]));
    return [...policies.values()].map((each) => errorOf(each, `${path} is not a ${type}, as it is declared.`));
  });
}

function setRequest(slice: Slice, request: DecisionRequest, values: CheckedValues): SetRequest {
  const resource = { type: slice.resourceType, id: request.resource.id };
  return {
    ...askedBy(slice.permission, request, values),
    resource,
    entities: [...entitiesOf(request.principal, values), { uid: resource, attrs: values.resource, parents: [] }],
  };
}

/** The part of a question to the engine that does not depend on the object. */
export const askedBy = (permission: string, { principal, granted }: Asked, { context }: CheckedValues) => ({
  principal: { type: principalType(principal.kind), id: principal.id },
  action: { type: 'Action', id: permission },
  context: { ...context, granted },
});

/** The principal, in its roles and groups. */
export const entitiesOf = ({ kind, id, roles, groups }: PolicyPrincipal, { principal }: CheckedValues): Entities => [
  {
    uid: { type: principalType(kind), id },
    attrs: principal,
    parents: [
      ...roles.map((name) => ({ type: 'Role', id: name })),
      ...groups.map((name) => ({ type: 'Group', id: name })),
    ],
  },
];

interface Evaluation {
  readonly satisfied: readonly SliceStatement[];
  readonly errors: readonly PolicyError[];
}

/**
 * All sets of the slice. Each answers with its satisfied forbids, or if there are none with its satisfied permits, so
 * that a forbid in any of them outweighs whatever the others permit.
 */
function evaluate(slice: Slice, request: SetRequest, sets: PreparsedSets): Evaluation {
  const satisfied: number[] = [];
  const errors: PolicyError[] = [];
  for (const { screen, statements } of slice.sets) {
    if (screen && isSilent(answered(() => sets.evaluate(screen, request)))) continue;
    const inSet = (name: string) => slice.statements[Number(name)];
    const answer = answered(() => sets.evaluate(statements, request));
    if (typeof answer === 'string') {
      const all = Object.keys(statements.policies).flatMap((name) => inSet(name) ?? []);
      errors.push(...all.map((each) => errorOf(each, answer)));
      continue;
    }
    satisfied.push(...answer.reason.map(Number));
    for (const { policyId, error } of answer.errors) {
      const statement = inSet(policyId);
      if (statement) errors.push(errorOf(statement, messageOf(error)));
    }
  }
  const inOrder = satisfied.sort((a, b) => a - b);
  return { satisfied: inOrder.flatMap((index) => slice.statements[index] ?? []), errors };
}

const isSilent = (answer: ReturnType<typeof answered>): boolean =>
  typeof answer !== 'string' && answer.reason.length === 0 && answer.errors.length === 0;

/** What the engine found, or why it found nothing. */
export function answered(ask: () => AuthorizationAnswer) {
  try {
    const answer = ask();
    return answer.type === 'success' ? answer.response.diagnostics : answer.errors.map(messageOf).join('; ');
  } catch (fault) {
    if (fault instanceof EngineFault) return fault.message;
    throw fault;
  }
}

const reasonOf = ({ policy: { id, name, version }, statement }: SliceStatement): DecisionReason => ({
  policyId: id,
  name,
  version,
  statement: statement.number,
  effect: statement.json.effect,
  clause: clauseOf(statement),
});
