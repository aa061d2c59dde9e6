import { CountersignError } from '@countersign/kernel';
import { providerUrl } from './provider-url.ts';

/** How long a provider may take for an answer, its body included. */
export const providerTimeoutMs = 5_000;
const largestAnswer = 1024 * 1024;

/** Shape that openid-client's `customFetch` and our own calls share. */
export type ProviderFetch = (url: string, options: ProviderRequest) => Promise<Response>;
export interface ProviderRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: RequestInit['body'];
}

/**
 * Speaks to one identity provider: the address is checked each time, a redirect is a fault (it could lead inward, and
 * would carry the client's secret along), and the whole answer is here within five seconds and one megabyte. Throws
 * `UPSTREAM_UNAVAILABLE` in plain words for all that and for answers of 500 and above; says nothing of what was sent.
 */
export function providerFetch(issuer: string, timeoutMs = providerTimeoutMs): ProviderFetch {
  return async (address, { method, headers, body }) => {
    const url = providerUrl(address, issuer);
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal }).catch((cause) => {
      throw down(issuer, signal.aborted ? 'did not answer in time' : 'cannot be reached', cause);
    });
    const text = await read(response, issuer, signal);
    if (response.status >= 300 && response.status < 400) throw down(issuer, 'answers with a redirect');
    if (response.status >= 500) throw down(issuer, `answers with status ${response.status}`);
    const empty = response.status === 204 || response.status === 205;
    return new Response(empty ? null : text, { status: response.status, headers: response.headers });
  };
}

async function read(response: Response, issuer: string, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > largestAnswer) break;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (cause) {
    throw down(issuer, signal.aborted ? 'did not answer in time' : 'broke off its answer', cause);
  }
  if (size > largestAnswer) throw down(issuer, 'answers with more than one megabyte');
  return text + decoder.decode();
}

export const down = (issuer: string, what: string, cause?: unknown): CountersignError =>
  new CountersignError('UPSTREAM_UNAVAILABLE', `The identity provider ${issuer} ${what}.`, { cause });
