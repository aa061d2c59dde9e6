import type { PatternElem } from '@cedar-policy/cedar-wasm/nodejs';
import { decimalText } from '../values.ts';
import type { AttributeType } from '../vocabulary.ts';
import { columnOf, type FilterColumns, NoColumn } from './columns.ts';
import { type Fragment, joined, literally, parameter, sql } from './fragment.ts';
import type { KnownValue, Operand, OperandType } from './operands.ts';
import type { Row } from './row-plan.ts';
import { chosen, combined, known, negated, parenthesised, presentIn, same, type Truth, unknown } from './truth.ts';

/** What is known before any row is looked at. */
export interface KnownFacts {
  /** What the engine answered to a plan's questions. */
  readonly truth: (index: number) => boolean | 'error';
  /** The value at `principal.x` or `context.x`, already checked for its type; null where there is none. */
  readonly value: (path: string) => unknown;
}

export interface RowColumns {
  readonly columns: FilterColumns;
  /** The object's id, of any type whose text is the id that policies use. */
  readonly idColumn?: string;
}

/** Writes a plan as SQL, once what is the same for every row is known. Throws `NoColumn`. */
export class RowWriter {
  /** Attributes that were missed on the way, each of which is an error for at least the rows that come to it. */
  readonly missing: string[] = [];
  readonly #facts: KnownFacts;
  readonly #columns: RowColumns;

  constructor(facts: KnownFacts, columns: RowColumns) {
    this.#facts = facts;
    this.#columns = columns;
  }

  /** `present` are the attributes that are known to be there, as after `resource has x &&`. */
  write(row: Row, present: ReadonlySet<string> = new Set()): Truth {
    switch (row.op) {
      case 'known':
        return known(this.#facts.truth(row.index));
      case 'constant':
        return known(row.value);
      case 'and':
      case 'or':
        return this.#chain(row.op, row.parts, present);
      case 'not':
        return negated(this.write(row.of, present));
      case 'if': {
        const condition = this.write(row.condition, present);
        const there = new Set([...present, ...presentIn(condition)]);
        return chosen(
          condition,
          () => this.write(row.yes, there),
          () => this.write(row.no, present),
        );
      }
      case 'same':
        return same(this.write(row.left, present), this.write(row.right, present));
      case 'has':
        return this.#has(row.attribute);
      case 'flag':
        return this.#strict([this.#column(row.attribute, 'Boolean', present)], ([flag]) => flag);
      case 'like': {
        const pattern = { sql: parameter(likePattern(row.pattern), 'text'), nullable: false };
        return this.#strict(
          [this.#column(row.attribute, 'String', present), pattern],
          ([column, like]) => sql`${column} like ${like}`,
        );
      }
      case 'compare':
        return this.#strict(
          [this.#operand(row.left, present), this.#operand(row.right, present)],
          ([left, right]) => sql`${left} ${literally(row.sign)} ${right}`,
        );
      case 'equalSets':
      case 'containsAll':
      case 'containsAny':
        return this.#strict([this.#operand(row.left, present), this.#operand(row.right, present)], ([left, right]) =>
          setRelations[row.op](left, right),
        );
      case 'member':
        return this.#member(row.set, row.item, present);
      case 'empty':
        return this.#strict([this.#operand(row.set, present)], ([set]) => sql`cardinality(${set}) = 0`);
      case 'object':
        return unknown(this.#isOneOf(row.ids), false);
    }
  }

  #chain(operator: 'and' | 'or', parts: readonly Row[], present: ReadonlySet<string>): Truth {
    let truth = known(operator === 'and');
    for (const part of parts) {
      if (truth.known === 'error' || truth.known === (operator === 'or')) break;
      const there = operator === 'and' ? new Set([...present, ...presentIn(truth)]) : present;
      truth = combined(operator, truth, this.write(part, there));
    }
    return truth;
  }

  #has(attribute: string): Truth {
    const { columns } = this.#columns;
    const column = Object.hasOwn(columns, attribute) ? columns[attribute] : undefined;
    if (!column) throw new NoColumn(`This list has no column for resource.${attribute}.`);
    return column.nullable
      ? unknown(sql`(${literally(column.sql)} is not null)`, false, new Set([attribute]))
      : known(true);
  }

  /** `NULL = any('{}')` is false, and so would an error be. */
  #member(set: Operand, item: Operand, present: ReadonlySet<string>): Truth {
    const operands = [this.#operand(set, present), this.#operand(item, present)] as const;
    if (item.op === 'value') {
      return this.#strict(operands, ([array, value]) => sql`${array} @> array[${value}]`);
    }
    return this.#strict(
      operands,
      ([array, value]) => sql`case when ${value} is not null then ${value} = any(${array}) end`,
    );
  }

  #isOneOf(ids: readonly string[]): Fragment {
    const { idColumn, columns } = this.#columns;
    const column = idColumn ?? columns.id?.sql;
    if (column === undefined) throw new NoColumn('This list has no column for the id of its objects.');
    const wanted = joined(
      ids.map((id) => parameter(id, 'text')),
      ', ',
    );
    return parenthesised(sql`(${literally(column)})::text in (${wanted})`);
  }

  /** A condition that is an error as soon as one of its operands is. */
  #strict(operands: readonly Scalar[], write: (parts: [Fragment, Fragment]) => Fragment): Truth {
    if (operands.some((operand) => operand === 'error')) return known('error');
    const there = operands.flatMap((operand) => (operand === 'error' ? [] : [operand]));
    const [first = nothing, second = nothing] = there.map((operand) => operand.sql);
    return unknown(
      parenthesised(write([first, second])),
      there.some((operand) => operand.nullable),
    );
  }

  #operand(operand: Operand, present: ReadonlySet<string>): Scalar {
    if (operand.op === 'value') {
      const value = this.#value(operand.value, operand.type);
      return value ? { sql: value, nullable: false } : 'error';
    }
    if (operand.type === 'Set<Long>' || operand.type === 'Set<Decimal>')
      throw new NoColumn('No column is a set of numbers.');
    return this.#column(operand.attribute, operand.type, present);
  }

  #column(attribute: string, type: AttributeType, present: ReadonlySet<string>): Scalar {
    const column = columnOf(this.#columns.columns, attribute, type);
    return { sql: literally(column.sql), nullable: column.nullable && !present.has(attribute) };
  }

  #value(value: KnownValue, type: OperandType): Fragment | null {
    const element = elements[type];
    if ('items' in value) {
      const items = value.items.map((item) => this.#value(item, element ?? type));
      const there = items.filter((item) => item !== null);
      return there.length === items.length ? arrayOf(there, element ?? type) : null;
    }
    const found = 'literal' in value ? value.literal : this.#facts.value(value.path);
    if ('path' in value && (found === null || found === undefined)) {
      this.missing.push(value.path);
      return null;
    }
    if (Array.isArray(found))
      return arrayOf(
        found.map((item) => scalarOf(item, 'String')),
        'String',
      );
    return scalarOf(found, type);
  }
}

type Scalar = { readonly sql: Fragment; readonly nullable: boolean } | 'error';

const nothing = literally('');
const elements: Partial<Record<OperandType, OperandType>> = {
  'Set<String>': 'String',
  'Set<Long>': 'Long',
  'Set<Decimal>': 'Decimal',
};
const sqlTypes: Partial<Record<OperandType, 'text' | 'bigint' | 'numeric'>> = { Long: 'bigint', Decimal: 'numeric' };

function scalarOf(value: unknown, type: OperandType): Fragment {
  return parameter(String(type === 'Decimal' ? decimalText(value) : value), sqlTypes[type] ?? 'text');
}

const arrayOf = (items: readonly Fragment[], type: OperandType): Fragment =>
  sql`array[${joined(items, ', ')}]::${literally(sqlTypes[type] ?? 'text')}[]`;

const setRelations = {
  equalSets: (left: Fragment, right: Fragment) => sql`${left} @> ${right} and ${left} <@ ${right}`,
  containsAll: (left: Fragment, right: Fragment) => sql`${left} @> ${right}`,
  containsAny: (left: Fragment, right: Fragment) => sql`${left} && ${right}`,
};

const likePattern = (pattern: readonly PatternElem[]): string =>
  pattern.map((each) => (each === 'Wildcard' ? '%' : each.Literal.replace(/[\\%_]/g, '\\$&'))).join('');
