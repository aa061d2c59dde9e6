import { type GraphQLInputObjectType, type GraphQLNamedType, isScalarType, specifiedScalarTypes } from 'graphql';
import { inputObjectType, type ScalarsByFormat } from './input-type.ts';
import type { ConnectorManifest, ToolOfConnector } from './manifest.ts';
import { checkCamelCase, fieldName, typeStem } from './names.ts';
import { refuseAny, type ToolSchemaProblem } from './tool-schema-error.ts';

export interface ToolTypes extends ToolOfConnector {
  /** E.g. `FhirCreateServiceRequest`. */
  stem: string;
  input: GraphQLInputObjectType;
  /** The input type and all types nested in it. */
  types: GraphQLNamedType[];
}

/**
 * The input types of all tools of these connectors.
 *
 * @param options.reserved names of types that the tools' types must not have
 * @throws ToolSchemaError with everything that is wrong
 */
export function toolTypes(
  manifests: readonly ConnectorManifest[],
  options: { scalars?: ScalarsByFormat; reserved?: Iterable<string> } = {},
): ToolTypes[] {
  const problems: ToolSchemaProblem[] = [];
  const owners = new Map<string, string>();
  for (const name of [...ALWAYS_TAKEN, ...(options.reserved ?? [])]) owners.set(name, 'the graph itself');
  const claim = (kind: string, name: string, at: string) => {
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, at);
      return;
    }
    const message = `The ${kind} ${name} would collide with that of ${owner}: rename the connector, the tool or the property.`;
    problems.push({ code: 'TOOL_NAME_COLLISION', at, message });
  };

  const built: ToolTypes[] = [];
  for (const { name: connector, version, tools } of manifests) {
    const invalid = checkCamelCase('connector', connector, connector);
    problems.push(...invalid);
    for (const tool of tools) {
      const at = `${connector}.${tool.name}`;
      const misnamed = checkCamelCase('tool', tool.name, at);
      problems.push(...misnamed);
      if (invalid.length + misnamed.length > 0) continue;
      const stem = typeStem(connector, tool.name);
      const field = fieldName(connector, tool.name);
      const types: GraphQLNamedType[] = [];
      // Mutations and types have names of their own, so a field can only collide with a field.
      claim('mutation', field, at);
      claim('type', `${stem}Payload`, at);
      const scope = {
        stem,
        scalars: options.scalars ?? {},
        problems,
        claim: (type: GraphQLNamedType, where: string) => {
          claim('type', type.name, where);
          types.push(type);
        },
      };
      const place = { path: '', at: `${at}.inputSchema`, description: `Input of the tool "${tool.title}".` };
      built.push({
        field,
        connector,
        version,
        tool,
        stem,
        input: inputObjectType(scope, tool.inputSchema, place),
        types,
      });
    }
  }
  refuseAny(problems);
  return built;
}

const ALWAYS_TAKEN = [
  ...specifiedScalarTypes.filter(isScalarType).map((scalar) => scalar.name),
  'Query',
  'Mutation',
  'Subscription',
  'Action',
  'ActionOptions',
  'UserError',
  'ConnectorStatus',
];
