import { CountersignError, isUuid } from '@countersign/kernel';
import type { Column, ColumnOf, Sql } from './columns.ts';
import type { ScimComparison, ScimFilter, ScimQuery } from './shapes.ts';

type Comparing = Extract<ScimFilter, { attribute: string }>;

/**
 * A filter as a condition over the columns: RFC 7644 3.4.2.2. Every part of it is true or false, never null, so that
 * `not` means what it says. Throws `BAD_REQUEST` for what cannot be compared so.
 */
export function whereOf(filter: ScimFilter, columnOf: ColumnOf): Sql {
  if ('filters' in filter) {
    const parts = filter.filters.map((each) => whereOf(each, columnOf));
    return {
      sql: `(${parts.map(({ sql }) => sql).join(` ${filter.op} `)})`,
      params: parts.flatMap(({ params }) => params),
    };
  }
  if (filter.op === 'not') {
    // Twice not is nothing; it would only nest deeper than the database goes.
    if (filter.filter.op === 'not') return whereOf(filter.filter.filter, columnOf);
    const { sql, params } = whereOf(filter.filter, columnOf);
    return { sql: `not ${sql}`, params };
  }
  return comparison(filter, known(columnOf, filter.attribute));
}

/** The order of a page; without a wish by id, which stays the same from page to page. */
export function orderOf(sort: ScimQuery['sort'], columnOf: ColumnOf, id: string): Sql {
  if (!sort) return { sql: id, params: [] };
  const column = known(columnOf, sort.by);
  if (column.kind === 'members') throw wrong(`"${sort.by}" cannot be sorted by.`);
  const by = column.kind === 'text' || column.kind === 'exact' ? ordered(folded(column, column.sql)) : column.sql;
  return { sql: `${by} ${sort.descending ? 'desc' : 'asc'}, ${id}`, params: column.params };
}

function comparison(filter: Comparing, column: Column): Sql {
  if (filter.op === 'pr') return present(column);
  const { op, attribute, value } = filter;
  if (op === 'ne') {
    const { sql, params } = comparison({ ...filter, op: 'eq' }, column);
    return { sql: `not ${sql}`, params };
  }
  if (column.kind === 'boolean') {
    if (typeof value !== 'boolean' || op !== 'eq') throw wrong(`"${attribute}" is true or false.`);
    return { sql: `(${column.sql} = ?::boolean)`, params: [value] };
  }
  if (typeof value === 'boolean') throw wrong(`"${attribute}" is text.`);
  if (value.includes('\0')) throw wrong('A NUL is in no text.');
  if (column.kind === 'members') return hasMember(op, value);
  if (column.kind === 'id') return comparedId(op, column, value);
  if (column.kind === 'time') return comparedTime(op, column, attribute, value);
  const { sql, count } = comparedText(op, folded(column, column.sql), folded(column, '?::text'));
  return guarded(column, { sql, params: [...column.params, ...Array(count).fill(value)] });
}

function present(column: Column): Sql {
  if (column.kind === 'members') return { sql: `(${anyMember()} or ${anyChild()})`, params: [] };
  return column.nullable ? { sql: `(${column.sql} is not null)`, params: column.params } : { sql: 'true', params: [] };
}

/** A value that is not there is compared with nothing: the comparison is false. */
function guarded(column: Column, { sql, params }: Sql): Sql {
  if (!column.nullable) return { sql: `(${sql})`, params };
  return { sql: `(${column.sql} is not null and ${sql})`, params: [...column.params, ...params] };
}

/** The comparison, and how often the value stands in it. */
function comparedText(op: Exclude<ScimComparison, 'ne'>, one: string, other: string): { sql: string; count: number } {
  switch (op) {
    case 'eq':
      return { sql: `${one} = ${other}`, count: 1 };
    case 'co':
      return { sql: `strpos(${one}, ${other}) > 0`, count: 1 };
    case 'sw':
      return { sql: `starts_with(${one}, ${other})`, count: 1 };
    case 'ew':
      return { sql: `right(${one}, length(${other})) = ${other}`, count: 2 };
    default:
      return { sql: `${ordered(one)} ${signs[op]} ${ordered(other)}`, count: 1 };
  }
}

const signs = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

const folded = ({ kind }: Column, sql: string): string => (kind === 'text' ? `lower(${sql})` : sql);

/** The same order on every database, whatever language it was made for. */
const ordered = (sql: string): string => `${sql} collate "C"`;

function comparedId(op: Exclude<ScimComparison, 'ne'>, { sql: id }: Column, value: string): Sql {
  if (op === 'eq') {
    return isUuid(value) ? { sql: `(${id} = ?::uuid)`, params: [value] } : { sql: 'false', params: [] };
  }
  const { sql, count } = comparedText(op, `${id}::text`, '?::text');
  return { sql: `(${sql})`, params: Array(count).fill(value) };
}

function comparedTime(op: Exclude<ScimComparison, 'ne'>, column: Column, attribute: string, value: string): Sql {
  if (op === 'co' || op === 'sw' || op === 'ew') throw wrong(`"${attribute}" is a time and has no parts of text.`);
  const at = new Date(value);
  if (!/^\d{4}-/.test(value) || Number.isNaN(at.getTime())) throw wrong(`"${attribute}" is a time in ISO 8601.`);
  return { sql: `(${column.sql} ${op === 'eq' ? '=' : signs[op]} ?::timestamptz)`, params: [at.toISOString()] };
}

function hasMember(op: ScimComparison, id: string): Sql {
  if (op !== 'eq') throw wrong('Members are compared with eq, to an id.');
  if (!isUuid(id)) return { sql: 'false', params: [] };
  return { sql: `(${anyMember('m.user_id = ?::uuid')} or ${anyChild('c.child_id = ?::uuid')})`, params: [id, id] };
}

const anyMember = (which = 'true'): string =>
  `exists (select from tenants.group_member m where m.group_id = g.id and ${which})`;
const anyChild = (which = 'true'): string =>
  `exists (select from tenants.group_child c where c.group_id = g.id and ${which})`;

function known(columnOf: ColumnOf, attribute: string): Column {
  const column = columnOf(attribute);
  if (!column) throw wrong(`"${attribute}" cannot be filtered or sorted by.`);
  return column;
}

const wrong = (what: string) => new CountersignError('BAD_REQUEST', `The filter is not understood. ${what}`);
