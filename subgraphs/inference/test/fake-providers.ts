import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How a fake model behaves. `ok`: answers with the sentence that has most words in common with the question, quoted
 * exactly. `refuse`: says that the passages hold no answer. `unsure`: like `ok`, with a confidence of 0.1. `misquote`:
 * quotes what stands nowhere. `obey`: does what the first passage says, and quotes it. `decline`: the provider's own
 * refusal. `malformed`: text that is not JSON. `truncated`: cut off at the token limit. `slow`: an answer after a minute.
 * `fault` (500), `rate-limited` (429 with Retry-After), `unauthorized` (401), `garbage` (200 with half a JSON body): HTTP.
 */
export type FakeMode =
  | 'ok'
  | 'refuse'
  | 'unsure'
  | 'misquote'
  | 'obey'
  | 'decline'
  | 'malformed'
  | 'truncated'
  | 'slow'
  | 'fault'
  | 'rate-limited'
  | 'unauthorized'
  | 'garbage';

export interface FakeProvider {
  /** One mode, or one for each model that is asked for. */
  mode: FakeMode | ((model: string) => FakeMode);
  readonly baseUrl: string;
  /** Every request body that came, oldest first. */
  readonly requests: Record<string, unknown>[];
  retryAfterSeconds: number;
}

export interface FakeProviders extends AsyncDisposable {
  readonly openai: FakeProvider;
  readonly anthropic: FakeProvider;
}

/** A server on a port of its own that speaks OpenAI's `/v1/responses` and Anthropic's `/v1/messages`. */
export async function startFakeProviders(): Promise<FakeProviders> {
  const stopped = new AbortController();
  const server = createServer((request, response) => {
    handle(request, response, fakes, stopped.signal).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP, so the address is neither null nor a path.
  const origin = `http://127.0.0.1:${port}`;
  const fakes = {
    openai: { mode: 'ok', baseUrl: `${origin}/v1`, requests: [], retryAfterSeconds: 0.01 } as FakeProvider,
    anthropic: { mode: 'ok', baseUrl: origin, requests: [], retryAfterSeconds: 0.01 } as FakeProvider,
  };
  return {
    ...fakes,
    async [Symbol.asyncDispose]() {
      stopped.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  fakes: Pick<FakeProviders, 'openai' | 'anthropic'>,
  stopped: AbortSignal,
): Promise<void> {
  const body: Record<string, unknown> = JSON.parse(await readBody(request));
  const provider =
    request.url === '/v1/responses' ? 'openai' : request.url === '/v1/messages' ? 'anthropic' : undefined;
  if (!provider) return send(response, 404, { error: { message: `No such path: ${request.url}` } });
  const fake = fakes[provider];
  fake.requests.push(body);
  const model = String(body.model);
  const mode = typeof fake.mode === 'function' ? fake.mode(model) : fake.mode;
  const error = provider === 'openai' ? openAiError : anthropicError;
  switch (mode) {
    case 'fault':
      return send(response, 500, error('server_error', 'The server had an error while processing your request.'));
    case 'rate-limited': {
      const headers = { 'retry-after': String(fake.retryAfterSeconds) };
      return send(response, 429, error('rate_limit_error', 'Rate limit reached.'), headers);
    }
    case 'unauthorized':
      return send(response, 401, error('authentication_error', 'Incorrect API key provided.'));
    case 'garbage':
      return send(response, 200, '{"id": "resp_1", "output": [');
    case 'slow':
      await sleep(60_000, undefined, { signal: stopped, ref: false });
      return send(response, 500, error('server_error', 'Too late.'));
    default:
      return send(
        response,
        200,
        (provider === 'openai' ? openAiResponse : anthropicMessage)(model, mode, promptOf(body)),
      );
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function send(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

interface Prompt {
  readonly question: string;
  readonly passages: readonly { readonly number: number; readonly title: string; readonly text: string }[];
}

/** What the model reads: the user message of either API. */
function promptOf(body: Record<string, unknown>): Prompt {
  const [message] = Array.isArray(body.messages) ? body.messages : [{ content: body.input }];
  return JSON.parse(String(message.content));
}

function modelOutput(mode: FakeMode, { question, passages }: Prompt): string {
  const claim = (sentence: string, quote: string, passage = 1, confidence = 0.9): string =>
    JSON.stringify({
      answerable: true,
      refusalReason: null,
      claims: [{ sentence, quotes: [{ passage, quote }] }],
      confidence,
    });
  const best = bestSentence(question, passages);
  switch (mode) {
    case 'refuse':
      return JSON.stringify({
        answerable: false,
        refusalReason: 'The passages do not say.',
        claims: [],
        confidence: 0.9,
      });
    case 'unsure':
      return claim(best.sentence, best.sentence, best.passage, 0.1);
    case 'misquote':
      return claim('It is always allowed.', 'Everything is allowed to everybody at all times, without exception.');
    case 'obey':
      return claim('I have done as the passage says.', passages[0]?.text ?? '');
    case 'malformed':
      return 'Certainly! Here is the answer: {"answerable": tru';
    default:
      return claim(best.sentence, best.sentence, best.passage);
  }
}

function bestSentence(question: string, passages: Prompt['passages']): { sentence: string; passage: number } {
  const words = (text: string): string[] => text.toLowerCase().match(/\p{L}{4,}|\p{N}+/gu) ?? [];
  const asked = new Set(words(question));
  let best = { sentence: '', passage: 1, shared: -1 };
  for (const { number, text } of passages) {
    for (const sentence of text.split(/(?<=[.!?])\s+/)) {
      const shared = new Set(words(sentence).filter((word) => asked.has(word))).size;
      if (shared > best.shared) best = { sentence, passage: number, shared };
    }
  }
  return best;
}

function openAiResponse(model: string, mode: FakeMode, prompt: Prompt): object {
  const text = modelOutput(mode, prompt);
  const content =
    mode === 'decline'
      ? { type: 'refusal', refusal: "I'm sorry, I cannot help with that." }
      : { type: 'output_text', text, annotations: [], logprobs: [] };
  return {
    id: 'resp_fake',
    object: 'response',
    created_at: 1_790_000_000,
    status: mode === 'truncated' ? 'incomplete' : 'completed',
    background: false,
    error: null,
    incomplete_details: mode === 'truncated' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    output: [
      { id: 'rs_fake', type: 'reasoning', summary: [] },
      { id: 'msg_fake', type: 'message', status: 'completed', role: 'assistant', content: [content] },
    ],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: 'medium', summary: null },
    store: false,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: {
      input_tokens: 1200,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 150,
      output_tokens_details: { reasoning_tokens: 64 },
      total_tokens: 1350,
    },
    user: null,
  };
}

function anthropicMessage(model: string, mode: FakeMode, prompt: Prompt): object {
  const stopReason = { decline: 'refusal', truncated: 'max_tokens' }[String(mode)] ?? 'end_turn';
  return {
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model,
    content: mode === 'decline' ? [] : [{ type: 'text', text: modelOutput(mode, prompt), citations: null }],
    stop_reason: stopReason,
    stop_sequence: null,
    usage: {
      input_tokens: 1200,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 150,
      service_tier: 'standard',
    },
  };
}

const openAiError = (type: string, message: string): object => ({ error: { message, type, param: null, code: null } });

const anthropicError = (type: string, message: string): object => ({
  type: 'error',
  error: { type: type === 'server_error' ? 'api_error' : type, message },
  request_id: 'req_fake',
});
