import { type Fragment, joined, literally, sql } from './fragment.ts';

/**
 * What a condition comes to. Cedar knows true, false and error; in SQL an error is NULL, and a condition that is NULL
 * lets no row through.
 */
export type Truth =
  | { readonly known: boolean | 'error' }
  | {
      readonly known?: undefined;
      readonly sql: Fragment;
      /** Whether it may be an error for some row. */
      readonly nullable: boolean;
      /** Attributes that are there in every row for which it is true. */
      readonly present: ReadonlySet<string>;
    };

const nothing: ReadonlySet<string> = new Set();

export const known = (value: boolean | 'error'): Truth => ({ known: value });

export const unknown = (fragment: Fragment, nullable: boolean, present: ReadonlySet<string> = nothing): Truth => ({
  sql: fragment,
  nullable,
  present,
});

export const presentIn = (truth: Truth): ReadonlySet<string> => (truth.known === undefined ? truth.present : nothing);

/**
 * Cedar's `&&` and `||`, which do not look at the right side once the left has decided, and which an error on the left
 * ends. SQL's own do the same unless the left may be NULL: `NULL and false` is false there.
 */
export function combined(operator: 'and' | 'or', left: Truth, right: Truth): Truth {
  const ending = operator === 'or';
  if (left.known === ending || left.known === 'error') return left;
  if (left.known !== undefined) return right;
  if (right.known === !ending) return left;
  const present = operator === 'and' ? new Set([...left.present, ...presentIn(right)]) : common(left, right);
  if (left.nullable || right.known !== undefined) {
    const cases = sql`case ${left.sql} when ${sqlOf(known(ending))} then ${sqlOf(known(ending))} when ${sqlOf(known(!ending))} then ${sqlOf(right)} end`;
    return unknown(parenthesised(cases), left.nullable || mayFail(right), present);
  }
  return unknown(parenthesised(joined([left.sql, right.sql], ` ${operator} `)), right.nullable, present);
}

export function negated(truth: Truth): Truth {
  if (truth.known === 'error') return truth;
  if (truth.known !== undefined) return known(!truth.known);
  return unknown(sql`(not ${truth.sql})`, truth.nullable);
}

export function chosen(condition: Truth, whenTrue: () => Truth, whenFalse: () => Truth): Truth {
  if (condition.known === 'error') return condition;
  if (condition.known !== undefined) return condition.known ? whenTrue() : whenFalse();
  const [yes, no] = [whenTrue(), whenFalse()];
  const cases = sql`case ${condition.sql} when true then ${sqlOf(yes)} when false then ${sqlOf(no)} end`;
  return unknown(parenthesised(cases), condition.nullable || mayFail(yes) || mayFail(no));
}

/** Cedar's `==` of two truths: both are looked at. */
export function same(left: Truth, right: Truth): Truth {
  if (left.known === 'error' || right.known === 'error') return known('error');
  if (left.known !== undefined) return left.known ? right : negated(right);
  if (right.known !== undefined) return right.known ? left : negated(left);
  return unknown(sql`(${left.sql} = ${right.sql})`, left.nullable || right.nullable);
}

export const mayFail = (truth: Truth): boolean =>
  truth.known === undefined ? truth.nullable : truth.known === 'error';

export function sqlOf(truth: Truth): Fragment {
  if (truth.known === undefined) return truth.sql;
  return literally(truth.known === 'error' ? 'null::boolean' : String(truth.known));
}

export const parenthesised = (fragment: Fragment): Fragment => sql`(${fragment})`;

function common(left: Truth, right: Truth): ReadonlySet<string> {
  return new Set([...presentIn(left)].filter((each) => presentIn(right).has(each)));
}
