import type { IncomingHttpHeaders } from 'node:http';
import { cookie, readCookies } from './cookies.ts';
import { parseOpaqueToken } from './opaque-tokens.ts';

/** Over https the prefix keeps sibling hosts from planting a session of theirs (RFC 6265bis, 4.1.3.2). */
const nameAt = (secure: boolean): string => `${secure ? '__Host-' : ''}countersign_session`;

/** The header that gives a browser its session, or with 0 seconds takes it away. `origin` is our own. */
export function sessionCookie(origin: string, token: string, maxAge: number): string {
  const secure = origin.startsWith('https:');
  return cookie(nameAt(secure), token, { maxAge, sameSite: 'Strict', secure, path: '/' });
}

/**
 * The `Authorization` that a browser's session cookie stands for, where it may stand for one: the browser says that a
 * page of our own origin sent the request, and the request carries a header that no plain form or link can carry. All
 * else is as if there were no cookie, so that a foreign page rides on nobody's session.
 */
export function sessionAuthorization(headers: IncomingHttpHeaders, origin: string | undefined): string | undefined {
  return fromOwnPage(headers, origin) && forcesPreflight(headers) ? ofCookie(headers, origin) : undefined;
}

/**
 * The same for the handshake of a WebSocket. It has no body and needs no preflight, whoever begins it; but every browser
 * says which page does (RFC 6455, 4.1, 8), and that has to be one of our own.
 */
export function handshakeAuthorization(headers: IncomingHttpHeaders, origin: string | undefined): string | undefined {
  if (headers.origin === undefined || !fromOwnPage(headers, origin)) return undefined;
  return ofCookie(headers, origin);
}

function ofCookie(headers: IncomingHttpHeaders, origin: string | undefined): string | undefined {
  const token = readCookies(headers.cookie).get(nameAt(origin?.startsWith('https:') ?? false));
  return token !== undefined && parseOpaqueToken(token)?.kind === 'session' ? `Bearer ${token}` : undefined;
}

/** `Sec-Fetch-Site` is the browser's own word, which no page can write; older browsers send `Origin` alone. */
function fromOwnPage(headers: IncomingHttpHeaders, origin: string | undefined): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (headers.origin !== undefined) return headers.origin === origin;
  return site === 'same-origin';
}

/** As Apollo's CSRF prevention has it: a content type beyond the three of forms, or one of its two headers. */
function forcesPreflight(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const ofForms = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
  if (type && !ofForms.includes(type)) return true;
  return Boolean(headers['apollo-require-preflight'] || headers['x-apollo-operation-name']);
}
