import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { type ValueSource, valueOfType } from './values.ts';

/** So many fields one operation has at most: the limits on what is asked are not what is tried here. */
const mostFields = 90;

/** Draws a variable's value. */
export type Draw = (from: ValueSource) => unknown;

/** Writes one operation: its selections, and what they need of variables and fragments. */
export class SelectionWriter {
  readonly definitions: string[] = [];
  readonly fragments: string[] = [];
  /** `Type.field` of everything that is asked for. */
  readonly fields = new Set<string>();
  readonly #schema: GraphQLSchema;
  readonly #from: ValueSource;
  readonly #draws = new Map<string, Draw>();
  #names = 0;

  constructor(schema: GraphQLSchema, from: ValueSource) {
    this.#schema = schema;
    this.#from = from;
  }

  /** Braces and what stands in them; `depth` is how many objects deep it goes, lists of pages not counted. */
  selection(type: GraphQLNamedType, depth: number): string {
    const { dice } = this.#from;
    const items = isAbstractType(type)
      ? this.#schema.getPossibleTypes(type).map((each) => `... on ${each.name} { ${this.#pieces(each, depth, true)} }`)
      : [];
    if (isObjectType(type) || isInterfaceType(type)) items.push(this.#pieces(type, depth, isInterfaceType(type)));
    if (dice.chance(0.15) || items.join('').trim() === '') items.push('__typename');
    return `{ ${items.join(' ')} }`;
  }

  /** One field with its arguments and what is asked of it. */
  field(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>, depth: number, alias: boolean): string {
    this.fields.add(`${parent.name}.${field.name}`);
    const type = getNamedType(field.type);
    const below = isCompositeType(type) ? ` ${this.selection(type, isCarrier(type) ? depth : depth - 1)}` : '';
    return `${alias ? `${this.#name('a')}: ` : ''}${field.name}${this.#arguments(field)}${below}`;
  }

  /** The variable that carries the value. */
  variable(type: string, draw: Draw): string {
    const name = this.#name('v');
    this.#draws.set(name, draw);
    this.definitions.push(`$${name}: ${type}`);
    return `$${name}`;
  }

  /** Values for all variables: others each time, so that the same words ask for something else. */
  variables(from: ValueSource): Record<string, unknown> {
    return Object.fromEntries([...this.#draws].map(([name, draw]) => [name, draw(from)]));
  }

  #pieces(type: GraphQLObjectType | GraphQLNamedType, depth: number, aliases: boolean): string {
    const { dice } = this.#from;
    const pieces = this.#chosen(type, depth).map((field) => {
      const written = this.field(type, field, depth, aliases || dice.chance(0.1));
      return dice.chance(0.06) ? `${written} ${this.field(type, field, depth, true)}` : written;
    });
    return pieces.map((piece) => this.#wrapped(type, piece)).join(' ');
  }

  #chosen(type: GraphQLNamedType, depth: number): GraphQLField<unknown, unknown>[] {
    const { dice } = this.#from;
    const all = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const chosen = all.filter((field) => {
      if (this.fields.size > mostFields) return false;
      const below = getNamedType(field.type);
      const isNew = this.#isNew(type, field.name) || fieldNames(below).some((name) => this.#isNew(below, name));
      if (!isCompositeType(below)) return dice.chance(isNew ? 0.9 : 0.65);
      if (isCarrier(type)) return dice.chance(0.9);
      return depth > 0 && dice.chance(isNew ? 0.8 : 0.45);
    });
    return chosen;
  }

  #isNew(type: GraphQLNamedType, field: string): boolean {
    return !this.#from.asked.has(`${type.name}.${field}`);
  }

  /** As it is, or by way of a fragment. */
  #wrapped(type: GraphQLNamedType, piece: string): string {
    const { dice } = this.#from;
    if (dice.chance(0.85)) return piece;
    if (dice.chance(0.4)) return `... on ${type.name} { ${piece} }`;
    if (dice.chance(0.5)) return `... @include(if: ${this.variable('Boolean!', () => true)}) { ${piece} }`;
    const name = this.#name('F');
    this.fragments.push(`fragment ${name} on ${type.name} { ${piece} }`);
    return `...${name}`;
  }

  #arguments(field: GraphQLField<unknown, unknown>): string {
    const { dice } = this.#from;
    const given = field.args.filter((argument) => isRequiredArgument(argument) || dice.chance(0.55));
    if (given.length === 0) return '';
    return `(${given.map((argument) => `${argument.name}: ${this.#argument(field, argument)}`).join(', ')})`;
  }

  #argument(field: GraphQLField<unknown, unknown>, argument: GraphQLArgument): string {
    const about = `${field.name} ${argument.name}`.toLowerCase();
    if (this.#from.dice.chance(0.2)) {
      const value = valueOfType(argument.type, about, this.#from);
      if (typeof value === 'string' && ['ID', 'String'].includes(getNamedType(argument.type).name)) {
        return JSON.stringify(value.toWellFormed());
      }
    }
    return this.variable(String(argument.type), (from) => valueOfType(argument.type, about, from));
  }

  #name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }
}

const fieldNames = (type: GraphQLNamedType): string[] => (isObjectType(type) ? Object.keys(type.getFields()) : []);

/** What only carries other objects: pages, and what came of a mutation. */
const isCarrier = (type: GraphQLNamedType): boolean => /(Connection|Edge|PageInfo|Payload)$/.test(type.name);
