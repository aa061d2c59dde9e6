import {
  extendSchema,
  type GraphQLFieldConfigMap,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLSchema,
  parse,
  printType,
} from 'graphql';
import { refuseAny, type ToolSchemaProblem } from './tool-schema-error.ts';

/**
 * A copy of a schema with more mutations. All that the schema has stays: resolvers, extensions, directives and AST
 * nodes; what is added has AST nodes too, so that it is printed with its descriptions.
 *
 * @param types new types that the fields bring; types that they only refer to must be in the schema
 * @throws ToolSchemaError TOOL_NAME_COLLISION
 */
export function extendMutation<Context>(
  schema: GraphQLSchema,
  fields: GraphQLFieldConfigMap<unknown, Context>,
  types: readonly GraphQLNamedType[],
): GraphQLSchema {
  if (Object.keys(fields).length === 0) return schema;
  const before = schema.getMutationType();
  refuseAny([
    ...types.filter(({ name }) => schema.getType(name)).map(({ name }) => taken('type', name)),
    ...Object.keys(fields)
      .filter((name) => before?.getFields()[name])
      .map((name) => taken('mutation', name)),
  ]);

  const name = before?.name ?? 'Mutation';
  const printed = printType(new GraphQLObjectType({ name, fields }));
  const root = before ? `extend ${printed}` : `${printed}\n\nextend schema { mutation: ${name} }`;
  const extended = extendSchema(schema, parse([...types.map((type) => printType(type)), root].join('\n\n')));

  const added = extended.getMutationType()?.getFields() ?? {};
  for (const [field, { resolve, extensions }] of Object.entries(fields)) {
    const target = added[field];
    if (target !== undefined) Object.assign(target, { resolve, extensions: extensions ?? {} });
  }
  return extended;
}

function taken(kind: string, name: string): ToolSchemaProblem {
  const message = `The schema has a ${kind} ${name} already: rename the connector or the tool.`;
  return { code: 'TOOL_NAME_COLLISION', at: name, message };
}
