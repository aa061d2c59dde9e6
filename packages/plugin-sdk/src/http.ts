/** A request that the host makes for the connector, which has no network of its own. */
export interface HttpRequest {
  /** Default GET. */
  method?: string;
  /** Absolute. Its origin must be on the connector's egress list. */
  url: string;
  /** Names in any case. The host sets Host, Content-Length and what belongs to the connection. */
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** In milliseconds. The host's own bound holds beside it. */
  timeoutMs?: number;
  /**
   * This request changes nothing, although its method could (a search by POST, a validation). Preview and verify may
   * send GET, HEAD and what says so here, nothing else.
   */
  safe?: boolean;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** The body as UTF-8. */
  text(): string;
  /** @throws SyntaxError when the body is not JSON */
  json(): unknown;
}

/**
 * Answers with whatever status the other side gave.
 * @throws ToolError EGRESS_DENIED, OTHER_SIDE_UNAVAILABLE, TIMEOUT, RESPONSE_TOO_LARGE, CANCELLED
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

export function httpResponse(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): HttpResponse {
  const text = () => new TextDecoder().decode(body);
  return { status, headers, body, text, json: () => JSON.parse(text()) };
}

/** Whether a request may be sent while nothing may change. */
export function isSafe(request: Pick<HttpRequest, 'method' | 'safe'>): boolean {
  return request.safe === true || ['GET', 'HEAD'].includes((request.method ?? 'GET').toUpperCase());
}
