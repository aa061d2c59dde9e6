import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  type GraphQLInputType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';
import type { JsonObject } from '../services/decision-log/canonical.ts';
import type { ScalarsByFormat } from './input-type.ts';
import type { ConnectorManifest, ToolOfConnector } from './manifest.ts';
import { toToolInput } from './tool-input.ts';
import { type ToolTypes, toolTypes } from './tool-types.ts';

/** The types of the subgraph that every tool's mutation refers to. */
export interface SharedTypes {
  Action: GraphQLNamedType & GraphQLOutputType;
  UserError: GraphQLNamedType & GraphQLOutputType;
  ConnectorStatus: GraphQLNamedType & GraphQLOutputType;
  ActionOptions: GraphQLNamedType & GraphQLInputType;
  scalars?: ScalarsByFormat;
}

export interface ToolArguments {
  /** As the tool's JSON Schema has it; to be validated against it. */
  input: JsonObject;
  /** As the type ActionOptions has it. */
  options: Readonly<Record<string, unknown>> | null;
}

/** Answers the mutation of any tool, usually by proposing an action: returns `{ action, userErrors, degraded }`. */
export type ResolveTool<Context> = (tool: ToolOfConnector, args: ToolArguments, context: Context) => unknown;

/**
 * One typed, nullable mutation for each tool, and the types that it brings. For a subgraph that is built of SDL and
 * resolvers, see `toolSdl` and `toolResolvers`.
 *
 * @throws ToolSchemaError
 */
export function toolFields<Context>(
  manifests: readonly ConnectorManifest[],
  shared: SharedTypes,
  resolve: ResolveTool<Context>,
  options: { reserved?: Iterable<string> } = {},
): { fields: GraphQLFieldConfigMap<unknown, Context>; types: GraphQLNamedType[] } {
  const tools = toolTypes(manifests, { scalars: shared.scalars, reserved: options.reserved });
  const built = tools.map((tool) => ({ tool, payload: payloadType(tool, shared) }));
  return {
    fields: Object.fromEntries(
      built.map(({ tool, payload }) => [tool.field, mutationField(tool, payload, shared, resolve)]),
    ),
    types: built.flatMap(({ tool, payload }) => [...tool.types, payload]),
  };
}

/** What a graph resolver does with its arguments before it hands them on. */
export function toolResolver<Context>(
  tool: ToolTypes,
  resolve: ResolveTool<Context>,
  scalars: ScalarsByFormat = {},
): (source: unknown, args: { input: object; options?: Record<string, unknown> | null }, context: Context) => unknown {
  const { field, connector, version, tool: manifest } = tool;
  return (_source, args, context) =>
    resolve(
      { field, connector, version, tool: manifest },
      { input: toToolInput(manifest.inputSchema, args.input, scalars), options: args.options ?? null },
      context,
    );
}

function mutationField<Context>(
  tool: ToolTypes,
  payload: GraphQLObjectType,
  shared: SharedTypes,
  resolve: ResolveTool<Context>,
): GraphQLFieldConfig<unknown, Context> {
  const { description, risk, reversibility } = tool.tool;
  const answer = toolResolver(tool, resolve, shared.scalars);
  return {
    type: payload,
    description: `${description}\n\nRisk: ${risk}. Reversibility: ${reversibility}.`,
    args: {
      input: { type: new GraphQLNonNull(tool.input), description: 'What is to be done.' },
      options: {
        type: shared.ActionOptions,
        description: 'How it is proposed: its idempotency key, its evidence, and where it comes from.',
      },
    },
    // The schema guarantees the arguments' shape.
    resolve: (source, args, context) => answer(source, args as Parameters<typeof answer>[1], context),
  };
}

function payloadType(
  { stem, tool }: ToolTypes,
  { Action, UserError, ConnectorStatus }: SharedTypes,
): GraphQLObjectType {
  return new GraphQLObjectType({
    name: `${stem}Payload`,
    description: `What came of proposing "${tool.title}".`,
    fields: {
      action: { type: Action, description: 'The action that was proposed; null when the input was refused.' },
      userErrors: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(UserError))),
        description: 'What was wrong with the input, and what would be right; empty when it was accepted.',
      },
      degraded: {
        type: ConnectorStatus,
        description:
          'Why nothing is executed with the tool just now, and since when; null while its connector is well.',
      },
    },
  });
}
