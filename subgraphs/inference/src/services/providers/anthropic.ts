import Anthropic from '@anthropic-ai/sdk';
import { pricesOf } from '../cost.ts';
import type { RemoteProviderOptions } from './openai.ts';
import { instructions, outputSchema, readOutput, userMessage } from './prompt.ts';
import { type AnswerProvider, errorCodeOf, ProviderError, type ProviderErrorCode, type Usage } from './provider.ts';
import { callRemote, modelOf, readingErrorCode } from './remote-call.ts';

// Thinking counts as output: an answer of a few hundred tokens needs room before it.
const maxTokens = 8192;

/** Anthropic's Messages API with structured outputs. */
export function createAnthropicProvider(options: RemoteProviderOptions): AnswerProvider {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const small = options.smallModel ?? 'claude-haiku-5-5';
  const large = options.largeModel ?? 'claude-sonnet-5-5';
  const client = new Anthropic({ apiKey: options.apiKey, baseURL: options.baseUrl, maxRetries: 1, timeout: timeoutMs });
  return {
    id: 'anthropic',
    tiers: {
      small: { name: small, prices: pricesOf(small, options.prices) },
      large: { name: large, prices: pricesOf(large, options.prices) },
    },
    answer(request) {
      return callRemote('anthropic', request, timeoutMs, codeOf, async (signal) => {
        const message = await client.messages.create(
          {
            model: modelOf(this, request.tier),
            max_tokens: maxTokens,
            system: instructions,
            messages: [{ role: 'user', content: userMessage(request) }],
            output_config: { format: { type: 'json_schema', schema: outputSchema } },
          },
          { signal },
        );
        const usage = usageOf(message);
        if (message.stop_reason === 'refusal') {
          const text = 'The model declines to answer this question.';
          return { status: 'REFUSED', refusalReason: 'DECLINED', text, quotes: [], confidence: 0, usage };
        }
        return readOutput('anthropic', completeText(message, usage), request.passages, usage);
      });
    },
  };
}

function codeOf(error: unknown): ProviderErrorCode | undefined {
  if (error instanceof Anthropic.APIConnectionTimeoutError) return 'TIMEOUT';
  if (error instanceof Anthropic.APIError) return errorCodeOf(error.status);
  return readingErrorCode(error);
}

function usageOf({ usage }: Anthropic.Message): Usage {
  const cached = (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
  return { inputTokens: usage.input_tokens + cached, outputTokens: usage.output_tokens, computeMs: 0 };
}

function completeText({ stop_reason, content }: Anthropic.Message, usage: Usage): string {
  if (stop_reason === 'end_turn') return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  throw new ProviderError('anthropic', 'BAD_OUTPUT', `anthropic ended its answer early (${stop_reason}).`, { usage });
}
