import { defineConnector, defineTool } from '@countersign/plugin-sdk';

const inputSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string', maxLength: 20, description: 'What it says.' } },
} as const;
const outputSchema = { type: 'object', properties: {} } as const;

/** A connector without another side: little harm is done with a note. */
export const notes = defineConnector({
  name: 'notes',
  version: '1.0.0',
  title: 'Notes',
  description: 'Notes that nobody keeps.',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  egress: () => [],
  tools: [
    defineTool({
      name: 'addNote',
      title: 'Add a note',
      description: 'Adds a note.',
      version: '1.0.0',
      risk: 'low',
      reversibility: 'reversible',
      dataClass: 'none',
      inputSchema,
      outputSchema,
      preview: async ({ text }) => ({ summary: `Add "${text}".`, changes: [] }),
      execute: async (_input, { idempotencyKey }) => ({ status: 'succeeded', externalId: idempotencyKey, output: {} }),
      verify: async () => ({ status: 'not_done' }),
      compensate: async () => ({ summary: 'The note is gone.' }),
    }),
    defineTool({
      name: 'burnNote',
      title: 'Burn a note',
      description: 'Burns a note.',
      version: '1.0.0',
      risk: 'low',
      reversibility: 'irreversible',
      dataClass: 'none',
      inputSchema,
      outputSchema,
      preview: async ({ text }) => ({ summary: `Burn "${text}".`, changes: [] }),
      execute: async (_input, { idempotencyKey }) => ({ status: 'succeeded', externalId: idempotencyKey, output: {} }),
      verify: async () => ({ status: 'not_done' }),
    }),
  ],
});
