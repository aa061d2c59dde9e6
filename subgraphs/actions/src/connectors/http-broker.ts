import { type HttpRequestMessage, isSafe, ToolError } from '@countersign/plugin-sdk';
import { checkedHeaders, shownHeaders } from './http-headers.ts';

export interface BrokerOptions {
  /** Exactly these origins, nothing else. */
  origins: ReadonlySet<string>;
  /** Headers by origin that the host adds and the connector never sees: credentials. */
  privateHeaders?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** In bytes, for a request's and for a response's body. Default 5 MB. */
  maxBytes?: number;
  /** For one request with its redirects, in milliseconds. Default 10,000. */
  timeoutMs?: number;
}

export interface BrokeredResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface HttpBroker {
  /**
   * Makes one request for a connector. Follows redirects of GET and HEAD alone, and only to allowed origins.
   * @throws ToolError EGRESS_DENIED, OTHER_SIDE_UNAVAILABLE, TIMEOUT, RESPONSE_TOO_LARGE, CANCELLED
   */
  send(request: HttpRequestMessage, context: { readOnly: boolean; signal: AbortSignal }): Promise<BrokeredResponse>;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const MAX_REDIRECTS = 5;

export function createHttpBroker({
  origins,
  privateHeaders = {},
  maxBytes = 5_000_000,
  timeoutMs: longest = 10_000,
}: BrokerOptions): HttpBroker {
  return {
    async send(request, { readOnly, signal }) {
      const method = request.method.toUpperCase();
      if (!METHODS.includes(method)) throw denied(`The method must be one of ${METHODS.join(', ')}, not ${method}.`);
      if (readOnly && !isSafe(request)) {
        throw denied(`${method} may change something, and this operation must change nothing.`);
      }
      let headers = checkedHeaders(request.headers);
      const { body } = request;
      if (body !== undefined && (method === 'GET' || method === 'HEAD')) throw denied(`${method} takes no body.`);
      if (body !== undefined && Buffer.byteLength(body) > maxBytes) {
        throw denied(`The body is larger than ${maxBytes} bytes.`);
      }
      const timeoutMs = Math.max(1, Math.min(request.timeoutMs ?? longest, longest));
      const bound = AbortSignal.timeout(timeoutMs);
      let url = allowed(request.url, origins);
      try {
        for (let hop = 0; ; hop += 1) {
          const init = { method, headers: { ...headers, ...privateHeaders[url.origin] }, body: bytes(body) };
          const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.any([bound, signal]) });
          const location = method === 'GET' || method === 'HEAD' ? redirectOf(response) : null;
          if (location === null) {
            const content = await limited(response, maxBytes);
            return { status: response.status, headers: shownHeaders(response.headers), body: content };
          }
          await response.body?.cancel();
          if (hop === MAX_REDIRECTS) throw unavailable(url, `it redirects more than ${MAX_REDIRECTS} times`);
          const next = allowed(new URL(location, url).href, origins);
          // What was meant for one origin is not for another.
          if (next.origin !== url.origin) headers = { accept: headers.accept ?? '*/*' };
          url = next;
        }
      } catch (error) {
        throw asToolError(error, url, { signal, bound, timeoutMs });
      }
    },
  };
}

function allowed(text: string, origins: ReadonlySet<string>): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw denied(`"${text.slice(0, 200)}" is not an absolute URL.`);
  if (!origins.has(url.origin)) {
    throw denied(`${url.origin} is not allowed: this connector may reach ${[...origins].join(', ') || 'nothing'}.`);
  }
  if (url.username || url.password) throw denied('A URL must not carry credentials.');
  return url;
}

function redirectOf(response: Response): string | null {
  return [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null;
}

async function limited(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new ToolError('RESPONSE_TOO_LARGE', `The answer is larger than the ${maxBytes} bytes that are allowed.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asToolError(
  error: unknown,
  url: URL,
  { signal, bound, timeoutMs }: { signal: AbortSignal; bound: AbortSignal; timeoutMs: number },
): ToolError {
  if (error instanceof ToolError) return error;
  if (signal.aborted) return new ToolError('CANCELLED', 'The call was given up before the answer came.');
  if (bound.aborted) return new ToolError('TIMEOUT', `${url.origin} did not answer within ${timeoutMs} ms.`);
  const code = systemCode(error);
  return unavailable(
    url,
    code ?? 'the connection failed',
    error,
    neverReached.includes(code ?? '') ? 'none' : 'unknown',
  );
}

/** Failures in which no byte of the request can have been sent. */
const neverReached = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

function unavailable(url: URL, why: string, cause?: unknown, effect: 'none' | 'unknown' = 'unknown'): ToolError {
  return new ToolError('OTHER_SIDE_UNAVAILABLE', `${url.origin} cannot be reached: ${why}.`, { cause, effect });
}

function denied(message: string): ToolError {
  return new ToolError('EGRESS_DENIED', message);
}

/** fetch wraps what the system said: `TypeError: fetch failed`, with the system's error as its cause. */
function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? systemCode(error.cause) : undefined;
}

/** A copy, because fetch takes no view of memory that could be shared. */
function bytes(body: string | Uint8Array | undefined): string | Uint8Array<ArrayBuffer> | undefined {
  return typeof body === 'object' ? new Uint8Array(body) : body;
}
