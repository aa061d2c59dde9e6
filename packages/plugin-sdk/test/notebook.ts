import { type Connector, defineConnector } from '../src/connector.ts';
import { defineTool, type Tool } from '../src/tool.ts';

/** A connector to a notebook in memory, with which the SDK is tested; `change` spoils its one tool. */
export function notebook(change: Partial<Tool> = {}): { connector: Connector; notes: Map<string, string> } {
  const notes = new Map<string, string>();
  const addNote = defineTool({
    name: 'addNote',
    title: 'Add a note',
    description: 'Adds a note.',
    version: '1.0.0',
    risk: 'low',
    reversibility: 'reversible',
    inputSchema: {
      type: 'object',
      required: ['text'],
      properties: {
        text: { type: 'string', description: 'What it says.' },
        kind: { type: 'string', enum: ['MEMO', 'TASK'], default: 'MEMO', description: 'What it is.' },
      },
    },
    outputSchema: {
      type: 'object',
      required: ['length'],
      properties: { length: { type: 'integer', description: 'How long it is.' } },
    },
    preview: async ({ text, kind }) => ({
      summary: `Add the ${kind} "${text}".`,
      changes: [{ path: 'note', before: null, after: text }],
    }),
    execute: async ({ text }, { idempotencyKey }) => {
      notes.set(idempotencyKey, text);
      return { status: 'succeeded', externalId: idempotencyKey, output: { length: text.length } };
    },
    verify: async (_input, { idempotencyKey }) =>
      notes.has(idempotencyKey) ? { status: 'done', externalId: idempotencyKey } : { status: 'not_done' },
    compensate: async ({ externalId }) => {
      notes.delete(externalId);
      return { summary: 'The note is gone.' };
    },
  });
  const connector = defineConnector({
    name: 'notebook',
    version: '1.2.3',
    title: 'Notebook',
    description: 'Keeps notes.',
    configSchema: { type: 'object', properties: {} },
    egress: () => [],
    tools: [{ ...addNote, ...change }],
  });
  return { connector, notes };
}
