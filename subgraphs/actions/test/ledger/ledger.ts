import {
  type Change,
  defineConnector,
  defineTool,
  type ItemResult,
  type ToolContext,
  ToolError,
} from '@countersign/plugin-sdk';

/** A connector to a small bank, for what the demo hospital does not do: batches, later answers, and exact amounts. */
const payments = {
  type: 'array',
  minItems: 1,
  description: 'What is paid to whom.',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['to', 'amount'],
    properties: {
      to: { type: 'string', description: 'The account that gets it.' },
      amount: { type: 'string', pattern: '^\\d{1,12}\\.\\d{2}$', description: 'How much, as 19.99.' },
    },
  },
} as const;

const payBatch = defineTool({
  name: 'payBatch',
  title: 'Pay a batch',
  description: 'Pays several accounts at once; the bank judges each payment for itself.',
  version: '1.0.0',
  risk: 'low',
  dataClass: 'none',
  reversibility: 'reversible',
  undoWithin: 'PT48H',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['payments'],
    properties: { payments },
  },
  outputSchema: {
    type: 'object',
    required: ['batch'],
    properties: { batch: { type: 'string', description: 'The batch at the bank.' } },
  },

  async preview(input) {
    return { summary: `Pay ${input.payments.length} accounts.`, changes: changesOf(input.payments) };
  },
  async execute(input, ctx) {
    const { items, changes, pending } = await post(ctx, `/batches/${ctx.idempotencyKey}`, input);
    const batch = `batch/${ctx.idempotencyKey}`;
    return { status: pending ? 'pending' : 'succeeded', externalId: batch, output: { batch }, items, changes };
  },
  async verify(_input, ctx) {
    const response = await ctx.http({ url: `${bankOf(ctx)}/batches/${ctx.idempotencyKey}` });
    if (response.status === 404) return { status: 'not_done' };
    const { items, changes, pending } = response.json() as Booked;
    const externalId = `batch/${ctx.idempotencyKey}`;
    if (pending) return { status: 'pending', externalId, items };
    return { status: 'done', externalId, output: { batch: externalId }, items, changes };
  },
  async compensate(undo, ctx) {
    const { items } = await post<Reversed>(ctx, `/reversals/${undo.externalId.slice('batch/'.length)}`, {
      reason: undo.reason,
    });
    return { summary: 'What could be had back was had back.', items };
  },
});

export const ledger = defineConnector({
  name: 'ledger',
  version: '1.0.0',
  title: 'Ledger',
  description: 'Payments at a small bank.',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['baseUrl'],
    properties: { baseUrl: { type: 'string', description: 'Base of its API.' } },
  },
  egress: (config) => [new URL(String(config.baseUrl)).origin],
  tools: [payBatch],
});

export interface Reversed {
  readonly items: (ItemResult & { status: 'done' | 'refused' })[];
}

export interface Booked {
  readonly items: ItemResult[];
  readonly changes: Change[];
  readonly pending: boolean;
}

const bankOf = ({ config }: ToolContext): string => String(config.baseUrl);

async function post<Answer = Booked>(ctx: ToolContext, path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await ctx.http({ method: 'POST', url: bankOf(ctx) + path, headers, body: JSON.stringify(body) });
  if (response.status === 409) throw new ToolError('CONFLICT', 'The time to have it back is over at the bank.');
  if (response.status !== 200) throw new ToolError('OTHER_SIDE_UNAVAILABLE', `The bank answered ${response.status}.`);
  return response.json() as Answer;
}

export const changesOf = (paid: readonly { to: string; amount: string }[]): Change[] =>
  paid.map(({ to, amount }, index) => ({ path: `payments/${index}/${to}`, before: null, after: amount }));
