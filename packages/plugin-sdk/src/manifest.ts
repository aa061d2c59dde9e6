import type { AmountPointers } from './amount.ts';
import type { Connector } from './connector.ts';
import type { JsonSchema } from './json-schema.ts';
import { PROTOCOL_VERSION, type ProtocolVersion } from './protocol.ts';
import type { Tool, ToolOperation } from './tool.ts';

/** What is known of a connector without running it: the graph, the permissions and the policies are built from this. */
export interface ConnectorManifest {
  manifestVersion: 1;
  protocol: ProtocolVersion;
  name: string;
  version: string;
  title: string;
  description: string;
  configSchema: JsonSchema;
  /** Origins that every tenant's connector may reach, beside those in the tenant's own configuration. */
  origins: readonly string[];
  tools: readonly ToolManifest[];
}

export interface ToolManifest {
  name: string;
  title: string;
  description: string;
  version: string;
  risk: 'LOW' | 'MEDIUM' | 'HIGH';
  reversibility: 'REVERSIBLE' | 'IRREVERSIBLE';
  /** How long after it was done it can be undone, as an ISO 8601 duration of exact length; absent where for ever. */
  undoWithin?: string;
  /** Of whom its data is: previews, outcomes and logs are masked for who may not see such data. */
  dataClass: 'NONE' | 'PII' | 'PHI' | 'SECRET';
  inputSchema: JsonSchema;
  outputSchema: JsonSchema;
  /** Where the input says how much money it is about; absent for most tools. */
  amount?: AmountPointers;
  /** `compensate` and `compensatePreview` only where the tool has them. */
  operations: readonly ToolOperation[];
}

/** The manifest of a connector. A build writes it beside the bundle as `manifest.json`. */
export function manifestOf(connector: Connector): ConnectorManifest {
  const { name, version, title, description, configSchema, origins = [], tools } = connector;
  return {
    manifestVersion: 1,
    protocol: PROTOCOL_VERSION,
    name,
    version,
    title,
    description,
    configSchema,
    origins,
    tools: tools.map(toolManifest),
  };
}

const risks = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as const;
const dataClasses = { none: 'NONE', pii: 'PII', phi: 'PHI', secret: 'SECRET' } as const;
const reversibilities = { reversible: 'REVERSIBLE', irreversible: 'IRREVERSIBLE' } as const;

function toolManifest(tool: Tool): ToolManifest {
  const { name, title, description, version, risk, reversibility, dataClass = 'pii' } = tool;
  const { inputSchema, outputSchema, amount, undoWithin } = tool;
  return {
    name,
    title,
    description,
    version,
    risk: risks[risk],
    reversibility: reversibilities[reversibility],
    ...(undoWithin !== undefined && { undoWithin }),
    dataClass: dataClasses[dataClass],
    inputSchema,
    outputSchema,
    ...(amount && { amount }),
    operations: [
      'preview',
      'execute',
      'verify',
      ...(tool.compensate ? (['compensate'] as const) : []),
      ...(tool.compensatePreview ? (['compensatePreview'] as const) : []),
    ],
  };
}
