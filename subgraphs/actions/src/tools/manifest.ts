import type { JsonValue } from '../services/decision-log/canonical.ts';

/** What the graph has to know of a connector. A connector's own manifest has more; only this shapes the schema. */
export interface ConnectorManifest {
  /** In camelCase, e.g. `fhir`. */
  name: string;
  /** Semantic version. */
  version: string;
  title: string;
  description: string;
  tools: readonly ToolManifest[];
}

export interface ToolManifest {
  /** In camelCase, e.g. `createServiceRequest`. */
  name: string;
  title: string;
  description: string;
  inputSchema: JsonSchema;
  outputSchema?: JsonSchema;
  /** How much harm it could do, e.g. `LOW`. */
  risk: 'LOW' | 'MEDIUM' | 'HIGH';
  /** Whether and how it can be undone, e.g. `REVERSIBLE`. */
  reversibility: string;
}

/** The part of JSON Schema (2020-12) that can be said in GraphQL, and the words that are recognised to be refused. */
export interface JsonSchema {
  type?: string | readonly string[];
  title?: string;
  description?: string;
  format?: string;
  default?: JsonValue;
  enum?: readonly JsonValue[];
  const?: JsonValue;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  items?: boolean | JsonSchema;
  /** Names for enum values, by value, where the derived ones do not do: `{ "00": "ORIGINAL" }`. */
  'x-enum-names'?: Readonly<Record<string, string>>;
  /** Descriptions of enum values, by value. */
  'x-enum-descriptions'?: Readonly<Record<string, string>>;
  readonly [keyword: string]: unknown;
}

/** One tool of one connector, by the name of its mutation. */
export interface ToolOfConnector {
  /** E.g. `fhirCreateServiceRequest`. */
  field: string;
  connector: string;
  version: string;
  tool: ToolManifest;
}
