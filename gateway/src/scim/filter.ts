import { type Filter, parse } from 'scim2-parse-filter';
import type { Comparison, DirectoryFilter } from './directory.ts';
import { type Term, type Terms, termOf } from './filter-attributes.ts';
import { badRequest } from './scim-error.ts';

const longest = 2_000;
const mostComparisons = 50;

/** A filter of the directory's, or `everything` or `nothing` where it does not depend on the resource. */
export type Condition<Attribute extends string> = DirectoryFilter<Attribute> | 'everything' | 'nothing';

/**
 * Reads a filter (RFC 7644 3.4.2.2) that names nothing but what the terms allow.
 * Throws `invalidFilter` saying what it does not understand.
 */
export function parseCondition<Attribute extends string>(text: string, terms: Terms<Attribute>): Condition<Attribute> {
  const filter = parseFilter(text);
  let comparisons = 0;
  return read(filter, '');

  function read(part: Filter, prefix: string): Condition<Attribute> {
    switch (part.op) {
      case 'and':
      case 'or':
        return joined(
          part.op,
          part.filters.map((each) => read(each, prefix)),
        );
      case 'not':
        return opposite(read(part.filter, prefix));
      case '[]':
        return read(part.valFilter, `${prefix}${part.attrPath}.`);
      default:
        break;
    }
    comparisons += 1;
    if (comparisons > mostComparisons) throw invalid(`It has more than ${mostComparisons} comparisons.`);
    const path = prefix + part.attrPath;
    const term = termOf(terms, path);
    if (!term) throw invalid(`"${path}" cannot be filtered by.`);
    if (part.op === 'pr') return present(term);
    return compared(part.op, path, term, part.compValue);
  }
}

/** The filter's syntax tree. Throws `invalidFilter`. */
export function parseFilter(text: string): Filter {
  if (text.length > longest) throw invalid(`It is longer than ${longest} characters.`);
  // Besides making no sense, line breaks in an open quote keep the parser's pattern busy for years.
  if (/\p{Cc}/u.test(text)) throw invalid('It has control characters.');
  let filter: Filter;
  try {
    filter = parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? `It cannot be read: ${error.message}.` : 'It cannot be read.');
  }
  return filter;
}

function present<Attribute extends string>(term: Term<Attribute>): Condition<Attribute> {
  if (term.kind === 'constant' || term.kind === 'fallback') return 'everything';
  return { op: 'pr', attribute: term.attribute };
}

function compared<Attribute extends string>(
  op: string,
  path: string,
  term: Term<Attribute>,
  value: string | number | boolean | null,
): Condition<Attribute> {
  if (!isComparison(op)) throw invalid(`"${op.slice(0, 20)}" is not an operator.`);
  if (value === null) return comparedToNull(op, path, term);
  switch (term.kind) {
    case 'constant':
      return comparedConstant(op, path, term.value, value);
    case 'fallback': {
      const { attribute, otherwise } = term;
      if (op === 'ne') return opposite(compared('eq', path, term, value));
      return joined('or', [
        { op, attribute, value: textOf(path, value) },
        joined('and', [opposite({ op: 'pr', attribute }), { op, attribute: otherwise, value: textOf(path, value) }]),
      ]);
    }
    case 'boolean':
      if (op !== 'eq' && op !== 'ne') throw invalid(`"${path}" is true or false: compare it with eq or ne.`);
      return { op, attribute: term.attribute, value: booleanOf(path, value) };
    case 'reference':
      if (op !== 'eq') throw invalid(`"${path}" is compared with eq, to an id.`);
      return { op, attribute: term.attribute, value: textOf(path, value) };
    case 'dateTime':
      if (op === 'co' || op === 'sw' || op === 'ew') throw invalid(`"${path}" is a time and has no parts of text.`);
      return { op, attribute: term.attribute, value: timeOf(path, value) };
    case 'text':
      return { op, attribute: term.attribute, value: textOf(path, value) };
  }
}

/** Null is no value (RFC 7643 2.5). */
function comparedToNull<Attribute extends string>(
  op: Comparison,
  path: string,
  term: Term<Attribute>,
): Condition<Attribute> {
  if (op === 'eq') return opposite(present(term));
  if (op === 'ne') return present(term);
  throw invalid(`"${path}" cannot be compared to null with ${op}.`);
}

function comparedConstant(
  op: Comparison,
  path: string,
  constant: string | boolean,
  value: string | number | boolean,
): 'everything' | 'nothing' {
  const one = String(constant).toLowerCase();
  const other = String(value).toLowerCase();
  const holds: Partial<Record<Comparison, boolean>> = {
    eq: one === other,
    ne: one !== other,
    co: one.includes(other),
    sw: one.startsWith(other),
    ew: one.endsWith(other),
  };
  const answer = holds[op];
  if (answer === undefined) throw invalid(`"${path}" cannot be compared with ${op}.`);
  return answer ? 'everything' : 'nothing';
}

function joined<Attribute extends string>(
  op: 'and' | 'or',
  conditions: readonly Condition<Attribute>[],
): Condition<Attribute> {
  const [decisive, neutral] =
    op === 'and' ? (['nothing', 'everything'] as const) : (['everything', 'nothing'] as const);
  if (conditions.includes(decisive)) return decisive;
  const filters = conditions.filter((each) => typeof each !== 'string');
  const [first, ...more] = filters;
  if (first === undefined) return neutral;
  return more.length === 0 ? first : { op, filters };
}

function opposite<Attribute extends string>(condition: Condition<Attribute>): Condition<Attribute> {
  if (condition === 'everything') return 'nothing';
  if (condition === 'nothing') return 'everything';
  return { op: 'not', filter: condition };
}

const comparisons: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] satisfies Comparison[];

const isComparison = (op: string): op is Comparison => comparisons.includes(op);

function textOf(path: string, value: string | number | boolean): string {
  if (typeof value === 'string') return value;
  throw invalid(`"${path}" is text: write "${value}" in quotes.`);
}

function booleanOf(path: string, value: string | number | boolean): boolean {
  const said = String(value).toLowerCase();
  if (said === 'true' || said === 'false') return said === 'true';
  throw invalid(`"${path}" is true or false.`);
}

function timeOf(path: string, value: string | number | boolean): string {
  const time = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? new Date(value) : undefined;
  if (time && !Number.isNaN(time.getTime())) return time.toISOString();
  throw invalid(`"${path}" is a time, such as "2026-01-31T12:00:00Z".`);
}

const invalid = (what: string) => badRequest('invalidFilter', `The filter is not understood. ${what}`);
