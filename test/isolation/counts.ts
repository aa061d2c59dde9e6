import {
  type ExecutionResult,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { tableOfNumber, tableOfType } from './counted.ts';

/** Something that an answer says of how many there are. */
export interface Count {
  readonly path: string;
  readonly table: string;
  /** There are at least so many, by what the answer says. */
  readonly atLeast: number;
}

/** All that the answer tells of numbers: lengths of lists, further pages, totals. */
export function countsIn(schema: GraphQLSchema, query: string, result: ExecutionResult): Count[] {
  const document = parse(query);
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const root = operation && schema.getRootType(operation.operation);
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [],
    ),
  );
  const counts: Count[] = [];

  const visit = (selections: SelectionSetNode, type: GraphQLNamedType, value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) visit(selections, type, each, `${path}[${index}]`);
      return;
    }
    if (!isRecord(value)) return;
    for (const field of fieldsOf(selections, fragments)) {
      const shown = value[(field.alias ?? field.name).value];
      const definition = isObjectType(type) ? type.getFields()[field.name.value] : undefined;
      if (shown === undefined || shown === null || !definition) continue;
      const here = `${path}.${(field.alias ?? field.name).value}`;
      const below = getNamedType(definition.type);
      if (typeof shown === 'number') note(tableOfNumber[`${type.name}.${field.name.value}`], shown, here);
      if (isListType(getNullableType(definition.type)) && Array.isArray(shown)) {
        note(tableOfType[below.name], shown.length, here);
      }
      if (below.name.endsWith('Connection') && isRecord(shown)) noteConnection(below, shown, field, here);
      if (field.selectionSet && isCompositeType(below)) visit(field.selectionSet, below, shown, here);
    }
  };
  const note = (table: string | undefined, atLeast: number, path: string): void => {
    if (table !== undefined) counts.push({ path, table, atLeast });
  };
  const noteConnection = (type: GraphQLNamedType, shown: object, field: FieldNode, path: string): void => {
    const table = tableOfType[nodeOf(type)?.name ?? ''];
    const all = everythingBelow(field, shown, fragments);
    const edges = all.find(({ name, value }) => name === 'edges' && Array.isArray(value))?.value as
      | unknown[]
      | undefined;
    const more = all.some(({ value }) => isRecord(value) && value.hasNextPage === true);
    note(table, (edges?.length ?? 0) + (more ? 1 : 0), path);
    for (const { name, value } of all)
      if (/count|total/i.test(name) && typeof value === 'number') note(table, value, path);
  };

  if (operation && root) visit(operation.selectionSet, root, result.data, 'data');
  return counts;
}

/** What the edges of a connection lead to. */
export function nodeOf(connection: GraphQLNamedType): GraphQLNamedType | undefined {
  const edges = isObjectType(connection) ? connection.getFields().edges : undefined;
  const edge = edges && getNamedType(edges.type);
  const node = isObjectType(edge) ? edge.getFields().node : undefined;
  return node && getNamedType(node.type);
}

type Fragments = ReadonlyMap<string, SelectionSetNode>;

function fieldsOf(selections: SelectionSetNode, fragments: Fragments): FieldNode[] {
  return selections.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value);
    return inner ? fieldsOf(inner, fragments) : [];
  });
}

/** The fields of one object, by the names that the schema gives them; what `hasNextPage` is called is told by its value. */
function everythingBelow(field: FieldNode, shown: object, fragments: Fragments): { name: string; value: unknown }[] {
  if (!field.selectionSet) return [];
  return fieldsOf(field.selectionSet, fragments).map((each) => {
    const value = (shown as Record<string, unknown>)[(each.alias ?? each.name).value];
    if (each.name.value !== 'pageInfo' || !isRecord(value)) return { name: each.name.value, value };
    const inner = everythingBelow(each, value, fragments);
    return { name: 'pageInfo', value: Object.fromEntries(inner.map((one) => [one.name, one.value])) };
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
