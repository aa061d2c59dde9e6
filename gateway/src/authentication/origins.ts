import { CountersignError } from '@countersign/kernel';
import { isThisMachine } from './provider-url.ts';

/**
 * The origin that browsers know this server by: of the configured address, else of the `Host` that was asked for, but
 * only on this machine. Elsewhere the header is whatever the caller writes, and none is taken from it.
 */
export function ownOrigin(publicUrl: string | undefined, protocol: string, host: string): string | undefined {
  if (publicUrl) return new URL(publicUrl).origin;
  const asked = `${protocol}://${host}`;
  if (!URL.canParse(asked)) return undefined;
  const { origin, hostname } = new URL(asked);
  return isThisMachine(hostname) ? origin : undefined;
}

const longest = 1_000;

/**
 * Where a browser goes after its sign-in: a page of our own origin or of an allowed one, `/` when nothing is asked for.
 * The whole address is parsed as a browser would, so that no backslash, tab or user name disguises another host. Throws
 * `BAD_REQUEST` for everything else (open redirects, RFC 9700, 4.11).
 */
export function returnAddress(asked: string | undefined, own: string, allowedOrigins: readonly string[]): string {
  const url = URL.canParse(asked ?? '/', own) ? new URL(asked ?? '/', own) : undefined;
  const safe =
    url !== undefined &&
    (asked ?? '').length <= longest &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    (url.origin === own || allowedOrigins.includes(url.origin));
  if (safe) return url.href;
  const allowed = `a path such as /reports, of at most ${longest} characters, or a page of an allowed origin`;
  throw new CountersignError('BAD_REQUEST', `returnTo must be ${allowed}.`);
}
