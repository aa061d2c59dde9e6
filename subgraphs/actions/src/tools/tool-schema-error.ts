export type ToolSchemaCode =
  /** A name cannot stand in the graph. */
  | 'TOOL_NAME_INVALID'
  /** Two things would have the same name in the graph. */
  | 'TOOL_NAME_COLLISION'
  /** JSON Schema that has no GraphQL form here. */
  | 'TOOL_SCHEMA_UNSUPPORTED'
  /** JSON Schema that contradicts itself. */
  | 'TOOL_SCHEMA_INVALID'
  /** Something that users would see has no description. */
  | 'TOOL_DESCRIPTION_MISSING'
  /** A default value is not of its own type. */
  | 'TOOL_DEFAULT_INVALID'
  /** A version that is not a semantic version. */
  | 'CONNECTOR_VERSION_INVALID'
  /** A new version would break the clients of the old one. */
  | 'CONNECTOR_BREAKING_CHANGE';

export interface ToolSchemaProblem {
  code: ToolSchemaCode;
  /** Where in the manifest, e.g. `fhir.createServiceRequest.inputSchema.properties.code`. */
  at: string;
  /** What was wrong, and what would be right. */
  message: string;
}

/** A connector that cannot enter the graph, with all that is wrong with it, so that its author mends it in one go. */
export class ToolSchemaError extends Error {
  readonly code: ToolSchemaCode;
  readonly problems: readonly ToolSchemaProblem[];

  constructor(problems: readonly [ToolSchemaProblem, ...ToolSchemaProblem[]]) {
    super(problems.map((problem) => `${problem.at}: ${problem.message} (${problem.code})`).join('\n'));
    this.name = 'ToolSchemaError';
    this.code = problems[0].code;
    this.problems = problems;
  }
}

/** Throws when there are problems. */
export function refuseAny(problems: readonly ToolSchemaProblem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new ToolSchemaError([first, ...rest]);
}
