import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  OperationTypeNode,
} from 'graphql';

/** What the arguments of a call are made of. */
export interface Filling {
  readonly id: string;
  readonly text: string;
}

/** The plainest call of one root field. */
export interface Call {
  readonly kind: OperationTypeNode;
  readonly field: string;
  /** Whether any of its arguments is an id, or a text. */
  readonly takesIds: boolean;
  readonly takesTexts: boolean;
  readonly query: string;
  /** With all that is required, and with every id, or text, that may be given. */
  variables(filling: Filling, every?: 'ids' | 'texts'): Record<string, unknown>;
}

/** A call of each root field of the schema, so that one that is new is called, too. */
export function callsOf(schema: GraphQLSchema): Call[] {
  return [OperationTypeNode.QUERY, OperationTypeNode.MUTATION].flatMap((kind) =>
    Object.values(schema.getRootType(kind)?.getFields() ?? {})
      .filter(({ name }) => !name.startsWith('_'))
      .map((field) => callOf(kind, field)),
  );
}

function callOf(kind: OperationTypeNode, field: GraphQLField<unknown, unknown>): Call {
  const definitions = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const head = field.args.length > 0 ? `(${definitions})` : '';
  const body = `${field.name}${field.args.length > 0 ? `(${given})` : ''}${selectionOf(getNamedType(field.type), 2)}`;
  return {
    kind,
    field: field.name,
    takesIds: field.args.some(({ type }) => holds(type, 'ID')),
    takesTexts: field.args.some(({ type }) => holds(type, 'String')),
    query: `${kind} Called${head} { ${body} }`,
    variables: (filling, every) =>
      Object.fromEntries(
        field.args
          .filter((argument) => isRequiredArgument(argument) || isWanted(argument.type, every))
          .map(({ name, type }) => [name, valueFor(type, name, filling, every)]),
      ),
  };
}

/** All plain fields, and those of the objects below. */
function selectionOf(type: GraphQLNamedType, depth: number): string {
  if (!isCompositeType(type)) return '';
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  const parts = fields.flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return [];
    const below = getNamedType(field.type);
    if (!isCompositeType(below)) return [field.name];
    return depth > 0 ? [`${field.name}${selectionOf(below, depth - 1)}`] : [];
  });
  return ` { __typename ${parts.join(' ')} }`;
}

const isWanted = (type: GraphQLInputType, every: 'ids' | 'texts' | undefined): boolean =>
  every !== undefined && holds(type, every === 'ids' ? 'ID' : 'String');

function holds(type: GraphQLInputType, scalar: string): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return named.name === scalar;
  return Object.values(named.getFields()).some((field) => holds(field.type, scalar));
}

function valueFor(type: GraphQLInputType, name: string, filling: Filling, every?: 'ids' | 'texts'): unknown {
  const inner = getNullableType(type);
  if (isListType(inner)) return [valueFor(inner.ofType, name, filling, every)];
  if (isEnumType(inner)) return inner.getValues()[0]?.name;
  if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields()).filter(
      (field) => isRequiredInputField(field) || isWanted(field.type, every),
    );
    return Object.fromEntries(fields.map((field) => [field.name, valueFor(field.type, field.name, filling, every)]));
  }
  switch (inner.name) {
    case 'ID':
      return filling.id;
    case 'Int':
    case 'Float':
      return 1;
    case 'Boolean':
      return false;
    case 'String':
      return /permission/i.test(name) && every !== 'texts' ? 'knowledge:document:read' : filling.text;
    case 'JSON':
      return {};
    default:
      return new Date(Date.now() + 7 * 86_400_000).toISOString();
  }
}
