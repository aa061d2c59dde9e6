import { defineConnector, defineTool, type ToolContext, ToolError } from '@countersign/plugin-sdk';

const inputSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string', maxLength: 20, description: 'What it says.' } },
} as const;
const outputSchema = { type: 'object', properties: {} } as const;

/** Little harm is done with a note. It has another side only where the configuration names one. */
export const notes = defineConnector({
  name: 'notes',
  version: '1.0.0',
  title: 'Notes',
  description: 'Notes that nobody keeps.',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { baseUrl: { type: 'string', description: 'Where the notes are pinned up.' } },
  },
  egress: ({ baseUrl }) => (baseUrl ? [String(baseUrl)] : []),
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
      execute: async (_input, ctx) => {
        if (ctx.config.baseUrl && (await pinned(ctx, 'POST')) !== 200) throw unavailable('unknown');
        return { status: 'succeeded', externalId: ctx.idempotencyKey, output: {} };
      },
      verify: async (_input, ctx) => {
        const status = ctx.config.baseUrl ? await pinned(ctx, 'GET') : 404;
        if (status === 404) return { status: 'not_done' };
        if (status !== 200) throw unavailable('none');
        return { status: 'done', externalId: ctx.idempotencyKey, output: {} };
      },
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

/** The status that the other side answers. Throws where it refuses to be asked at all. */
async function pinned({ config, http, idempotencyKey }: ToolContext, method: 'GET' | 'POST'): Promise<number> {
  const { status } = await http({ method, url: `${config.baseUrl}/${idempotencyKey}` });
  if (status === 429) throw unavailable('none');
  return status;
}

const unavailable = (effect: 'none' | 'unknown') => new ToolError('OTHER_SIDE_UNAVAILABLE', 'Not now.', { effect });
