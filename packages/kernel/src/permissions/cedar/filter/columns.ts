import type { NamedAttribute } from '../values.ts';
import type { AttributeType } from '../vocabulary.ts';
import { type Fragment, literally, sql } from './fragment.ts';

export interface FilterColumn {
  /** A column or an expression in SQL, `d.classification`; a literal question mark in it is written `\\?`. */
  readonly sql: string;
  /** Its SQL type has to go with it: text, an integer type, boolean, numeric, text[]. */
  readonly type: AttributeType;
  readonly nullable: boolean;
}

/** By the name of the attribute that the column holds. */
export type FilterColumns = Readonly<Record<string, FilterColumn>>;

export class NoColumn extends Error {}

/** Throws `NoColumn` where the attribute has none of its type. */
export function columnOf(columns: FilterColumns, name: string, type: AttributeType): FilterColumn {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (!column) throw new NoColumn(`This list has no column for resource.${name}.`);
  if (column.type !== type) throw new NoColumn(`The column for resource.${name} is not a ${type}.`);
  return column;
}

/**
 * What the column must be for its value to be of the attribute's type at all. A single decision refuses an object whose
 * attribute is not, so a list has to as well.
 */
export function typeGuard(columns: FilterColumns, { name, type }: NamedAttribute): Fragment[] {
  if (type === 'Datetime') throw new NoColumn(`resource.${name} is of a type that no column has.`);
  const column = columnOf(columns, name, type);
  const condition = guards[type]?.(literally(column.sql));
  if (!condition) return [];
  return [column.nullable ? sql`(${literally(column.sql)} is null or ${condition})` : condition];
}

/** Integers that JSON carries, Cedar's decimals, and sets without a NULL in them. */
const guards: Partial<Record<AttributeType, (column: Fragment) => Fragment>> = {
  Long: (column) => sql`${column} between -9007199254740991 and 9007199254740991`,
  Decimal: (column) => sql`(min_scale(${column}) <= 4 and abs(${column}) <= 922337203685477.5807)`,
  'Set<String>': (column) => sql`array_position(${column}, null) is null`,
};
