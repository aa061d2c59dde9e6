import { types } from 'node:util';
import { instructions, userMessage } from './prompt.ts';
import {
  type AnswerProvider,
  type AnswerRequest,
  type ProviderAnswer,
  ProviderError,
  type ProviderErrorCode,
  type ProviderId,
  type Tier,
  type Usage,
} from './provider.ts';

/**
 * Runs one call of a model provider within a time limit that includes its retries, and turns whatever goes wrong into a
 * `ProviderError`. Throws the caller's own reason where the caller gave up.
 *
 * @param codeOf the code for an error of the provider's SDK; `undefined` where it is none of those
 */
export async function callRemote(
  provider: ProviderId,
  request: AnswerRequest,
  timeoutMs: number,
  codeOf: (error: unknown) => ProviderErrorCode | undefined,
  call: (signal: AbortSignal) => Promise<ProviderAnswer>,
): Promise<ProviderAnswer> {
  // The SDKs wait as long as a Retry-After header asks for: only a limit on the whole bounds that.
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  try {
    return await call(signal);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (error instanceof ProviderError) throw error;
    const code = deadline.aborted ? 'TIMEOUT' : codeOf(error);
    if (code === undefined) throw error;
    throw new ProviderError(provider, code, describe(provider, code, timeoutMs), {
      cause: error,
      usage: code === 'TIMEOUT' ? likelyUsage(request) : undefined,
    });
  }
}

/** The name of the provider's model of a tier. Throws a TypeError, a fault of ours, where it has none. */
export function modelOf({ id, tiers }: Pick<AnswerProvider, 'id' | 'tiers'>, tier: Tier): string {
  const model = tiers[tier];
  if (!model) throw new TypeError(`${id} has no model of tier ${tier}.`);
  return model.name;
}

/** The code for errors of reading a response, which both SDKs let through as the runtime throws them. */
export function readingErrorCode(error: unknown): ProviderErrorCode | undefined {
  return types.isNativeError(error) && /^(Syntax|Type)Error$/.test(error.name) ? 'BAD_OUTPUT' : undefined;
}

function describe(provider: ProviderId, code: ProviderErrorCode, timeoutMs: number): string {
  switch (code) {
    case 'TIMEOUT':
      return `${provider} did not answer within ${timeoutMs} ms.`;
    case 'RATE_LIMITED':
      return `${provider} takes no more requests for now.`;
    case 'UNAVAILABLE':
      return `${provider} cannot be reached, or answers with a fault.`;
    case 'REJECTED':
      return `${provider} refused the request: check its key, the model's name and the base URL.`;
    case 'BAD_OUTPUT':
      return `${provider} answered with something other than what was asked for.`;
  }
}

/** A call that is cut off is billed for the prompt at the least. */
function likelyUsage(request: AnswerRequest): Usage {
  return {
    inputTokens: Math.ceil((instructions.length + userMessage(request).length) / 4),
    outputTokens: 0,
    computeMs: 0,
  };
}
