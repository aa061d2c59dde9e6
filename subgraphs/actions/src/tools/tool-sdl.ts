import { GraphQLInputObjectType, GraphQLObjectType, printType } from 'graphql';
import type { ScalarsByFormat } from './input-type.ts';
import type { ConnectorManifest } from './manifest.ts';
import { type ResolveTool, type SharedTypes, toolFields, toolResolver } from './tool-fields.ts';
import { toolTypes } from './tool-types.ts';

/**
 * The schema of all tools as text to be added to the subgraph's: their types, and `extend type Mutation` with one field
 * each. It refers to Action, UserError, ConnectorStatus and ActionOptions, and to the scalars given, which the subgraph must have. Empty
 * when there are no tools.
 *
 * @throws ToolSchemaError
 */
export function toolSdl(
  manifests: readonly ConnectorManifest[],
  options: { scalars?: ScalarsByFormat; reserved?: Iterable<string> } = {},
): string {
  const { fields, types } = toolFields(manifests, { ...NAMES_ONLY, scalars: options.scalars }, () => null, options);
  if (types.length === 0) return '';
  const mutation = new GraphQLObjectType({ name: 'Mutation', fields });
  const sdl = [...types.map((type) => printType(type)), `extend ${printType(mutation)}`].join('\n\n');
  // printType indents the empty lines of descriptions too.
  return sdl.replace(/[ \t]+$/gm, '');
}

/** The resolvers that go with `toolSdl`. */
export function toolResolvers<Context>(
  manifests: readonly ConnectorManifest[],
  resolve: ResolveTool<Context>,
  options: { scalars?: ScalarsByFormat } = {},
): { Mutation: Record<string, ReturnType<typeof toolResolver<Context>>> } {
  const tools = toolTypes(manifests, options);
  return {
    Mutation: Object.fromEntries(tools.map((tool) => [tool.field, toolResolver(tool, resolve, options.scalars)])),
  };
}

/** Stand for the subgraph's own types where only their names are printed. */
export const NAMES_ONLY: Pick<SharedTypes, 'Action' | 'UserError' | 'ConnectorStatus' | 'ActionOptions'> = {
  Action: new GraphQLObjectType({ name: 'Action', fields: {} }),
  UserError: new GraphQLObjectType({ name: 'UserError', fields: {} }),
  ConnectorStatus: new GraphQLObjectType({ name: 'ConnectorStatus', fields: {} }),
  ActionOptions: new GraphQLInputObjectType({ name: 'ActionOptions', fields: {} }),
};
