import OpenAI from 'openai';
import type { Response } from 'openai/resources/responses/responses';
import { pricesOf, type TokenPrices } from '../cost.ts';
import { instructions, outputSchema, readOutput, userMessage } from './prompt.ts';
import {
  type AnswerProvider,
  errorCodeOf,
  type ProviderAnswer,
  ProviderError,
  type ProviderErrorCode,
  type Usage,
} from './provider.ts';
import { callRemote, modelOf, readingErrorCode } from './remote-call.ts';

export interface RemoteProviderOptions {
  readonly apiKey: string;
  /** Where the API is; the SDK's default (and its environment variable) where absent. */
  readonly baseUrl?: string;
  readonly smallModel?: string;
  readonly largeModel?: string;
  /** For one answer, with its one retry. 30 s unless told. */
  readonly timeoutMs?: number;
  /** By model name; the list prices where absent. */
  readonly prices?: Readonly<Record<string, TokenPrices>>;
}

/** OpenAI's Responses API with structured outputs, or any server that speaks it. Nothing is stored over there. */
export function createOpenAiProvider(options: RemoteProviderOptions): AnswerProvider {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const small = options.smallModel ?? 'gpt-6-luna';
  const large = options.largeModel ?? 'gpt-6.1-sol';
  const client = new OpenAI({ apiKey: options.apiKey, baseURL: options.baseUrl, maxRetries: 1, timeout: timeoutMs });
  return {
    id: 'openai',
    tiers: {
      small: { name: small, prices: pricesOf(small, options.prices) },
      large: { name: large, prices: pricesOf(large, options.prices) },
    },
    answer(request) {
      return callRemote('openai', request, timeoutMs, codeOf, async (signal) => {
        const response = await client.responses.create(
          {
            model: modelOf(this, request.tier),
            instructions,
            input: userMessage(request),
            text: { format: { type: 'json_schema', name: 'grounded_answer', strict: true, schema: outputSchema } },
            store: false,
          },
          { signal },
        );
        const usage = usageOf(response);
        return refusal(response, usage) ?? readOutput('openai', completeText(response, usage), request.passages, usage);
      });
    },
  };
}

function codeOf(error: unknown): ProviderErrorCode | undefined {
  if (error instanceof OpenAI.APIConnectionTimeoutError) return 'TIMEOUT';
  if (error instanceof OpenAI.APIError) return errorCodeOf(error.status);
  return readingErrorCode(error);
}

function usageOf({ usage }: Response): Usage {
  return { inputTokens: usage?.input_tokens ?? 0, outputTokens: usage?.output_tokens ?? 0, computeMs: 0 };
}

function refusal({ output }: Response, usage: Usage): ProviderAnswer | undefined {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const declined = parts.find((part) => part.type === 'refusal');
  if (!declined) return undefined;
  return { status: 'REFUSED', refusalReason: 'DECLINED', text: declined.refusal, quotes: [], confidence: 0, usage };
}

function completeText({ status, output_text }: Response, usage: Usage): string {
  if (status === 'completed' || status === undefined) return output_text;
  throw new ProviderError('openai', 'BAD_OUTPUT', `openai ended its answer early (${status}).`, { usage });
}
