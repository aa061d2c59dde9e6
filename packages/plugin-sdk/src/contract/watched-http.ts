import { type HttpClient, type HttpRequest, type HttpResponse, httpResponse, isSafe } from '../http.ts';
import { ToolError } from '../tool-error.ts';

/** An HTTP client that keeps the rules of the host's: allowed origins alone, and no changes where none may be. */
export interface WatchedHttp {
  http: HttpClient;
  /** Every request since the last `reset`, and what it broke, if anything. */
  requests: readonly { method: string; url: string; safe: boolean }[];
  reset(): void;
}

export function watchHttp(origins: readonly string[], client: HttpClient = fetchClient): WatchedHttp {
  const requests: { method: string; url: string; safe: boolean }[] = [];
  return {
    requests,
    reset: () => void requests.splice(0),
    http: async (request) => {
      const { origin } = new URL(request.url);
      if (!origins.includes(origin)) {
        throw new ToolError('EGRESS_DENIED', `${origin} is not among the connector's origins: ${origins.join(', ')}.`);
      }
      requests.push({ method: request.method ?? 'GET', url: request.url, safe: isSafe(request) });
      return client(request);
    },
  };
}

/** The network itself; redirects are left to the caller, as the host leaves those of writes. */
export async function fetchClient({
  method = 'GET',
  url,
  headers,
  body,
  timeoutMs = 10_000,
}: HttpRequest): Promise<HttpResponse> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    // A copy, because fetch takes no view of memory that could be shared.
    const bytes = typeof body === 'object' ? new Uint8Array(body) : body;
    const response = await fetch(url, { method, headers, body: bytes, redirect: 'manual', signal });
    const content = new Uint8Array(await response.arrayBuffer());
    return httpResponse(response.status, Object.fromEntries(response.headers), content);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'TimeoutError') {
      throw new ToolError('TIMEOUT', `${new URL(url).origin} did not answer within ${timeoutMs} ms.`, { cause });
    }
    throw new ToolError('OTHER_SIDE_UNAVAILABLE', `${new URL(url).origin} cannot be reached.`, { cause });
  }
}
