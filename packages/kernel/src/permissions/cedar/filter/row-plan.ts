import type { Expr, PatternElem, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type Expression, entityOf, isVariable, partsOf } from '../expression.ts';
import { conditionsOf } from '../named-attributes.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { NotListable, type Operand, Operands, type OperandType } from './operands.ts';

export type Sign = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** When a statement is satisfied, as a question about one row: what depends on the object is taken apart, nothing else. */
export type Row =
  /** A condition that is the same for every row; the engine answers it. */
  | { readonly op: 'known'; readonly index: number }
  | { readonly op: 'constant'; readonly value: boolean }
  | { readonly op: 'and' | 'or'; readonly parts: readonly Row[] }
  | { readonly op: 'not'; readonly of: Row }
  | { readonly op: 'if'; readonly condition: Row; readonly yes: Row; readonly no: Row }
  | { readonly op: 'same'; readonly left: Row; readonly right: Row }
  | { readonly op: 'flag' | 'has'; readonly attribute: string }
  | { readonly op: 'like'; readonly attribute: string; readonly pattern: readonly PatternElem[] }
  | { readonly op: 'compare'; readonly sign: Sign; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'equalSets' | 'containsAll' | 'containsAny'; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'member'; readonly set: Operand; readonly item: Operand }
  | { readonly op: 'empty'; readonly set: Operand }
  /** The object is one of these. */
  | { readonly op: 'object'; readonly ids: readonly string[] };

/** Why the statement cannot be made into a filter over objects of the type; null where it can. */
export function listProblem(vocabulary: Vocabulary, statement: PolicyJson, resourceType: string): string | null {
  try {
    new RowPlanner(vocabulary, resourceType).plan(statement);
    return null;
  } catch (problem) {
    if (problem instanceof NotListable) return problem.message;
    throw problem;
  }
}

const open = { effect: 'permit', principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' } } as const;
const comparisons = new Map<string, { sign: Sign; type: OperandType }>([
  ['<', { sign: '<', type: 'Long' }],
  ['<=', { sign: '<=', type: 'Long' }],
  ['>', { sign: '>', type: 'Long' }],
  ['>=', { sign: '>=', type: 'Long' }],
  ['lessThan', { sign: '<', type: 'Decimal' }],
  ['lessThanOrEqual', { sign: '<=', type: 'Decimal' }],
  ['greaterThan', { sign: '>', type: 'Decimal' }],
  ['greaterThanOrEqual', { sign: '>=', type: 'Decimal' }],
]);

export class RowPlanner {
  /** What the engine is to answer: each of these is satisfied, or not, or an error, whatever the row. */
  readonly known: PolicyJson[] = [];
  readonly #asked = new Map<string, number>();
  readonly #resourceType: string;
  readonly #operands: Operands;

  constructor(vocabulary: Vocabulary, resourceType: string) {
    this.#resourceType = resourceType;
    this.#operands = new Operands(vocabulary, resourceType);
  }

  /** Throws `NotListable`. */
  plan(statement: PolicyJson): Row {
    const { principal } = statement;
    const parts = principal.op === 'All' ? [] : [this.#know({ ...open, principal, conditions: [] })];
    parts.push(this.#scope(statement.resource));
    for (const { kind, body } of conditionsOf(statement)) {
      const condition = this.#condition(body);
      parts.push(kind === 'when' ? condition : { op: 'not', of: condition });
    }
    return { op: 'and', parts };
  }

  /** The same question is asked once, however many statements have it. */
  #know(question: PolicyJson): Row {
    const key = JSON.stringify(question);
    const index = this.#asked.get(key) ?? this.known.push(question) - 1;
    this.#asked.set(key, index);
    return { op: 'known', index };
  }

  #scope(resource: PolicyJson['resource']): Row {
    if (resource.op === 'All') return { op: 'constant', value: true };
    const json: Expr = { Value: true };
    const variable: Expression = { json: { Var: 'resource' }, op: 'variable', name: 'resource' };
    if (resource.op === 'is') {
      const within = resource.in && 'entity' in resource.in ? entityLiteral(resource.in.entity) : undefined;
      return this.#is({ json, op: 'is', of: variable, type: resource.entity_type, ...(within && { in: within }) });
    }
    if (!('entity' in resource)) throw new NotListable('it has a slot');
    return this.#object([entityLiteral(resource.entity)]);
  }

  #condition(expression: Expression): Row {
    if (!dependsOnObject(expression)) {
      return this.#know({ ...open, conditions: [{ kind: 'when', body: expression.json }] });
    }
    switch (expression.op) {
      case 'attribute':
        return { op: 'flag', attribute: this.#operands.column(expression, 'Boolean') };
      case 'has':
        return { op: 'has', attribute: expression.path[0] ?? '' };
      case 'like':
        return {
          op: 'like',
          attribute: this.#operands.column(expression.of, 'String'),
          pattern: expression.pattern,
        };
      case 'is':
        return this.#is(expression);
      case 'if':
        return {
          op: 'if',
          condition: this.#condition(expression.condition),
          yes: this.#condition(expression.yes),
          no: this.#condition(expression.no),
        };
      case 'call':
        return this.#call(expression.name, expression.args);
      default:
        throw new NotListable(`a ${expression.op} of the object's attributes is no condition`);
    }
  }

  #is({ of, type, in: within }: Extract<Expression, { op: 'is' }>): Row {
    if (!isVariable(of, 'resource')) throw new NotListable('`is` asks for something other than the object');
    if (type !== this.#resourceType) return { op: 'constant', value: false };
    return within ? this.#object(entitiesIn(within)) : { op: 'constant', value: true };
  }

  #call(name: string, args: readonly Expression[]): Row {
    const [left, right] = args;
    if (!left) throw new NotListable(`\`${name}\` has nothing to work on`);
    if (name === '!') return { op: 'not', of: this.#condition(left) };
    if (name === 'isEmpty') return { op: 'empty', set: this.#operands.of(left, 'Set<String>') };
    if (!right) throw new NotListable(`no filter can do \`${name}\` of the object's attributes`);
    const comparison = comparisons.get(name);
    if (comparison) return this.#compare(comparison.sign, comparison.type, left, right);
    switch (name) {
      case '&&':
        return { op: 'and', parts: [this.#condition(left), this.#condition(right)] };
      case '||':
        return { op: 'or', parts: [this.#condition(left), this.#condition(right)] };
      case '==':
        return this.#equal(left, right);
      case '!=':
        return { op: 'not', of: this.#equal(left, right) };
      case 'in':
        if (!isVariable(left, 'resource')) throw new NotListable('`in` asks for something other than the object');
        return this.#object(entitiesIn(right));
      case 'contains':
        return this.#contains(left, right);
      case 'containsAll':
      case 'containsAny':
        return {
          op: name,
          left: this.#operands.of(left, 'Set<String>'),
          right: this.#operands.of(right, 'Set<String>'),
        };
      default:
        throw new NotListable(`no filter can do \`${name}\` with the object's attributes`);
    }
  }

  #equal(left: Expression, right: Expression): Row {
    if (isVariable(left, 'resource')) return this.#object([right]);
    if (isVariable(right, 'resource')) return this.#object([left]);
    const type = this.#operands.typeOf(left) ?? this.#operands.typeOf(right);
    switch (type) {
      case 'Boolean':
        return { op: 'same', left: this.#condition(left), right: this.#condition(right) };
      case 'Set<String>':
        return { op: 'equalSets', left: this.#operands.of(left, type), right: this.#operands.of(right, type) };
      case 'String':
      case 'Long':
      case 'Decimal':
        return this.#compare('=', type, left, right);
      default:
        throw new NotListable('`==` compares something other than texts, numbers, truths and sets of texts');
    }
  }

  #compare(sign: Sign, type: OperandType, left: Expression, right: Expression): Row {
    return { op: 'compare', sign, left: this.#operands.of(left, type), right: this.#operands.of(right, type) };
  }

  #contains(set: Expression, item: Expression): Row {
    if (isVariable(item, 'resource')) return this.#object(entitiesIn(set));
    const type = this.#operands.typeOf(item);
    if (type === 'String') {
      return { op: 'member', set: this.#operands.of(set, 'Set<String>'), item: this.#operands.of(item, type) };
    }
    if (type === 'Long' || type === 'Decimal') {
      return { op: 'member', set: this.#operands.of(set, `Set<${type}>`), item: this.#operands.of(item, type) };
    }
    throw new NotListable('`contains` asks for something other than a text or a number');
  }

  /** Objects are in nothing but themselves; an entity of another type is never one of them. */
  #object(entities: readonly Expression[]): Row {
    const named = entities.map((each) => entityOf(each));
    if (named.includes(null)) throw new NotListable('the object is compared with something other than `Type::"id"`');
    const ids = named.flatMap((each) => (each?.type === this.#resourceType ? each.id : []));
    return ids.length > 0 ? { op: 'object', ids } : { op: 'constant', value: false };
  }
}

const dependsOnObject = (expression: Expression): boolean =>
  [...partsOf(expression)].some((part) => isVariable(part, 'resource'));

const entitiesIn = (expression: Expression): readonly Expression[] =>
  expression.op === 'set' ? expression.items : [expression];

function entityLiteral(entity: { type: string; id: string } | { __entity: { type: string; id: string } }): Expression {
  const value = { __entity: '__entity' in entity ? entity.__entity : entity };
  return { json: { Value: value }, op: 'value', value };
}
