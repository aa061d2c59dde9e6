import {
  type ConnectorManifest,
  checkAgainstSchema,
  type JsonObject,
  type JsonSchema,
  ToolError,
  type ToolErrorCode,
  type ToolManifest,
} from '@countersign/plugin-sdk';

/**
 * A tool's input with its defaults filled in.
 * @throws ToolError INVALID_INPUT with a problem for each thing that is wrong: its path, and what would be right
 */
export function checkedInput(tool: Pick<ToolManifest, 'inputSchema'>, input: unknown): JsonObject {
  return checked(tool.inputSchema, input, 'INVALID_INPUT');
}

/**
 * A tenant's configuration of a connector with its defaults filled in.
 * @throws ToolError INVALID_CONFIG, likewise
 */
export function configOf(manifest: Pick<ConnectorManifest, 'configSchema'>, config: unknown): JsonObject {
  return checked(manifest.configSchema, config, 'INVALID_CONFIG');
}

function checked(schema: JsonSchema, given: unknown, code: ToolErrorCode): JsonObject {
  const { value, problems } = checkAgainstSchema(schema, given, code);
  if (problems.length > 0) {
    const message = problems.map((problem) => problem.message).join(' ');
    throw new ToolError(code, message, { path: problems[0]?.path, problems });
  }
  return value as JsonObject; // valid against the schema of an object
}
