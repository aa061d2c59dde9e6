import { attributePath, type Expression } from '../expression.ts';
import { type AttributeType, declarationOf, type Vocabulary } from '../vocabulary.ts';

/** A statement that no filter can stand for, and why. */
export class NotListable extends Error {}

export type OperandType = Exclude<AttributeType, 'Boolean'> | 'Set<Long>' | 'Set<Decimal>';

/** A column, or a value that is the same for every row. */
export type Operand =
  | { readonly op: 'column'; readonly attribute: string; readonly type: OperandType }
  | { readonly op: 'value'; readonly value: KnownValue; readonly type: OperandType };

/** A literal, an attribute of the principal's or the context's, or a set of these. */
export type KnownValue =
  | { readonly literal: string }
  | { readonly path: string }
  | { readonly items: readonly KnownValue[] };

/** What a row is compared with. */
export class Operands {
  readonly #vocabulary: Vocabulary;
  readonly #resourceType: string;

  constructor(vocabulary: Vocabulary, resourceType: string) {
    this.#vocabulary = vocabulary;
    this.#resourceType = resourceType;
  }

  /** The attribute of the object that the expression is. Throws `NotListable`. */
  column(expression: Expression, type: AttributeType): string {
    const [variable, name] = attributePath(expression) ?? [];
    if (variable !== 'resource' || name === undefined || this.typeOf(expression) !== type) {
      throw new NotListable(`a ${type} attribute of the object is needed where something else stands`);
    }
    return name;
  }

  /** Throws `NotListable`. */
  of(expression: Expression, type: OperandType): Operand {
    if (attributePath(expression)?.[0] !== 'resource')
      return { op: 'value', value: this.#value(expression, type), type };
    if (type === 'Set<Long>' || type === 'Set<Decimal>') throw new NotListable('sets of numbers have no columns');
    return { op: 'column', attribute: this.column(expression, type), type };
  }

  /** Undefined for what no column has: entities, moments, records, sets of other things than text. */
  typeOf(expression: Expression): AttributeType | undefined {
    switch (expression.op) {
      case 'value':
        return literalTypes[typeof expression.value];
      case 'attribute': {
        const path = attributePath(expression)?.join('.');
        const type = path && declarationOf(this.#vocabulary, path, this.#resourceType)?.type;
        return type === 'Datetime' || type === '' ? undefined : type;
      }
      case 'has':
      case 'is':
      case 'like':
        return 'Boolean';
      case 'if':
        return this.typeOf(expression.yes);
      case 'set':
        return expression.items.every((item) => this.typeOf(item) === 'String') ? 'Set<String>' : undefined;
      case 'call':
        if (expression.name === 'decimal') return 'Decimal';
        return numbers.has(expression.name) ? 'Long' : 'Boolean';
      default:
        return undefined;
    }
  }

  #value(expression: Expression, type: OperandType): KnownValue {
    const element = setElements.get(type);
    if (element && expression.op === 'set')
      return { items: expression.items.map((item) => this.#value(item, element)) };
    if (expression.op === 'call' && expression.name === 'decimal' && expression.args[0]?.op === 'value') {
      return { literal: String(expression.args[0].value) };
    }
    if (this.typeOf(expression) !== type) throw new NotListable(`a ${type} is needed where something else stands`);
    if (expression.op === 'value') return { literal: String(expression.value) };
    const path = attributePath(expression);
    if (path && path[0] !== 'resource') return { path: path.join('.') };
    throw new NotListable(
      'the object is compared with something that has to be worked out; compare it with a literal or an attribute',
    );
  }
}

const literalTypes: Readonly<Record<string, AttributeType>> = { string: 'String', number: 'Long', boolean: 'Boolean' };
const numbers = new Set(['+', '-', '*', 'neg', 'toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays']);
const setElements = new Map<OperandType, OperandType>([
  ['Set<String>', 'String'],
  ['Set<Long>', 'Long'],
  ['Set<Decimal>', 'Decimal'],
]);
