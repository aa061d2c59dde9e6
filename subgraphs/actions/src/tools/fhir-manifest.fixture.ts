import type { ConnectorManifest, JsonSchema } from './manifest.ts';

/** The FHIR connector's manifest as far as tests of the graph need it. */
export const createServiceRequestInput = {
  type: 'object',
  additionalProperties: false,
  required: ['patient', 'code'],
  properties: {
    patient: {
      type: 'string',
      pattern: '^Patient/[A-Za-z0-9.-]{1,64}$',
      description: 'Whom it is for: `Patient/` and an id.',
    },
    code: {
      type: 'object',
      description: 'What is requested.',
      required: ['system', 'code'],
      properties: {
        system: { type: 'string', format: 'uri', description: 'Code system, e.g. `http://loinc.org`.' },
        code: { type: 'string', description: 'Code within the system.' },
        display: { type: 'string', description: 'The code in words.' },
      },
    },
    priority: {
      type: 'string',
      enum: ['routine', 'urgent', 'asap', 'stat'],
      default: 'routine',
      description: 'How urgent it is.',
      'x-enum-descriptions': { stat: 'At once.' },
    },
    note: { type: 'string', maxLength: 2000, description: 'A note for whoever carries it out.' },
  },
} satisfies JsonSchema;

export const fhirManifest: ConnectorManifest = {
  name: 'fhir',
  version: '1.0.0',
  title: 'FHIR',
  description: 'Orders in a FHIR R4 server.',
  tools: [
    {
      name: 'createServiceRequest',
      title: 'Create a service request',
      description: 'Proposes a request for a service, such as an examination, for one patient.',
      inputSchema: createServiceRequestInput,
      risk: 'MEDIUM',
      reversibility: 'REVERSIBLE',
    },
  ],
};

/** The manifest with its one tool changed. */
export function fhirWith(change: { version?: string; toolName?: string; inputSchema?: JsonSchema }): ConnectorManifest {
  return {
    ...fhirManifest,
    version: change.version ?? fhirManifest.version,
    tools: fhirManifest.tools.map((tool) => ({
      ...tool,
      name: change.toolName ?? tool.name,
      inputSchema: change.inputSchema ?? tool.inputSchema,
    })),
  };
}

/** An input schema with the one property `value`. */
export function inputWith(value: JsonSchema, rest: JsonSchema = {}): JsonSchema {
  return { type: 'object', properties: { value: { description: 'A value.', ...value } }, ...rest };
}
