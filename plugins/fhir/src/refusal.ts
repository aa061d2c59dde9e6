import { type HttpResponse, ToolError, type ToolErrorOptions } from '@countersign/plugin-sdk';
import { inputPathOf } from './input-path.ts';

/**
 * What a FHIR server's refusal or failure means to whoever asked (FHIR R4 http.html#Status-Codes). Retried are failures
 * of the server's, never refusals.
 */
export function refusal(
  { baseUrl }: { baseUrl: string },
  response: HttpResponse,
  body: unknown,
  doing: string,
): ToolError {
  const { status, headers } = response;
  const issues = issuesOf(body);
  const said = issues.map(({ text }) => text).join('; ');
  const message = `${doing}: the FHIR server at ${baseUrl} ${meaningOf(status)} (${status})${said && `: ${said}`}`;
  const params = { status, ...(headers['retry-after'] && { retryAfter: headers['retry-after'] }) };
  const options: ToolErrorOptions = { params, path: issues.find(({ path }) => path)?.path };
  if (status === 404 || status === 410) return new ToolError('NOT_FOUND', message, options);
  if (status === 409 || status === 412) return new ToolError('CONFLICT', message, options);
  if (status === 408 || status === 429) return new ToolError('OTHER_SIDE_UNAVAILABLE', message, options);
  if (status >= 500 && status !== 501) return new ToolError('OTHER_SIDE_UNAVAILABLE', message, { params });
  return new ToolError('OTHER_SIDE_REJECTED', message, options);
}

function meaningOf(status: number): string {
  if (status === 401 || status === 403) return 'does not accept the credentials that it was given';
  if (status === 404 || status === 410) return 'has no such thing';
  if (status === 409 || status === 412) return 'found a conflict';
  if (status === 429) return 'asks for fewer requests';
  if (status >= 500) return 'failed';
  if (status >= 300 && status < 400) return 'sent us elsewhere, which only a reader may follow';
  return 'refused';
}

interface Issue {
  text: string;
  path?: readonly string[];
}

/** The server's own words, where it speaks FHIR (R4 operationoutcome.html). At most five, each cut at 300 characters. */
function issuesOf(body: unknown): Issue[] {
  if (typeof body !== 'object' || body === null || !('issue' in body) || !Array.isArray(body.issue)) return [];
  return body.issue
    .filter((issue: unknown) => typeof issue === 'object' && issue !== null)
    .slice(0, 5)
    .map((issue: { details?: { text?: unknown }; diagnostics?: unknown; code?: unknown; expression?: unknown }) => {
      const text = String(issue.details?.text ?? issue.diagnostics ?? issue.code ?? 'no reason given').slice(0, 300);
      const [expression] = Array.isArray(issue.expression) ? issue.expression : [];
      return { text, path: typeof expression === 'string' ? inputPathOf(expression) : undefined };
    });
}
