import { answered, askedBy, entitiesOf, wrongTypes } from '../decide.ts';
import type { PreparsedSets, StatementSet } from '../preparsed-sets.ts';
import { messageOf } from '../problems.ts';
import { errorOf, inSets, type PolicyError, type Slice, type SliceStatement } from '../slice.ts';
import { type Asked, type CheckedValues, checkValues, rawValue } from '../values.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { type FilterColumns, NoColumn, typeGuard } from './columns.ts';
import { type Fragment, joined, sql } from './fragment.ts';
import { NotListable } from './operands.ts';
import { type Row, RowPlanner } from './row-plan.ts';
import { RowWriter } from './row-sql.ts';
import { combined, known, mayFail, negated, parenthesised, sqlOf, type Truth } from './truth.ts';

export interface FilterRequest extends Omit<Asked, 'resource'> {
  readonly permission: string;
  readonly columns: FilterColumns;
  /** The object's id; without it, the column `id`. */
  readonly idColumn?: string;
}

/** Which objects of a list `decide` would allow. */
export type Filter =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'none';
      /** As in a decision: a forbid was satisfied, something could not be worked out, nothing permits it. */
      readonly why?: 'policy' | 'error' | 'nothing';
      readonly errors?: readonly PolicyError[];
    }
  | {
      readonly kind: 'some';
      /** A condition with `?` for its parameters, as MikroORM takes it. */
      readonly sql: string;
      readonly params: string[];
      /** What could not be worked out for some of the objects; they are left out. */
      readonly errors: readonly PolicyError[];
    };

/** A slice taken apart for lists. Nothing in it depends on who asks. */
export interface ListPlan {
  readonly rows: readonly { readonly statement: SliceStatement; readonly row: Row }[];
  /** Statements that no filter can stand for; while there are any, lists are empty. */
  readonly broken: readonly PolicyError[];
  /** What the engine answers before any row is looked at, each by its index. */
  readonly sets: readonly StatementSet[];
}

export function planList(vocabulary: Vocabulary, slice: Slice): ListPlan {
  const planner = new RowPlanner(vocabulary, slice.resourceType);
  const rows: { statement: SliceStatement; row: Row }[] = [];
  const broken: PolicyError[] = [...slice.broken];
  if (broken.length > 0) return { rows, broken, sets: [] };
  for (const statement of slice.statements) {
    try {
      rows.push({ statement, row: planner.plan(statement.json) });
    } catch (problem) {
      if (!(problem instanceof NotListable)) throw problem;
      broken.push(errorOf(statement, `It cannot be made into a filter: ${problem.message}.`));
    }
  }
  return { rows, broken, sets: inSets(planner.known) };
}

export function filterOf(slice: Slice, plan: ListPlan, request: FilterRequest, sets: PreparsedSets): Filter {
  if (plan.broken.length > 0) return { kind: 'none', why: 'error', errors: plan.broken };
  if (plan.rows.length === 0) return request.granted ? { kind: 'all' } : { kind: 'none', why: 'nothing', errors: [] };
  const values = checkValues(slice.attributes, request);
  const wrong = wrongTypes(slice, values.wrong);
  if (wrong.length > 0) return { kind: 'none', why: 'error', errors: wrong };
  const facts = knownFacts(slice, plan, request, values, sets);
  if (typeof facts === 'string') {
    return { kind: 'none', why: 'error', errors: plan.rows.map(({ statement }) => errorOf(statement, facts)) };
  }
  try {
    return written(slice, plan, request, facts);
  } catch (problem) {
    if (!(problem instanceof NoColumn)) throw problem;
    return {
      kind: 'none',
      why: 'error',
      errors: plan.rows.map(({ statement }) => errorOf(statement, problem.message)),
    };
  }
}

type EngineFacts = ReadonlyMap<number, boolean | { readonly message: string }>;

/** Asks the engine everything that is the same for every row: it knows best what Cedar means. */
function knownFacts(
  { permission }: Slice,
  plan: ListPlan,
  asked: FilterRequest,
  values: CheckedValues,
  sets: PreparsedSets,
): EngineFacts | string {
  const facts = new Map<number, boolean | { message: string }>();
  const request = {
    ...askedBy(permission, asked, values),
    resource: { type: 'Tenant', id: '' },
    entities: entitiesOf(asked.principal, values),
  };
  for (const set of plan.sets) {
    const answer = answered(() => sets.evaluate(set, request));
    if (typeof answer === 'string') return answer;
    for (const name of answer.reason) facts.set(Number(name), true);
    for (const { policyId, error } of answer.errors) facts.set(Number(policyId), { message: messageOf(error) });
  }
  return facts;
}

function written(slice: Slice, plan: ListPlan, request: FilterRequest, facts: EngineFacts): Filter {
  const errors: PolicyError[] = [];
  const truths = plan.rows.map(({ statement, row }) => {
    const writer = new RowWriter(
      {
        truth: (index) => {
          const fact = facts.get(index) ?? false;
          if (typeof fact === 'boolean') return fact;
          errors.push(errorOf(statement, fact.message));
          return 'error';
        },
        value: (path) => rawValue(request, path),
      },
      request,
    );
    const truth = writer.write(row);
    errors.push(...writer.missing.map((path) => errorOf(statement, `${path} is missing.`)));
    return { effect: statement.json.effect, truth };
  });
  const forbids = truths.filter(({ effect }) => effect === 'forbid').map(({ truth }) => truth);
  const permits = truths.filter(({ effect }) => effect === 'permit').map(({ truth }) => truth);
  if (forbids.some((truth) => truth.known === true)) return { kind: 'none', why: 'policy', errors };
  if (truths.some(({ truth }) => truth.known === 'error')) return { kind: 'none', why: 'error', errors };
  const permitted = request.granted ? known(true) : anyOf(permits);
  if (permitted.known === false) return { kind: 'none', why: 'nothing', errors };
  const conditions = [
    ...slice.attributes
      .filter(({ variable }) => variable === 'resource')
      .flatMap((each) => typeGuard(request.columns, each)),
    ...forbids.map(negated).filter(isOpen).map(sqlOf),
    ...permits.filter(mayFail).map((truth) => sql`${sqlOf(truth)} is not null`),
    ...[permitted].filter(isOpen).map(sqlOf),
  ];
  return conditions.length > 0 ? { kind: 'some', ...conjunction(conditions), errors } : { kind: 'all' };
}

/** Whether any permit is satisfied. An error in one of them is a condition of its own, so here it only must not permit. */
const anyOf = (permits: readonly Truth[]): Truth =>
  permits.some(({ known }) => known === true)
    ? known(true)
    : permits
        .filter(({ known }) => known === undefined)
        .reduce((any, truth) => combined('or', any, truth), known(false));

const isOpen = (truth: Truth): boolean => truth.known === undefined;

function conjunction(conditions: readonly Fragment[]): { sql: string; params: string[] } {
  const { sql: text, params } = parenthesised(joined(conditions, ' and '));
  return { sql: text, params: [...params] };
}
