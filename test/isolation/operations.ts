import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  isUnionType,
  OperationTypeNode,
} from 'graphql';
import { SelectionWriter } from './selections.ts';
import { idOf, type ValueSource } from './values.ts';

/** One operation and where it is asked: of the graph, or of one subgraph as if somebody had got past the gateway. */
export interface Operation {
  readonly where: string;
  readonly kind: OperationTypeNode;
  readonly query: string;
  /** Values for its variables, other ones each time. */
  readonly variables: (from: ValueSource) => Record<string, unknown>;
  readonly schema: GraphQLSchema;
  /** `Type.field` of everything that it asks for, and `_entities.Type` of what it asks by key. */
  readonly fields: ReadonlySet<string>;
}

/** A way in: a root field, or the entities of a subgraph. */
export type WayIn =
  | { readonly where: string; readonly schema: GraphQLSchema; readonly kind: OperationTypeNode; readonly field: string }
  | { readonly where: string; readonly schema: GraphQLSchema; readonly kind: 'entities'; readonly type: string };

const federation = new Set(['_entities', '_service']);
const roots = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION] as const;

/** Every way into a schema: what it gains later is among them. */
export function waysInto(where: string, schema: GraphQLSchema): WayIn[] {
  const fields = roots.flatMap((kind) =>
    Object.keys(schema.getRootType(kind)?.getFields() ?? {})
      .filter((field) => !federation.has(field))
      .map((field) => ({ where, schema, kind, field })),
  );
  const union = schema.getType('_Entity');
  const types = isUnionType(union) ? union.getTypes() : [];
  return [...fields, ...types.map(({ name }) => ({ where, schema, kind: 'entities' as const, type: name }))];
}

export const nameOf = (way: WayIn): string =>
  way.kind === 'entities' ? `${way.where} _entities ${way.type}` : `${way.where} ${way.kind} ${way.field}`;

/** A random operation that goes this way in, and sometimes another of the same kind beside it. */
export function operationThrough(way: WayIn, others: readonly WayIn[], from: ValueSource): Operation {
  return way.kind === 'entities' ? byKey(way, from) : fromRoot(way, others, from);
}

/** How deep selections nest, pages not counted. */
const deepest = 4;

function fromRoot(way: Extract<WayIn, { field: string }>, others: readonly WayIn[], from: ValueSource): Operation {
  const { where, schema, kind } = way;
  const { dice } = from;
  const root = rootOf(schema, kind);
  const writer = new SelectionWriter(schema, from);
  const beside = others.filter((other) => other.where === where && other.kind === kind);
  const ways = [way, ...(kind === OperationTypeNode.QUERY && dice.chance(0.3) ? [dice.pick(beside)] : [])];
  // A mutation is repeated alone: what two of them change together, nobody could tell apart afterwards.
  if (kind === OperationTypeNode.MUTATION && dice.chance(0.1)) ways.push(way);
  const depth = dice.chance(0.5) ? deepest : 1 + dice.roll(deepest);
  const fields = ways.flatMap((each) => {
    const field = 'field' in each ? root.getFields()[each.field] : undefined;
    return field ? [writer.field(root, field, depth, true)] : [];
  });
  return { where, kind, schema, ...written(kind, writer, fields.join(' ')) };
}

function byKey(way: Extract<WayIn, { type: string }>, from: ValueSource): Operation {
  const { where, schema, type } = way;
  const { dice } = from;
  const entity = schema.getType(type);
  const writer = new SelectionWriter(schema, from);
  writer.fields.add(`_entities.${type}`);
  const list = writer.variable('[_Any!]!', (source) =>
    Array.from({ length: 1 + source.dice.roll(4) }, () => representationOf(type, entity, source)),
  );
  const selection = entity ? writer.selection(entity, 1 + dice.roll(deepest)) : '{ __typename }';
  const body = `_entities(representations: ${list}) { __typename ... on ${type} ${selection} }`;
  const kind = OperationTypeNode.QUERY;
  return { where, kind, schema, ...written(kind, writer, body) };
}

/** A key, and what somebody would add who hopes that it is believed. */
function representationOf(type: string, entity: GraphQLNamedType | undefined, from: ValueSource): object {
  const { dice, own, pool } = from;
  const about = type.toLowerCase();
  const fields = isObjectType(entity) ? Object.keys(entity.getFields()) : [];
  const claimed = dice.chance(0.3)
    ? {
        tenantId: dice.pick(pool.tenants),
        ...(fields.length > 0 && { [dice.pick(fields)]: pool.word(dice, own.id, 0.2) }),
      }
    : {};
  return { ...claimed, __typename: type, id: idOf(about, from) };
}

function written(kind: OperationTypeNode, writer: SelectionWriter, body: string) {
  const definitions = writer.definitions.length > 0 ? `(${writer.definitions.join(', ')})` : '';
  const query = [`${kind} Tried${definitions} { ${body} }`, ...writer.fragments].join('\n');
  return { query, variables: (from: ValueSource) => writer.variables(from), fields: writer.fields };
}

function rootOf(schema: GraphQLSchema, kind: OperationTypeNode): GraphQLObjectType {
  const root = schema.getRootType(kind);
  if (!root) throw new Error(`The schema has no ${kind}.`);
  return root;
}
